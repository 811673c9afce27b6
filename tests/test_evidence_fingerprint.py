"""Fingerprints: numbers and code that determine an outcome change them, nothing else does."""

import ast
import functools
import importlib.util
import sys
import textwrap
import time
from collections import namedtuple
from dataclasses import dataclass, make_dataclass
from types import SimpleNamespace

import numpy as np
import pytest

import ganlab
from ganlab import data, latent, metrics
from ganlab.evidence import Arm, EvidenceError, Protocol, Setting, fingerprint, protocols, syntax

pytestmark = pytest.mark.rest

_module = importlib.import_module("ganlab.evidence.fingerprint")
define, remembering = _module.define, _module.remembering

CLAIMS = '''
"""Two made-up claims."""
from functools import lru_cache, partial

import numpy as np
import tools as t
from tools import LEVEL, draw

from ganlab.evidence import Protocol, Setting
from ganlab.metrics import wasserstein

SHIFT = 0.5
UNUSED = 1


@lru_cache(maxsize=2)
def noise(seeds, size=8):
    """Numbers for the seeds."""
    found = draw(seeds, size) * LEVEL
    return found


def arm(shift):
    def run(seeds):
        return np.mean(noise(tuple(seeds)), axis=-1) + shift

    return run


def distance(bell, seeds):
    return wasserstein(t.draw(seeds, 4)[..., None], bell) / bell.spread()


TEXTS = {"source": "module", "measured": "As made up.", "notebook": "03"}

PROTOCOLS = (
    Protocol(
        id="T1.1", claim="A is lower", kind="wins", least=0.05, direction=-1, margin=0.1,
        says="{won} of 100 are lower", worst=np.inf, settings={
            "first": Setting({"A": arm(SHIFT), "B": arm(2.0)}),
            "second": Setting({"A": arm(0.25), "B": arm(2.0)}),
        }, **TEXTS,
    ),
    Protocol(
        id="T2.1", claim="B is close", margin=0.2, worst=0, reference=1, says="{first} of 100",
        settings={"only": Setting({"B": partial(distance, t.Bell(0.0))})}, **TEXTS,
    ),
)
'''

TOOLS = '''
"""What both claims need."""
from dataclasses import dataclass

import numpy as np

LEVEL = 3.0
WIDTH = 2


@dataclass(frozen=True)
class Bell:
    """A bell."""

    mean: float
    std: float = 1.0

    def spread(self):
        return WIDTH * self.std


def draw(seeds, size: int):
    return np.array([np.random.default_rng(s).normal(size=size) for s in seeds])
'''


@pytest.fixture
def load(tmp_path, monkeypatch):
    """A function that writes modules, imports them anew, and returns the first one."""
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # files here change within a second
    known = set(sys.modules)

    def load(**texts):
        forget()
        for name, text in texts.items():
            (tmp_path / f"{name}.py").write_text(textwrap.dedent(text))
        importlib.invalidate_caches()
        return importlib.import_module(next(iter(texts)))

    def forget():
        for name in set(sys.modules) - known:
            if not name.startswith("ganlab.") and str(
                getattr(sys.modules[name], "__file__", "")
            ).startswith(str(tmp_path)):
                del sys.modules[name]

    yield load
    forget()


def hashes(module):
    return {protocol.id.split(".")[0]: fingerprint(protocol) for protocol in module.PROTOCOLS}


def changed(before, after):
    return "".join(sorted(id[1:] for id in before if before[id] != after[id]))


