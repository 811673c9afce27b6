"""`python -m ganlab.evidence`."""

import sys

from ganlab.evidence.command import main

if __name__ == "__main__":
    sys.exit(main())
