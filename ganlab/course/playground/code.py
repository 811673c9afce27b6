"""The code that a reader takes away: a script that does again what was done in the playground."""

from ganlab.course.playground.calls import Call, imports, written
from ganlab.course.playground.model import SAMPLES
from ganlab.course.playground.settings import gan_call, networks_calls, pretraining_call

TAIL = """\
z = gan.latent.sample({samples}, np.random.default_rng(0))
samples = trainer.generators(z)  # (seeds, {samples}, {dim})
print(f"samples of {{len(samples)}} seeds, of shape {{samples.shape}}")
trainer.run().save("run.npz")  # records, and the networks of all seeds
"""


def script(session):
    """A script, as text, that trains the same GANs by the same steps and turns of the knobs.

    It ends with `samples`, those that the playground shows at its last moment.
    """
    now = session.first_settings
    lines, used = _opening(now, session.target.dim)
    for what, value in session.events:
        if what == "advance":
            lines.append(f"trainer.advance({value})")
        elif what == "carry on":
            now, carried = value
            lines += _carried(now, carried, session.target.dim)
            used += [gan_call(now, session.target.dim)]
        elif what == "change":
            call, now = _change(now, value, session.target.dim), value
            lines.append(written(call))
            used += call.given[0].named.values()
        else:
            loop = f"for _ in range({value}):\n    " if value > 1 else ""
            lines.append(f"{loop}trainer.{what}()")
    head = '"""A GAN from the playground of ganlab."""\n\nimport numpy as np\n'
    body = "\n".join([head, *imports(*used), "", *lines, ""])
    return f"{body}\n{TAIL.format(samples=SAMPLES, dim=session.target.dim)}"


def _opening(settings, dim):
    """The lines that build the trainer, and the calls that they are made of."""
    gan, given = gan_call(settings, dim), pretraining_call(settings, dim)
    lines, used = [], [gan, Call("Trainer")]
    if given is not None:
        d = networks_calls(settings, dim)[1]
        first, seeds = settings.first_seed, settings.seeds
        call = Call("pretrain", (d,), given)
        used.append(call)
        inner = written(call, 0, 26).removesuffix(")").rstrip().removesuffix(",")
        tail = f",\n    target=real.density,\n    seeds=range({first}, {first + seeds}),\n)"
        lines += [f"real = {written(gan.given[2], 0, 7)}", f"discriminator, _, _ = {inner}{tail}"]
    lines.append(f"gan = {written(gan, 0, 6)}")
    if given is not None:
        lines.append("gan = gan.changed(discriminator=discriminator)")
    return [*lines, _trainer(settings)], used


def _carried(settings, carried, dim):
    """The lines that go on with the networks as they are in a trainer of other settings."""
    networks = ", ".join(f"{name}=trainer.{name}s" for name in carried)
    return [
        f"gan = {written(gan_call(settings, dim), 0, 6)}",
        f"gan = gan.changed({networks})",
        _trainer(settings),
    ]


def _trainer(settings):
    seeds = f"range({settings.first_seed}, {settings.first_seed + settings.seeds})"
    return f"trainer = Trainer(gan, seeds={seeds}, batch_size={settings.batch_size})"


def _change(old, new, dim):
    """The call by which a trainer takes over the numbers of new settings."""
    before, after = (gan_call(one, dim).named for one in (old, new))
    fields = {name: value for name, value in after.items() if before.get(name) != value}
    return Call("trainer.take_over", (Call("trainer.gan.changed", (), fields),))