NOTHING = [
    ("claims", '"""Numbers for the seeds."""', '"""Other words."""'),
    ("claims", '"""Two made-up claims."""', ""),
    ("claims", "    found = draw", "    # why\n    found = draw"),
    ("claims", "found = draw(seeds, size) * LEVEL", "found = (draw(seeds, size)\n * LEVEL)"),
    ("claims", "found = draw", "found: np.ndarray = draw"),
    ("claims", "def noise(seeds, size=8):", "def noise(seeds: tuple, size: int = 8) -> float:"),
    ("claims", "@lru_cache(maxsize=2)\n", ""),
    ("claims", "noise(", "numbers_of("),
    ("claims", "run", "arm_of_run"),
    ("claims", "SHIFT", "START"),
    ("claims", "SHIFT = 0.5", "SHIFT = 0.50"),
    ("claims", "UNUSED = 1", "UNUSED = 2\ndef more():\n    return UNUSED\n"),
    ("claims", "As made up.", "In other words."),
    ("claims", "A is lower", "A | is less"),
    ("claims", '"module"', '"aylien2016"'),
    ("claims", '"03"', '"04"'),
    ("claims", "are lower", "lie lower"),
    ("claims", '"B": arm(2.0)}),', '"B": arm(2.0)}, most=1024),'),
    ("claims", "margin=0.1,", "margin=0.10,"),
    ("claims", "reference=1,", "reference=1.0,"),
    ("claims", "worst=0,", "worst=np.float64(0),"),
    ("claims", "worst=0,", "worst=0, first_seed=10_000,"),
    ("claims", "import numpy as np", "import numpy"),
    ("claims", "tools as t", "tools as tools_of"),
    ("claims", "t.draw(", "draw("),
    ("claims", "draw(seeds, size)", "t.draw(seeds, size)"),
    ("claims", "    found = draw", "    from tools import draw\n    found = draw"),
    ("claims", "    found = draw", "    import tools as t\n    found = t.draw"),
    ("claims", "from ganlab.metrics import wasserstein", "from ganlab import metrics"),
    ("tools", '"""A bell."""', '"""A bell-shaped curve."""'),
    ("tools", "Bell", "Gauss"),
    ("tools", "size: int", "size"),
    ("tools", "mean: float", "mean: int"),
    ("tools", "LEVEL = 3.0", "LEVEL = 6.0 / 2.0"),
    ("tools", "WIDTH", "SPREAD"),
]
SOMETHING = [
    ("1", "claims", "SHIFT = 0.5", "SHIFT = 0.6"),
    ("1", "claims", "arm(2.0)", "arm(2.5)"),
    ("1", "claims", "size=8", "size=16"),
    ("1", "claims", "axis=-1", "axis=1"),
    ("1", "claims", "np.mean", "np.median"),
    ("1", "claims", "+ shift", "- shift"),
    ("1", "claims", "margin=0.1,", "margin=0.11,"),
    ("1", "claims", "direction=-1", "direction=1"),
    ("1", "claims", "worst=np.inf", "worst=10"),
    ("1", "claims", "worst=np.inf", "worst=np.inf, first_seed=20_000"),
    ("1", "claims", "worst=np.inf", "worst=np.inf, level=0.0001"),
    ("1", "claims", "least=0.05", "least=0.06"),
    ("1", "claims", "least=0.05", "least=0.05, beyond=1.0"),
    ("1", "claims", '"second": Setting({"A"', '"second": Setting({"C"'),
    ("1", "claims", '"second"', '"third"'),
    ("2", "claims", "reference=1,", "reference=1.5,"),
    ("2", "claims", "worst=0,", "worst=1,"),
    ("2", "claims", "t.Bell(0.0)", "t.Bell(0.5)"),
    ("2", "claims", "t.Bell(0.0)", "t.Bell(0.0, 2.0)"),
    ("2", "claims", "t.draw(seeds, 4)", "t.draw(seeds, 5)"),
    ("2", "claims", "[..., None]", "[None, ...]"),
    ("1", "tools", "LEVEL = 3.0", "LEVEL = 3.5"),
    ("2", "tools", "WIDTH = 2", "WIDTH = 3"),
    ("2", "tools", "* self.std", "/ self.std"),
    ("2", "tools", "std: float = 1.0", "std: float = 1.5"),
    ("12", "tools", "normal(", "gamma("),
    ("12", "tools", "for s in seeds", "for s in seeds if s"),
]


