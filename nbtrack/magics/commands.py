"""What does `%track …` do?"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from IPython.core.error import UsageError

from nbtrack.capture.alive import is_abandoned
from nbtrack.capture.rewriting import with_values
from nbtrack.entities import Run, ViewType
from nbtrack.errors import InvalidValueError, NbtrackError
from nbtrack.magics.arguments import pairs, parse, words
from nbtrack.magics.background import PATIENCE, settle
from nbtrack.magics.card import card_of, directions_of
from nbtrack.magics.card_html import card_html
from nbtrack.magics.card_text import card_text
from nbtrack.magics.diff import difference
from nbtrack.magics.files import cell_of, inputs_of, masks_in, with_inputs
from nbtrack.magics.find import find_run, runs_of
from nbtrack.magics.series import Series
from nbtrack.magics.show import show
from nbtrack.magics.tables import difference_html, difference_text, runs_table
from nbtrack.magics.words import short
from nbtrack.query.suggest import nearest
from nbtrack.stores import Store
from nbtrack.tracking import active
from nbtrack.tracking.client import MlflowClient
from nbtrack.tracking.lookup import matching, rows_of

HELP = """Commands:

    %track status            the active run, and where runs are written
    %track ls [FILTER]       the newest runs, or those that match, e.g. %track ls metrics.acc > 0.9
    %track show [RUN]        one run's card; the newest without RUN
    %track diff A B          what is different between two runs
    %track load RUN          put the run's cell into the next input, exactly as it ran;
                             --with-inputs: first the earlier inputs that it needs
    %track rerun RUN k=v …   run its cell again, with other values for its literals
    %track start NAME        one run for the cells that follow; takes the options of %%track
    %track end [STATUS]      end it, as FINISHED, FAILED or KILLED; as its last cell ended without STATUS
    %track rm RUN            delete a run; restore brings it back
    %track restore RUN       bring a deleted run back
    %track dashboard         all of it, to look at

