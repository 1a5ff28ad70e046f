"""`nbtrack demo`: what is there to see before one has runs of one's own?"""

from __future__ import annotations

import argparse
from pathlib import Path

from nbtrack.cli.choice import Commands


def add(commands: Commands) -> None:
    one = commands.add_parser("demo", help="train small models and open JupyterLab on them")
    one.add_argument("--folder", default="demo", help="where it is made (default: ./demo)")
    one.add_argument("--no-browser", action="store_true", help="start JupyterLab and print its address only")
    one.add_argument(
        "--headless", action="store_true", help="no JupyterLab: run the notebooks, keep them and their HTML"
    )
    one.set_defaults(run=demo)


def demo(options: argparse.Namespace) -> int:
    from nbtrack.demo import run

    return run(Path(options.folder), headless=options.headless, browser=not options.no_browser)