@pytest.mark.parametrize("expected, file, old, new", [("", *edit) for edit in NOTHING] + SOMETHING)
def test_an_edit_changes_exactly_the_claims_that_depend_on_it(load, expected, file, old, new):
    texts = {"claims": CLAIMS, "tools": TOOLS}
    before = hashes(load(**texts))
    assert old in texts[file]
    texts[file] = texts[file].replace(old, new)
    if new == "import numpy":
        texts["claims"] = texts["claims"].replace("np.", "numpy.")
    if new == "tools as tools_of":
        texts["claims"] = texts["claims"].replace("t.draw", "tools_of.draw")
        texts["claims"] = texts["claims"].replace("t.Bell", "tools_of.Bell")
    if new == "from ganlab import metrics":
        texts["claims"] = texts["claims"].replace("return wass", "return metrics.wass")
    if file == "tools":
        texts["claims"] = texts["claims"].replace(f".{old}(", f".{new}(")
    assert changed(before, hashes(load(**texts))) == expected


def test_the_order_of_settings_and_of_arms_matters(load):
    module = load(claims=CLAIMS, tools=TOOLS)
    settings = module.PROTOCOLS[0].settings
    before = fingerprint(module.PROTOCOLS[0])
    arms = settings["first"].arms
    arms["A"] = arms.pop("A")  # now the last
    assert fingerprint(module.PROTOCOLS[0]) != before
    arms["B"] = arms.pop("B")
    assert fingerprint(module.PROTOCOLS[0]) == before
    settings["first"] = settings.pop("first")
    assert fingerprint(module.PROTOCOLS[0]) != before


def test_each_number_of_a_protocol_counts():
    texts = dict.fromkeys(("source", "claim", "measured", "notebook"), "")
    arms = {"A": len, "B": len}
    usual = texts | {"id": "T1.1", "settings": {"": Setting(arms)}, "worst": 1, "says": "."}
    identity = texts | {"id": "T1", "check": max, "tolerance": 1e-6}
    found = [
        fingerprint(Protocol(**options))
        for options in (
            usual,
            usual | {"kind": "wins", "least": 0.1},
            usual | {"kind": "wins", "least": 0.2},
            usual | {"kind": "wins", "least": 0.2, "beyond": 1.0},
            usual | {"kind": "wins", "least": 0.2, "beyond": 2.0},
            usual | {"kind": "wins", "least": 0.2, "level": 0.0001},
            usual | {"direction": -1},
            usual | {"margin": 0.0},
            usual | {"worst": 0},
            usual | {"settings": {"": Setting({"A": len})}, "reference": 0.0},
            usual | {"settings": {"": Setting({"A": len})}, "reference": 0.5},
            usual | {"settings": {"": Setting({"A": len, "B": max})}},
            usual | {"first_seed": 20_000},
            identity,
            identity | {"check": min},
            identity | {"tolerance": 1e-5},
        )
    ]
    assert len(set(found)) == len(found)
    others = {"id": "T2.1", "claim": "c", "measured": "m", "notebook": "n", "source": "s"}
    others |= {"says": "{won}", "margin": 0.1, "worst": 1.0, "direction": 1.0}
    others |= {"settings": {"": Setting(arms, most=512)}}
    assert fingerprint(Protocol(**usual | others)) == found[0]
    none = usual | {"margin": 0.0}
    assert fingerprint(Protocol(**none)) == fingerprint(Protocol(**none | {"margin": -0.0}))


def test_code_may_move_to_another_file(load):
    before = hashes(load(claims=CLAIMS, tools=TOOLS))
    start, end = CLAIMS.index("@lru_cache"), CLAIMS.index("def arm(")
    moved = "from functools import lru_cache\nfrom tools import draw\nimport tools\n"
    moved += CLAIMS[start:end].replace("LEVEL", "tools.LEVEL")
    rest = CLAIMS[:start] + "import other as more\n" + CLAIMS[end:].replace("noise(", "more.noise(")
    assert changed(before, hashes(load(claims=rest, tools=TOOLS, other=moved))) == ""
    assert changed(before, hashes(load(elsewhere=CLAIMS, tools=TOOLS))) == ""