RUN is an id, a unique start of one, a name where it is unique, or -1, -2 for the newest ones.
"""
MOST = 20  # rows of `%track ls`


class Commands:
    """`rerun` runs a cell as a new run that names an old one."""

    def __init__(self, ip: Any, rerun: Callable[[str, str], None], series: Series) -> None:
        self._ip = ip
        self._series = series
        self._rerun = rerun
        self._known: dict[str, tuple[Callable[..., None], range]] = {
            "status": (self.status, range(1)),
            "show": (self.show, range(2)),
            "diff": (self.diff, range(2, 3)),
            "load": (self.load, range(1, 3)),
            "rerun": (self.rerun, range(1, 1000)),
            "end": (self.end, range(2)),
            "rm": (self.rm, range(1, 2)),
            "restore": (self.restore, range(1, 2)),
            "dashboard": (self.dashboard, range(1)),
        }

    @property
    def names(self) -> list[str]:
        return ["ls", "start", *self._known]

    def run(self, line: str) -> None:
        """Do what the line says. Raises UsageError for what is unknown; the store's errors are told the same way."""
        command, _, rest = line.strip().partition(" ")
        try:
            if command in {"", "help"}:
                print(HELP)
            elif command == "ls":
                self.ls(rest.strip())
            elif command == "start":
                self.start(rest)
            else:
                self._dispatch(command, rest)
        except NbtrackError as error:
            raise UsageError(f"%track {command}: {error}") from error

    def _dispatch(self, command: str, rest: str) -> None:
        if command not in self._known:
            near = nearest(command, self.names)
            hint = f" Did you mean '{near}'?" if near else ""
            raise UsageError(f"%track: unknown command '{command}'.{hint} Commands: {', '.join(self.names)}.")
        function, fitting = self._known[command]
        given = words(rest)
        if len(given) not in fitting:
            wanted = {"diff": "two runs"}.get(
                command, "one run" if fitting.start else "at most one run" if fitting.stop > 1 else "nothing"
            )
            raise UsageError(f"%track {command} takes {wanted}, and got {len(given)}. `%track` alone explains.")
        function(*given)

    def status(self) -> None:
        """The active run's card, or that there is none; and where runs go."""
        held = active.current()
        client = held.client if held else MlflowClient()
        if held:
            self._card(client.store, client.get_run(held.run_id))
        else:
            print("No run is active.")
        print(f"Runs are written to {client.store.uri}")
        left = [run for run in runs_of(client.store) if is_abandoned(run)]
        if left:
            named = ", ".join(f"{short(run.info.run_name, 40)} ({run.info.run_id[:8]})" for run in left[:5])
            more = f" and {len(left) - 5} more" if len(left) > 5 else ""
            print(f"Left open by a kernel that is gone: {named}{more}")

    def ls(self, text: str) -> None:
        client = MlflowClient()
        known = client.store.experiments()
        found = matching(client.store, [e.experiment_id for e in known], text, ViewType.ACTIVE_ONLY, ())
        for hint in found.hints:
            print(hint)
        runs = [row.run for row in rows_of(found.held, found.order)]
        if not runs:
            print(
                "No run matches."
                if text
                else f"There is no run in {client.store.uri} yet. `%%track` above a cell makes one."
            )
            return
        table = runs_table(runs, {e.experiment_id: e.name for e in known}, now=_now(), most=MOST)
        show(self._ip, table.as_html(), table.as_text())

    def show(self, text: str = "-1") -> None:
        store = MlflowClient().store
        self._card(store, find_run(store, text))

    def diff(self, one: str, other: str) -> None:
        settle(PATIENCE)
        store = MlflowClient().store
        a, b = find_run(store, one), find_run(store, other)
        found = difference(store, a, b, {**directions_of(a), **directions_of(b)})
        show(self._ip, difference_html(a, b, found), difference_text(a, b, found, colour=self._in_terminal()))

    def _in_terminal(self) -> bool:
        return not hasattr(self._ip, "kernel") and sys.stdout.isatty()

    def load(self, *words: str) -> None:
        """The run's cell as the next input, byte for byte; with its earlier inputs, those come first."""
        runs = [word for word in words if word != "--with-inputs"]
        if len(runs) != 1:
            raise UsageError("%track load takes one run, and --with-inputs. `%track` alone explains.")
        store = MlflowClient().store
        run = find_run(store, runs[0])
        source = cell_of(store, run)
        if len(words) > 1:
            settle(PATIENCE)
        inputs = inputs_of(store, run) if len(words) > 1 else []
        text = with_inputs(inputs, run.info.run_id) if inputs else source
        if masks := masks_in(text):
            print(f"{masks} Put it back before you run the cell, or read it from the environment there.")
        self._ip.set_next_input(text)

    def rerun(self, text: str, *given: str) -> None:
        """The run's cell with other values, as a new run."""
        self._rerun(*self._again(text, given))

    def again(self, line: str) -> tuple[str, str]:
        """The source that `%track rerun` runs, and the id of the run it is from. The store's errors are UsageErrors."""
        given = words(line)
        if not given:
            raise UsageError("%track rerun takes a run, and key=value. `%track` alone explains.")
        try:
            return self._again(given[0], given[1:])
        except NbtrackError as error:
            raise UsageError(f"%track rerun: {error}") from error

    def _again(self, text: str, given: Sequence[str]) -> tuple[str, str]:
        store = MlflowClient().store
        run = find_run(store, text)
        source = cell_of(store, run)
        if given:
            source = with_values(source, pairs("rerun", list(given)))
        if masks := masks_in(source):
            load = f"`%track load {run.info.run_id[:8]}` brings the cell back, to read it from the environment there."
            raise InvalidValueError(f"{masks} The cell would run with the mask in its place. {load}")
        return source, run.info.run_id

    def start(self, line: str) -> None:
        """Open a run for the cells that follow. It takes the options of `%%track`."""
        held = self._series.start(parse(line))
        print(f"Run '{held.run.info.run_name}' ({held.run_id[:8]}) records the cells that follow, until `%track end`.")

    def end(self, status: str = "") -> None:
        held = self._series.end(status)
        self._card(held.client.store, held.client.get_run(held.run_id))

    def rm(self, text: str) -> None:
        client = MlflowClient()
        run = find_run(client.store, text)
        if any(held.run_id == run.info.run_id for held in active.own_stack()):
            raise UsageError(
                f"%track rm: run '{run.info.run_name}' is active. Wait for its end, or call nbtrack.end_run()."
            )
        settle()  # what is still being noted of it must not find it deleted
        client.delete_run(run.info.run_id)
        print(f"Deleted run '{run.info.run_name}'. `%track restore {run.info.run_id[:8]}` brings it back.")

    def restore(self, text: str) -> None:
        client = MlflowClient()
        run = find_run(client.store, text, deleted=True)
        client.restore_run(run.info.run_id)
        print(f"Restored run '{run.info.run_name}'.")

    def dashboard(self) -> None:
        # The dashboard's room lies beside this one, so it is asked for by its public name, at run time.
        try:
            made = sys.modules["nbtrack"].dashboard()
        except (AttributeError, ImportError) as error:
            raise UsageError(f"%track dashboard: this installation has no dashboard ({error}).") from error
        from IPython.display import display

        display(made)

    def _card(self, store: Store, run: Run) -> None:
        card = card_of(store, run, now=_now())
        show(self._ip, card_html(card), card_text(card))


def _now() -> int:
    return time.time_ns() // 1_000_000
