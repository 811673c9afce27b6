"""`python -m ganlab.evidence`."""

import signal
import sys

from ganlab.evidence.command import main

if __name__ == "__main__":
    # Ctrl-C would make training return what it has, which is no outcome: end at once instead.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(main())