def test_names_of_ganlab_may_move_and_what_they_do_is_not_looked_at(load, monkeypatch):
    before = hashes(load(claims=CLAIMS, tools=TOOLS))
    monkeypatch.setitem(sys.modules, "ganlab.elsewhere", SimpleNamespace(wasserstein=len))
    (elsewhere := sys.modules["ganlab.elsewhere"]).wasserstein = metrics.wasserstein
    moved = CLAIMS.replace("ganlab.metrics", "ganlab.elsewhere")
    assert changed(before, hashes(load(claims=moved, tools=TOOLS))) == ""
    elsewhere.jensen_shannon = metrics.jensen_shannon
    other = moved.replace("wasserstein", "jensen_shannon")
    assert changed(before, hashes(load(claims=other, tools=TOOLS))) == "2"


def test_a_thing_of_ganlab_is_known_by_its_name_however_it_was_imported(load, monkeypatch):
    things = SimpleNamespace(__name__="ganlab.elsewhere", game=object(), other=object())
    monkeypatch.setitem(sys.modules, "ganlab.elsewhere", things)
    tools = "from ganlab.elsewhere import game as g, other\n"
    users = [
        "from tools import g\ndef f(s):\n    return g\n",
        "import tools\ndef f(s):\n    return tools.g\n",
        "def f(s):\n    from ganlab.elsewhere import game\n    return game\n",
        "from ganlab.elsewhere import game as that\ndef f(s):\n    return that\n",
        "from tools import other\ndef f(s):\n    return other\n",
        "from ganlab.elsewhere import game as g\ngame = g, 1\ndef f(s):\n    return game[0]\n",
    ]
    *same, other = [define(load(one=text, tools=tools).f) for text in users[:-1]]
    assert same == [same[0]] * 4 and other != same[0]
    with pytest.raises(EvidenceError, match="game in f is a object"):
        define(load(one=users[-1], tools=tools).f)  # not what was imported, but made of it


def test_a_class_of_ganlab_may_gain_fields():
    def thing(*names):
        fields = [(name, int) if name == "a" else (name, int, 1) for name in names]
        made = make_dataclass("Thing", fields)
        made.__module__ = (
            "ganlab.elsewhere"  # afterwards: from Python 3.12 on it names its caller's
        )
        return made

    assert define(thing("a")(2)) == define(thing("a", "b")(2)) != define(thing("a", "b")(2, 3))


# Recipes and thresholds --------------------------------------------------------------------

RECIPES = """
from typing import NamedTuple

class Recipe(NamedTuple):
    rate: float
    widths: tuple = (1, 4, 1)
    note: str = ""

SLOW, FAST = Recipe(0.001), Recipe(0.1, (1, 8, 1))

def doubled(rate):
    return 2 * rate
"""

USERS = """
import ganlab.recipes
from ganlab import endings, recipes
from ganlab.recipes import FAST
from ganlab.evidence import Protocol, Setting

def slow(seeds):
    return [recipes.SLOW.rate] * len(seeds)

def fast(seeds):
    return [FAST.rate] * len(seeds)

def wide(seeds):
    return [sum(ganlab.recipes.FAST.widths)] * len(seeds)

def judged(seeds):
    return endings.close(recipes.doubled(3) * len(seeds))

def protocol(i, arm):
    return Protocol(
        id=f"T{i}.1", source="", claim="", measured="", notebook="", worst=0, reference=0,
        says="{first}", settings={"": Setting({"": arm})},
    )

PROTOCOLS = [protocol(i, arm) for i, arm in enumerate((slow, fast, wide, judged))]
"""

ENDINGS = "CLOSE = 0.25\n\ndef close(w1):\n    return w1 <= CLOSE\n"


