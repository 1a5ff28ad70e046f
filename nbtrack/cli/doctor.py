"""`nbtrack doctor`: what in a store is damaged, where, and what can be done?"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from nbtrack.cli.choice import add_store, existing
from nbtrack.entities import ViewType

if TYPE_CHECKING:
    from nbtrack.cli.choice import Commands


def add(commands: Commands) -> None:
    one = commands.add_parser("doctor", help="say what in a store is damaged, where, and what to do")
    add_store(one)
    one.set_defaults(run=doctor)


def doctor(options: argparse.Namespace) -> int:
    store = existing(options.store)
    seen = store.snapshot([e.experiment_id for e in store.experiments(ViewType.ALL)])
    damages = list(dict.fromkeys([*store.snapshot().damages, *seen.damages]))
    for damage in damages:
        print(f"{damage.path}\n  {damage.problem}\n  {damage.remedy}")
    print(
        f"{store.uri}: {len(seen.rows):,} runs in {len(seen.experiments):,} experiments, "
        + (f"{len(damages):,} damaged place{'s' if len(damages) > 1 else ''}." if damages else "nothing damaged.")
    )
    return 1 if damages else 0
