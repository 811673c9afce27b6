"""The kinds of training that the speed benchmark times: another is a file and a name here."""

import peers
import pictures
import vaes

KINDS = (peers.GANS, vaes.VAES, pictures.PICTURES)
TASKS = {name: task for kind in KINDS for name, task in kind.tasks.items()}


def kind_of(task):
    """The kind of the task of this name."""
    return next(kind for kind in KINDS if task in kind.tasks)