@pytest.mark.parametrize(
    "room, old, new, expected",
    [
        ("recipes", "SLOW, FAST", "# two of them\nSLOW, FAST", ""),
        ("recipes", "Recipe(0.001)", "Recipe(0.002)", "0"),
        ("recipes", "Recipe(0.1,", "Recipe(0.2,", "1"),
        ("recipes", "(1, 8, 1)", "(1, 9, 1)", "2"),
        ("recipes", "2 * rate", "3 * rate", "3"),
        ("recipes", '    note: str = ""', '    note: str = ""\n    batch: int = 64', ""),
        ("endings", "CLOSE = 0.25", "CLOSE = 0.3", "3"),
        ("endings", "<=", "<", "3"),
        ("endings", "CLOSE", "NEAR", ""),
    ],
)
def test_recipes_and_endings_enter_by_value(
    load, monkeypatch, tmp_path, room, old, new, expected
):  # fmt: skip
    def furnish(**texts):
        for name, text in texts.items():
            (tmp_path / f"made_up_{name}.py").write_text(text)
            path = tmp_path / f"made_up_{name}.py"
            spec = importlib.util.spec_from_file_location(f"ganlab.{name}", path)
            module = importlib.util.module_from_spec(spec)
            monkeypatch.setitem(sys.modules, f"ganlab.{name}", module)
            monkeypatch.setattr(ganlab, name, module, raising=False)
            spec.loader.exec_module(module)
        return hashes(load(users=USERS))

    texts = {"recipes": RECIPES, "endings": ENDINGS}
    before = furnish(**texts)
    assert old in texts[room]
    assert changed(before, furnish(**texts | {room: texts[room].replace(old, new)})) == expected


# Names and scopes --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body, uses",
    [
        ("return n", True),
        ("return lambda: n", True),
        ("return lambda n: n", False),
        ("return lambda x=n: x", True),
        ("n = 3\n    return n", False),
        ("n: int = 3\n    return n", False),
        ("n: int\n    return 0", False),
        ("x: n = 3\n    return x", False),
        ("return [n for n in seeds]", False),
        ("return [x for x in seeds if n]", True),
        ("return [n for n in seeds], n", True),
        ("return [n for n in n]", True),
        ("return {n: y for n in seeds for y in [n]}", False),
        ("return [y for x in seeds for y in [n]]", True),
        ("return [(n := x) for x in seeds], n", False),
        ("for n in seeds:\n        pass\n    return n", False),
        ("with open('') as n:\n        return n", False),
        ("try:\n        pass\n    except ValueError as n:\n        return n", False),
        ("def inner():\n        return n\n    return inner", True),
        ("def inner(n):\n        return n\n    return inner", False),
        ("def inner(x=n):\n        return x\n    return inner", True),
        ("def inner(x: n) -> n:\n        return x\n    return inner", False),
        ("def n():\n        return 1\n    return n", False),
        ("def inner():\n        n = 1\n        return n\n    return inner() + n", True),
        ("n = 1\n    def inner():\n        nonlocal n\n        n = 2\n    return inner", False),
        ("class Inner:\n        n = 1\n        m = n\n    return Inner", False),
        ("class Inner:\n        n = 1\n        def f(self):\n            return n", True),
        ("class Inner(n):\n        pass\n    return Inner", True),
        ("match seeds:\n        case [n, *_]:\n            return n", False),
        ("match seeds:\n        case {'a': 1, **n}:\n            return n", False),
        ("match seeds:\n        case [1] as n:\n            return n", False),
        ("match seeds:\n        case n.real:\n            return 1", True),
        ("import numpy as n\n    return n.pi", False),
        ("from numpy import pi as n\n    return n", False),
        ("import numpy\n    return numpy.n", False),
        ("return f'{n}'", True),
        ("return 'n'", False),
        ("return seeds.n", False),
        ("return dict(n=1)", False),
        ("return dict(x=n)", True),
        ("return n.real + 1", True),
        ("@n\n    def inner():\n        return 1\n    return inner", True),
    ],
)
def test_a_name_from_outside_is_told_from_one_of_the_functions_own(load, body, uses):
    monkey = "numpy.n = 1\n" if "numpy.n" in body else ""
    if monkey:
        with pytest.raises(EvidenceError, match=r"n of numpy in f is not defined: wanted"):
            define(load(one=f"n = 1\ndef f(seeds):\n    {body}\n").f)
        return
    one, two = (define(load(one=f"n = {value}\ndef f(seeds):\n    {body}\n").f) for value in (1, 2))
    assert (one != two) == uses


