"""`python -m evidence.league`: goes on measuring, then writes docs/league.md."""

import sys

from evidence.league.page import FOLDER, write_pages
from ganlab.evidence.command import main

if __name__ == "__main__":
    sys.exit(main(folder=FOLDER, pages=write_pages))
