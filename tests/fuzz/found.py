"""What is fuzzed: all that is public in the modules that a reader calls, found by looking."""

import importlib
import inspect
import pkgutil
from pathlib import Path

import ganlab

# Rooms that a reader does not call. Their arguments are what `Gan`, `Vae`, `train` and the others
# have looked at already, so they check nothing again.
ENGINE = [
    "arguments",
    "backend",
    "blame",
    "checkpoint",
    "cache",
    "company",
    "compiling",
    "convolutions",
    "drawn",
    "ensemble",
    "files",
    "fitting",
    "gan_trials",
    "guards",
    "initial",
    "interrupts",
    "lookups",
    "loop",
    "memory",
    "mixing",
    "models",
    "own",
    "probing",
    "program",
    "progress",
    "step",
    "streams",
    "trials",
]
MACHINERY = {
    **{f"ganlab.{name}": "the engine: what it is given has been checked" for name in ENGINE},
    "ganlab.vae.step": "the engine",
    "ganlab.vae.runs": "made by `train_vae`; its methods are fuzzed through an instance",
    "ganlab.figures": "paper and ink: figures and captions that the plots make",
    "ganlab.images.make_judge": "makes a file that is shipped",
    "ganlab.techniques.weights": "what techniques share",
    # The code of recipes is part of the hash of stored results: nothing may be added to it. What
    # they are given goes on to `mlp`, `Gan` and the optimizers, which are fuzzed.
    "ganlab.recipes": "frozen by stored results",
    "ganlab.evidence": "measures the repository's own claims; `claim` has its tests",
    "ganlab.course": "called by notebooks with values of the course's own; some are fuzzed",
}
# Inside one of these, and fuzzed all the same.
STILL = {"ganlab.course.diagnosis", "ganlab.course.league"}
LEFT_OUT = {
    # `endings` and `mode_metrics`, which call these, are fuzzed.
    **{
        f"ganlab.endings.{name}": "frozen by stored results"
        for name in ["measure", "unsteady", "at_the_end", "last_tenth", "end_of", "final_samples"]
    },
    # Called by others on what a reader gave, with the name that it has there.
    **{
        f"ganlab.{name}": "called with the name of an argument"
        for name in [
            "data.as_target",
            "data.as_distribution",
            "data.draws",
            "distributions.number",
            "metrics.sample_array",
            "metrics.as_points",
            "metrics.points_beside",
            "metrics.is_distribution",
        ]
    },
    **{
        f"ganlab.optimizers.{name}": "the engine"
        for name in ("recipe_and_rates", "followed", "rates_of")
    },
    **{
        f"ganlab.league.{name}": "frozen by stored results; asked of what the league trains"
        for name in ["close", "holds_all", "w1", "on_the_circle"]
    },
    "ganlab.course.league.played": "asked for by `draw_league`, which is fuzzed",
    "ganlab.runs.Recorded": "made by trainings",
    "ganlab.runs.Run": "made by `train`; its methods are fuzzed",
    "ganlab.course.diagnosis.Diagnoses": "made by `diagnose`",
    "ganlab.layers.an_activation": "called with the name of an argument",
    "ganlab.kernel_distances.bandwidths": "called with the name of an argument",
    "ganlab.layers.an_initializer": "called with the name of an argument",
    "ganlab.vae.likelihoods.clipped": "called inside programs",
    "ganlab.layers.joined": "called by layers, on tensors of theirs",
}


def modules():
    """The modules that a reader calls, imported."""
    walked = pkgutil.walk_packages([str(Path(ganlab.__file__).parent)], "ganlab.")
    names = [found.name for found in walked if "._" not in found.name]
    return [importlib.import_module(name) for name in sorted(names) if not _machinery(name)]


def _machinery(name):
    within = any(name == room or name.startswith(room + ".") for room in MACHINERY)
    return within and name not in STILL


def functions():
    """{name: function or class} of all that a reader calls.

    A NamedTuple is a value: whoever takes it looks at it, and is fuzzed with it.
    """
    found = {}
    for module in modules():
        for name, thing in vars(module).items():
            ours = getattr(thing, "__module__", None) == module.__name__
            value = inspect.isclass(thing) and (
                issubclass(thing, (tuple, BaseException)) or inspect.isabstract(thing)
            )
            if name.startswith("_") or not ours or value or not callable(thing):
                continue
            if not (inspect.isclass(thing) or inspect.isroutine(thing)):
                continue
            if (full := f"{module.__name__}.{name}") not in LEFT_OUT:
                found[full] = thing
    return found


# Of a `Trainer` these belong to the loop, and to nobody else.
OF_THE_LOOP = {
    "begin",
    "cause",
    "freeze",
    "kept",
    "run_recorded",
    "run_through",
    "so_far",
    "weights",
}


def methods(instances):
    """{name: (function, how to make what it is asked of)} of the public methods that take
    something, of `instances` {name: maker}."""
    found = {}
    for kind, make in instances.items():
        made = type(make())
        for name in dir(made):
            method = inspect.getattr_static(made, name)
            if name.startswith("_") or name in OF_THE_LOOP or not callable(getattr(made, name)):
                continue
            if isinstance(method, (classmethod, staticmethod)) or not inspect.isfunction(method):
                continue
            ours = method.__module__.startswith("ganlab.")
            if ours and len(inspect.signature(method).parameters) > 1:
                found[f"{kind}.{name}"] = (method, make)
    return found