def test_a_closure_comes_before_the_module_and_the_module_before_the_builtins(load):
    text = """
        max = {0}
        def make(n):
            def f(seeds):
                return max, n
            return f
        def g(seeds):
            return min(seeds)
        n = {1}
        f = make({2})
    """

    def defined(*values):
        return define(load(one=text.format(*values)).f)

    assert defined(1, 1, 1) != defined(2, 1, 1)
    assert defined(1, 1, 1) == defined(1, 2, 1)
    assert defined(1, 1, 1) != defined(1, 1, 2)
    assert "min" not in repr(define(load(one="def f(s):\n    return max(s)\n").f))


def test_functions_that_call_each_other_have_an_end(load):
    text = """
        def even(n):
            return n == 0 or odd(n - 1)
        def odd(n):
            return n != 0 and even(n - 1)
        def alone(n):
            return alone(n - {0}) if n else 0
        class Tree:
            def grow(self):
                return [Tree(), TREES]
        TREES = [Tree]
    """
    one = load(one=text.format(1))
    before = [define(thing) for thing in (one.even, one.odd, one.alone, one.Tree)]
    renamed = text.replace("even", "is_even").replace("Tree", "Plant").replace("alone", "self")
    two = load(one=renamed.format(1))
    assert [define(f) for f in (two.is_even, two.odd, two.self, two.Plant)] == before
    three = load(one=text.replace("n == 0", "n == 1").format(2))
    assert define(three.even) != before[0] and define(three.odd) != before[1]
    assert define(three.alone) != before[2] and define(three.Tree) == before[3]


@pytest.mark.parametrize(
    "order", [[0, 1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1, 0], [1, 0, 4, 2, 5, 6, 3]]
)
def test_what_is_remembered_is_what_would_be_found_anew(load, order):
    text = """
        from dataclasses import dataclass
        from functools import partial
        def even(n):
            return n == 0 or odd(n - 1)
        def odd(n):
            return n != 0 and even(n - 1) and LIMIT
        def both(n):
            return even(n) or odd(n)
        @dataclass
        class Box:
            size: int = 1
            inside: object = None
            def grow(self):
                return Box(self.size + 1, both)
        box = Box(2, even)
        def first(n):
            return half(n) + LIMIT
        def second(n):
            return first(n)
        half = partial(second)
        LIMIT = {0}
    """
    module = load(one=text.format(1))
    things = [module.even, module.odd, module.both, module.Box, module.box]
    things += [module.first, module.second]
    anew = [define(thing) for thing in things]
    with remembering():
        assert [define(things[i]) for i in order + order] == [anew[i] for i in order + order]
        assert define(functools.partial(module.both, module.box)) != anew[2]
    # Nothing is remembered for longer: the same functions may mean something else by then.
    module.LIMIT = 2
    other = load(one=text.format(2))
    assert define(module.both) == define(other.both) != anew[2]


def test_remembering_saves_time_and_changes_no_fingerprint_of_ours():
    known = [p for p, _ in protocols().values() if p.id.startswith(("A2", "D4", "E7"))]

    def made():
        start = time.process_time()
        return [fingerprint(p) for p in known * 4], time.process_time() - start

    anew, slowly = made()
    with remembering():
        remembered, quickly = made()
    assert remembered == anew and len(set(anew)) == len(known) > 4
    assert quickly < slowly / 2


def test_a_default_that_is_given_does_not_count(load):
    text = "from functools import partial\ndef f(s, a={0}, *, b={1}):\n    return a + b\n"
    text += (
        "from ganlab.evidence import Arm\none = partial(f, b={2})\ntwo = Arm(len, f, dict(b={2}))\n"
    )

    def defined(name, *values):
        return define(getattr(load(one=text.format(*values)), name))

    assert defined("f", 1, 2, 3) != defined("f", 1, 9, 3)
    for name in ("one", "two"):
        assert defined(name, 1, 2, 3) == defined(name, 1, 9, 3)
        assert defined(name, 1, 2, 3) != defined(name, 9, 2, 3)
        assert defined(name, 1, 2, 3) != defined(name, 1, 2, 4)


