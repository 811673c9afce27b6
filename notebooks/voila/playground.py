"""The playground as a page of its own: `make playground` hands this file to voila."""

from ganlab.widgets import playground

playground()
