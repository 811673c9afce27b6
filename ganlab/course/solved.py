"""The reader's progress over the course: a table of marks, notebook by notebook."""

import html
from pathlib import Path

from ganlab.course import kept
from ganlab.course.kept import DONE
from ganlab.files import written_whole


class Progress:
    """What was solved, of which exercises and questions: shown as a table of marks.

    found      {kind: {name: entry}}, as the file has it
    exercises  names of all there are, ["00.1", ...]
    questions  the same of the quiz
    """

    def __init__(self, found, exercises, questions):
        self.found, self.names = found, {"exercises": exercises, "questions": questions}

    path = property(lambda self: kept.path(), doc="Where it is kept; None: nowhere.")

    def code(self, name):
        """The code by which exercise `name` was solved, as text; "" if it was not."""
        return self.found["exercises"].get(name, {"code": ""})["code"]

    def export(self, to):
        """Writes all of it into the file `to`, to keep it or to take it to another machine.
        OSError if that cannot be written."""
        with written_whole(to) as file:
            file.write(kept.text(self.found))

    def take_in(self, file):
        """Adds what another machine's `export` wrote. ValueError if `file` is something else,
        OSError if it cannot be read."""
        try:
            other = kept.parsed(Path(file).read_bytes(), file)
        except ValueError as error:
            told = f"{file} is no progress: {error}; wanted a file that `export` wrote"
            raise ValueError(told) from None
        note = kept.changed(lambda found: found.update(kept.merged(found, other)))
        self.found = kept.merged(self.found, other)
        if note:
            print(note)

    def reset(self):
        """Forgets everything: the file of before is put aside as progress.before-....json, beside
        the new one, and can be taken in again. OSError if that is not possible."""
        if (file := kept.path()) is not None and file.exists():
            with kept.alone(file):
                kept.put_aside(file, "before")
        self.found = kept.nothing()

    def _done(self, kind, most=None):
        """How many are done; after `most` tries at most."""
        entries = [self.found[kind].get(name) for name in self.names[kind]]
        done = [entry for entry in entries if entry and entry[DONE[kind]] is not None]
        return sum(most is None or entry["tries"] <= most for entry in done)

    @property
    def told(self):
        """It all in a sentence."""
        solved, right = (self._done(kind) for kind in DONE)
        at_once = self._done("questions", most=1)
        exercises, questions = (len(self.names[kind]) for kind in DONE)
        return (
            f"{solved} of {exercises} exercises solved, {right} of {questions} questions answered "
            f"rightly, {at_once} of them at once."
        )

    def _rows(self):
        """The notebooks' numbers, and {kind: [[(mark, what it says)] of each notebook]}."""
        numbers = sorted({name[:2] for names in self.names.values() for name in names})
        rows = {}
        for kind, names in self.names.items():
            rows[kind] = [
                [self._mark(kind, name) for name in names if name[:2] == number]
                for number in numbers
            ]
        return numbers, rows

    def _mark(self, kind, name):
        entry = self.found[kind].get(name)
        if entry is None:
            return "○", f"{name}: not tried"
        tries = "1 try" if entry["tries"] == 1 else f"{entry['tries']} tries"
        if entry[DONE[kind]] is None:
            return "○", f"{name}: open after {tries}"
        late = kind == "questions" and entry["tries"] > 1
        return "◐" if late else "●", f"{name}: {'right' if late else 'done'} after {tries}"

    def __repr__(self):
        numbers, rows = self._rows()
        lines = [f"{'':10}" + "".join(f"{number:<5}" for number in numbers)]
        for kind, cells in rows.items():
            marks = ["".join(mark for mark, _ in cell) for cell in cells]
            lines.append(f"{kind:10}" + "".join(f"{mark:<5}" for mark in marks))
        return "\n".join([*(line.rstrip() for line in lines), self.told])

    def _repr_html_(self):
        numbers, rows = self._rows()
        head = "".join(f'<th scope="col">{number}</th>' for number in ("", *numbers))
        body = ""
        for kind, cells in rows.items():
            marks = [
                "".join(f'<span title="{html.escape(said)}">{mark}</span>' for mark, said in cell)
                for cell in cells
            ]
            body += f'<tr><th scope="row">{kind}</th>'
            body += "".join(f"<td>{mark}</td>" for mark in marks) + "</tr>"
        return f"<table><tr>{head}</tr>{body}</table><small>{html.escape(self.told)}</small>"