def test_a_wrapper_enters_with_what_it_wraps(load):
    text = """
        from contextlib import contextmanager
        from functools import wraps
        def times(n):
            def wrap(f):
                @wraps(f)
                def inner(seeds):
                    return n * f(seeds)
                return inner
            return wrap
        @times({0})
        def f(seeds):
            return {1}
        @contextmanager
        def held():
            yield {1}
    """

    def defined(text, *names):
        module = load(one=text)
        return [define(getattr(module, name)) for name in names]

    f, held = defined(text.format(2, 3), "f", "held")
    for values in ((2, 4), (3, 3)):
        assert defined(text.format(*values), "f") != [f]
    assert defined(text.format(2, 4), "held") != [held]
    assert defined(text.format(3, 3), "held") == [held]
    renamed = text.replace("held", "kept").replace("times", "by")
    assert defined(renamed.format(2, 3), "f", "kept") == [f, held]


def test_what_a_function_of_ganlab_made_enters_with_what_it_holds():
    from ganlab.games import alternating

    assert define(alternating("dg")) == define(alternating("dg")) != define(alternating("gd"))


# Values ------------------------------------------------------------------------------------

Pair = namedtuple("Pair", "a b", defaults=(1,))


@dataclass(frozen=True)
class Bell:
    mean: float
    std: float = 1.0


