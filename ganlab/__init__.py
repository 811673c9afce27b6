"""A GAN course in which every claim is measured over many training runs at once.

`training.train` trains one GAN per seed, all in one compiled program: `data` and `latent` draw
samples, `networks` and `losses` say what is trained and minimised, `techniques` what others have
proposed, `recipes` names whole settings. `runs` is what a training leaves behind, `metrics` and
`endings` turn it into numbers and words, `evidence` turns numbers over seeds into verdicts, `plots`
shows them. docs/design.md lists every room. Nothing is imported, seeded or configured here.
"""

__version__ = "0.3.0"
