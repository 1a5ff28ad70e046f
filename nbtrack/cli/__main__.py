"""`python -m nbtrack.cli`: the command without its entry point."""

import sys

from nbtrack.cli import main

sys.exit(main())