@pytest.mark.parametrize(
    "one, same",
    [
        (np.float64(0.25), 0.25),
        (np.int64(3), 3),
        (np.bool_(True), True),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({3, 1, 2}, {1, 2, 3}),
        (range(0, 4), range(4)),
        (np.arange(3.0), np.array([0.0, 1.0, 2.0])),
        (data.Gaussian(1.0, 0.5), data.Gaussian(1.0, 0.5)),
        (data.points(-1.0, 1.0), data.Mixture((-1.0, 1.0), 0.0)),
        (functools.partial(max, key=len, default=1), functools.partial(max, default=1, key=len)),
        (functools.lru_cache(metrics.wasserstein), metrics.wasserstein),
        (Bell(2), Bell(2, std=1.0)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_equal_values_are_defined_alike(one, same):
    assert define(one) == define(same)


def test_different_values_are_defined_differently():
    values = [
        None, True, 1, 1.0, 1 + 0j, "1", b"1", 0, False, 2, -1, float("inf"), float("nan"),
        (), [], {}, set(), frozenset(), (1,), [1], {1}, {1: 1}, {1: 2}, {2: 1}, (1, 2), (2, 1),
        ((1,), 2), (1, (2,)), range(3), range(4), range(0, 4, 2), range(1, 4), (0, 1, 2),
        np.arange(3), np.arange(3.0), np.arange(3, dtype="float32"), np.arange(3).reshape(3, 1),
        Bell(1.0), Bell(2.0), Bell(1.0, 2.0), data.Gaussian(1.0), latent.Gaussian(2),
        latent.Stratified(), latent.Stratified(jitter=0.02), latent.Stratified(aligned=True),
        data.Gaussian, data.Circle, metrics.wasserstein, metrics.jensen_shannon, np.exp, np.log,
        np.mean, len, functools.partial(len), functools.partial(len, 1), functools.partial(max, 1),
        functools.partial(len, x=1), functools.partial(len, x=2), Arm(len, max), Arm(max, len),
        Arm(len, max, {"x": 1}), Arm(len, max, {"x": 2}), Arm(len, max, {"y": 1}),
    ]  # fmt: skip
    found = [repr(define(value)) for value in values]
    assert len(set(found)) == len(values)


def test_keras_objects_are_defined_by_their_configuration():
    from ganlab.backend import keras

    normal, dense = keras.initializers.RandomNormal, keras.layers.Dense
    assert define(normal(stddev=1.0)) == define(normal(stddev=1.0)) != define(normal(stddev=2.0))
    assert define(dense(3)) == define(dense(3, name="other")) != define(dense(4))
    sgd, adam = keras.optimizers.SGD, keras.optimizers.Adam
    assert define(sgd(0.1)) == define(sgd(0.1)) != define(sgd(0.2))
    assert define(sgd(0.1)) != define(adam(0.1))
    falling = keras.optimizers.schedules.ExponentialDecay
    assert define(falling(0.1, 10, 0.5)) != define(falling(0.1, 10, 0.6))
    assert define(functools.partial(sgd, momentum=0.6)) != define(functools.partial(sgd))
    model = keras.Sequential([keras.Input((1,)), dense(1)])
    with pytest.raises(EvidenceError, match="a value is a Sequential: wanted"):
        define(model)  # which has weights that no configuration tells


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("x = object()\ndef f(s):\n    return x", "x in f is a object: wanted numbers"),
        ("x = [object()]\ndef f(s):\n    return x", "x in f is a object: wanted"),
        ("import io\nx = io.StringIO()\ndef f(s):\n    return x", "x in f is a StringIO"),
        ("import numpy as np\nx = np.array([None])\ndef f(s):\n    return x", "array of object"),
        ("import numpy as np\nx = np.random.default_rng(0)\ndef f(s):\n    return x", "Generator"),
        ("import numpy as np\nx = np.random.default_rng(0).normal\ndef f(s):\n    return x",
         "x in f is a"),
        ("def f(s):\n    return nothing", "nothing in f is not defined"),
        ("import numpy as np\ndef f(s):\n    return np.nothing", "nothing of np in f is not def"),
        ("import tools\ndef f(s):\n    return tools", "tools in f is a whole module"),
        ("def f(s):\n    global n\n    n = 1", "global n: wanted a function of its arguments"),
        ("import tools\ndef f(s):\n    tools.n = 1", "tools is changed: wanted a function of"),
        ("def f(s):\n    n = 1\n    import numpy as n", "n is imported and bound again"),
        ("def make(n):\n    def f(s):\n        nonlocal n\n        n = 1\n    return f\n"
         "f = make(0)", "n is changed: wanted a function of its arguments"),
        ("f = (lambda s: 1), (lambda s: 2)", "has 2 of <lambda>: wanted one"),
        ("exec('def f(s):\\n    return 1')", "no source <string>: wanted code in a file"),
        ("from collections import namedtuple\nf = namedtuple('F', 'a')(1)", "0 of class F: wanted"),
        ("def make():\n    def f(s):\n        return n\n    if 0:\n        n = 1\n    return f\n"
         "f = make()", "n in f is not bound yet"),
    ],
)  # fmt: skip
def test_what_has_no_definition_is_refused_in_one_line(load, text, wanted):
    module = load(one=text, tools="n = 0\n")
    options = {"source": "", "claim": "", "measured": "", "notebook": "", "worst": 0}
    options |= {"id": "T1.1", "says": "{first}"}
    arms = {"A": getattr(module, "f", None)}
    with pytest.raises(EvidenceError) as error:
        fingerprint(Protocol(reference=0, settings={"": Setting(arms)}, **options))
    message = str(error.value)
    assert message.startswith("T1.1: ") and wanted in message
    assert "\n" not in message and "0x" not in message


@pytest.mark.parametrize("now", ["\n\ndef f(s):\n    return 1\n", "def f(s):\n    return 2\n"])
def test_a_file_that_changed_since_it_was_imported_is_refused(load, tmp_path, now):
    module = load(one="def f(s):\n    return 1\n")
    (tmp_path / "one.py").write_text(now)
    with pytest.raises(EvidenceError, match=r"f is not as one.py, line 1, has it: wanted a file"):
        define(module.f)


def test_the_definition_of_code_is_the_same_in_every_python():
    # Nodes of 3.12 and later have more empty fields; those must not count.
    tree = ast.parse("def f(x):\n    'doc'\n    return [x + y for y in x]\n")
    reader = syntax.Reader(lambda name, *_: (["external", name], 0))
    before = reader.function(tree.body[0])
    for node in ast.walk(tree):
        node._fields = (*node._fields, "news", "nothing")
        node.news, node.nothing = [], None
    assert reader.function(tree.body[0]) == before
