"""A GAN course in which every claim is measured over many training runs at once.

The modules, in the order in which data flows through them: `data` and `latent` draw
samples, `networks` and `losses` say what is trained, `ensemble` holds one copy of a
network per seed, `training` trains all of them in one compiled program, `metrics` turns
samples into numbers, `evidence` turns numbers over seeds into verdicts, `plots` and
`widgets` show them. Nothing is imported, seeded or configured here.
"""

__version__ = "0.1.0"
