"""The playground: a GAN to be trained, watched and changed by hand. docs/design.md has its plan."""
