"""What is a dashboard in Python: a widget model that shows itself as an HTML output, which joins it in the page."""

from __future__ import annotations

import html
import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import numpy as np
import traitlets as t

from nbtrack.dashboard import cells, copies, hosts, named, remembered
from nbtrack.dashboard._protocol import DEFAULT_STATUS
from nbtrack.dashboard.assets import front
from nbtrack.dashboard.catalog import label
from nbtrack.dashboard.exports import export
from nbtrack.dashboard.known import MANY
from nbtrack.dashboard.live import Hub, hub_for
from nbtrack.dashboard.output import Shown, output_html, page_html
from nbtrack.dashboard.plain import plain_html, plain_text
from nbtrack.dashboard.requests import Answer, Request, answers
from nbtrack.dashboard.rows import chosen_rows, code_for, first_rows, is_arranged, shown_rows
from nbtrack.dashboard.snapshot import (
    FIRST_RUNS,
    SAVED_BYTES,
    Held,
    Snapshot,
    first_snapshot,
    on_their_way,
    saved_snapshot,
    snapshot,
)
from nbtrack.dashboard.view import default_view, known_view, merged_view
from nbtrack.dashboard.view_output import SUFFIX, WRITE_EVERY_S, ViewWriter, publish_update, view_bundle
from nbtrack.errors import guard
from nbtrack.frame import Frame
from nbtrack.stores.base import Store
from nbtrack.stores.several import SeveralStores

if TYPE_CHECKING:
    import pandas as pd
    from plotly.graph_objects import Figure

PATIENCE = 0.8  # s that the first showing waits for a store to be read
SOON = 0.5  # s after which many runs are sent, where nothing is shown meanwhile
PAGE_BYTES = 60_000_000  # of packs in a page of its own


class Model(anywidget.AnyWidget):  # type: ignore[misc,unused-ignore]
    """ipywidgets gives each model another one that holds its layout, and forgets that when the model is closed."""

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self._made = self.layout  # a person may give it another one, which is the person's

    def open(self) -> None:
        if self.layout.comm is None:
            self.layout.open()
        super().open()

    def close(self) -> None:
        super().close()
        if "_made" in self.__dict__:
            self._made.close()


class Channel(Model):
    """The model on which requests travel: a running cell never publishes on it, so ipykernel lets them through."""

    _esm = t.Unicode().tag(sync=True)
    uid = t.Unicode().tag(sync=True)

    def open(self) -> None:
        """ipykernel 7.4 hands requests to the shell that last published on their model: for a new one to the cell's,
        where the next cell may train for hours. Once this is forgotten they go where the browser wants them.
        """
        super().open()
        self.comm.__dict__.pop("_reply_subshell_id", None)


class Dashboard(Model):
    """Runs of a store, to be looked at. Made by `dashboard`, `compare`, `chart` and `show`.

    `selected` (run ids) and `view` can be read, set and observed; a view is set in part: `dash.view = {"filter": "…"}`.
    """

    _esm = t.Unicode().tag(sync=True)
    _front = t.Unicode().tag(sync=True)
    uid = t.Unicode().tag(sync=True)
    frame_kind = t.Unicode("dashboard").tag(sync=True)
    packed_runs = t.Bytes().tag(sync=True)
    packed_series = t.Bytes().tag(sync=True)
    status = t.Dict(DEFAULT_STATUS).tag(sync=True)
    view = t.Dict().tag(sync=True, echo_update=False)  # both sides write, the last one wins
    selected = t.List(t.Unicode()).tag(sync=True, echo_update=False)  # so here

    def __init__(
        self,
        store: Store,
        experiment_ids: Iterable[str] | None = None,
        *,
        frame_kind: str = "dashboard",
        view: Mapping[str, Any] | None = None,
        selected: Iterable[str] = (),
        only: Iterable[str] | None = None,
    ) -> None:
        """`only` restricts what is sent and saved to these runs. Raises what the store raises when it is read."""
        uid = uuid.uuid4().hex
        code = self._code = front()
        self._from_browser = threading.local()
        self._displays: dict[str, copies.Cell | None] = {}  # display id to the cell that shows it
        self._displayed = 0
        self._shown_rev = -1
        self._begun = False  # an output holds the first runs alone
        self._only = None if only is None else set(only)
        experiment_ids = None if experiment_ids is None else list(experiment_ids)
        self._hub: Hub = hub_for(store, experiment_ids)
        selected = list(selected)
        self._first_view = merged_view(default_view(), view or {})
        place = self._place(store, [frame_kind, view or {}, experiment_ids, selected, sorted(only or ())])
        last = place.recall() if place else None
        self._view_writer = ViewWriter(place)
        self._edited_at: float | None = None  # a change of runs that the outputs do not hold yet
        super().__init__(
            model_id=uid,
            uid=uid,
            _esm=code.esm,
            _front=code.code,
            frame_kind=frame_kind,
            view=merged_view(last.view, view or {}) if last else self._first_view,
            selected=selected or (last.selected if last else []),
        )
        self.observe(self._note_change, ["view", "selected"])
        self._follow()
        cells.watch()

    @staticmethod
    def _place(store: Store, arguments: list[Any]) -> remembered.Place | None:
        """Where the view of this cell's dashboard is remembered."""
        with guard("remember the view of a dashboard"):
            cell, number = cells.making()
            return remembered.place(store.uri, cell, number, arguments[0], arguments)
        return None

    def _follow(self) -> None:
        self._channel = Channel(uid=self.uid, _esm=self._code.channel_esm)
        for model in (self, self._channel):
            model.on_msg(self._asked)
        self._hub.join(self, patience=PATIENCE, first=self._only or ())
        if self._is_large():
            self.status = self._hub.status([on_their_way(FIRST_RUNS, len(self._hub.frame()))])
            self._hub.fill(self, within=SOON)
        else:
            self.replace_snapshot()

    def _is_large(self) -> bool:
        """So many runs that the first ones are shown before all others are sent."""
        return self._only is None and self._hub.known and len(self._hub.frame()) > MANY

    # what a person reads and sets
    @property
    def runs(self) -> pd.DataFrame:
        """The table as shown, in its order, as `search_runs` gives it."""
        self._hub.wait()
        return self._table(shown_rows(self._frame(), self.view, self._hub.history))

    @property
    def selected_runs(self) -> pd.DataFrame:
        """The selected runs in the order of selection, as `search_runs` gives them."""
        self._hub.wait()
        return self._table(chosen_rows(self._frame(), self.selected))

    def _table(self, frame: Frame) -> pd.DataFrame:
        from nbtrack.tracking.run_table import table

        return table(self.store.own_ids(frame) if isinstance(self.store, SeveralStores) else frame)

    @property
    def store(self) -> Store:
        """Where the runs are."""
        return self._hub.store

    def figure(self) -> Figure:
        """What is in focus as a plotly Figure: the big chart or else the first, the analysis, or the comparison."""
        from nbtrack.dashboard.focus import figure_of

        return figure_of(self)

    def code(self) -> str:
        """Python that gives the rows of the table."""
        view = self._narrowed() if self._only is not None else self.view
        store = self._hub.store
        address = store.labels if isinstance(store, SeveralStores) else label(store.uri)
        return code_for(address, view, self._hub.experiment_ids(), arranged=is_arranged(self._frame(), view))

    def _narrowed(self) -> dict[str, Any]:
        """The view with the runs that this shows named in its filter."""
        named = ", ".join(f"'{run}'" for run in sorted(self._only or ()))
        given = f"({self.view['filter']}) and " if self.view["filter"] else ""
        return {**self.view, "filter": f"{given}run_id IN ({named})"}

    def dock(self, on: bool = True) -> None:
        """Open the dashboard beside the notebook, in the right half of JupyterLab's or Notebook 7's window.

        `dock(False)` puts it back into its cell. In other hosts it stays where it is.
        """
        self.view = {"docked": bool(on)}

    def save_view(self, name: str) -> None:
        """Keep the view under a name: `nbtrack.dashboard(view=name)` opens it again, for this store."""
        named.save(self._hub.store.uri, name, self.view)

    def reset_view(self) -> None:
        """Show the view that the arguments of `dashboard(…)` ask for, and forget what was remembered for this cell."""
        self.view, self.selected = self._first_view, []
        self.save_changed_view(now=True)
        self._view_writer.forget()

    def saved_views(self) -> list[str]:
        """The names of the views kept for this store."""
        return named.names(self._hub.store.uri)

    def save_html(self, path: str | Path) -> Path:
        """Write a page that works from disk, offline and without a kernel. Gives its path."""
        target = Path(path)
        target.write_text(self.page(), "utf-8")
        return target

    def page(self) -> str:
        """The text of that page."""
        self._hub.finish()
        title = f"nbtrack: {label(self._hub.store.uri)}"
        return page_html(html.escape(title), self._html(self.uid, PAGE_BYTES, holds=True))

    def close(self) -> None:
        """Stop following the store. What is on the page stays as a snapshot; shown again, it follows again."""
        if "_channel" in self.__dict__:  # else it was never made whole
            self.save_changed_view(now=True)
            self._hub.leave(self)
            self._channel.close()
        super().close()

    def replaced_in(self, cell: copies.Cell) -> None:
        """The cell ran again without showing this; with no other output left, nobody can look at it any more."""
        self._displays = {shown: where for shown, where in self._displays.items() if where != cell}
        if not self._displays:
            self.close()

    # showing
    def _ipython_display_(self, **_: Any) -> None:
        from IPython.display import display

        if self.comm is None:  # closed, and wanted again
            self.__dict__.pop("_repr_mimebundle_", None)  # ipywidgets puts None here on closing
            self.open()
            self._follow()
        if hosts.wants_widget_view():
            display({**super()._repr_mimebundle_()[0], "text/plain": self._text()}, raw=True)
            return
        shown = f"nbtrack-{self.uid}-{self._displayed}"
        self._displayed += 1
        self._displays[shown] = cells.showing(self)
        display(view_bundle(shown, self.view, self.selected), raw=True, display_id=shown + SUFFIX)
        display(self._bundle(shown, begun=self._is_large()), raw=True, display_id=shown)
        if self._begun and not self.packed_runs:
            self._hub.fill(self, within=0)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return self._bundle(self.uid, holds=True)

    def _bundle(self, display: str, *, holds: bool | None = None, begun: bool = False) -> dict[str, Any]:
        self._shown_rev, self._begun = self._hub.rev, begun
        if holds is None:
            copies.begin(self._displays[display], self._code.version)
            holds = copies.holds(display, self._displays[display])
        shown = self._html(display, SAVED_BYTES, holds=holds, begun=begun)
        return {"text/plain": self._text(), "text/html": shown}

    def carry(self, display: str | None = None) -> bool:
        """Put the code of the front end into this output, or into any: the page or the notebook misses it."""
        from IPython.display import update_display

        shown = display or next(iter(self._displays), None)
        if shown not in self._displays or not copies.take(shown, self._displays[shown]):
            return False
        update_display(self._bundle(shown), raw=True, display_id=shown)
        return True

    def refresh_outputs(self, *, only_empty: bool = False) -> None:
        """Put the newest snapshot into the outputs, so that a saved notebook holds it.

        With `only_empty`, only where they were shown before the store had been read, or with the first runs alone.
        """
        full = self._shown_rev == self._hub.rev or (only_empty and self._shown_rev > 0)
        if not self._displays or (full and not self._begun):
            return
        self._publish_outputs()

    def _publish_outputs(self) -> None:
        self._edited_at = None
        for shown in list(self._displays):
            publish_update(self._bundle(shown), shown)

    def save_changed_view(self, *, now: bool = False) -> None:
        """Write a changed view, and runs that were changed in the page, into the outputs; at most every two seconds."""
        self._view_writer.write_if_due(self.view, self.selected, list(self._displays), now=now)
        if self._edited_at is not None and (now or time.monotonic() - self._edited_at > WRITE_EVERY_S):
            self._publish_outputs()

    def _note_change(self, change: Any) -> None:
        self._view_writer.changed()

    def _html(self, display: str, most_bytes: int, *, holds: bool, begun: bool = False) -> str:
        frame = self._frame()
        if begun:
            saved = first_snapshot(first_rows(frame, self.view, FIRST_RUNS), len(frame))
        else:
            saved = saved_snapshot(frame, self._held(), [*self.selected, *self.view["pinned"]], most_bytes)
        shown = Shown(self.uid, display, self.frame_kind, dict(self.view), list(self.selected), self._status_of(frame))
        plain = plain_html(frame, self._title(frame), saved.notes)
        return output_html(shown, saved, front(), plain, group=copies.group(), holds=holds)

    def _status_of(self, frame: Frame) -> dict[str, Any]:
        """Of runs that were chosen, only their experiments: the names of others stay at home."""
        status = self._hub.status()
        if self._only is None or "experiment_id" not in frame.columns:
            return status
        column = frame.columns["experiment_id"]
        runs = Counter(column.at(row) for row in range(len(frame)))
        kept = [{**each, "runs": runs[each["id"]]} for each in status["experiments"] if each["id"] in runs]
        return {**status, "experiments": kept}

    def _text(self) -> str:
        frame = self._frame()
        return plain_text(frame, self._title(frame))

    def _title(self, frame: Frame) -> str:
        runs = "1 run" if len(frame) == 1 else f"{len(frame):,} runs"
        return f"{runs} in {label(self._hub.store.uri)}"

    def _frame(self) -> Frame:
        frame = self._hub.frame()
        if self._only is None:
            return frame
        rows = [row for row, run in enumerate(frame.run_ids) if run in self._only]
        return frame.take(np.array(rows, np.int64))

    def _held(self) -> list[Held]:
        return [held for held in self._hub.held() if self._only is None or held[0] in self._only]

    # the wire
    def hear(self, content: dict[str, Any], packed: bytes) -> None:
        """News from the hub."""
        self.send(content, [packed])

    def replace_snapshot(self) -> None:
        """Write everything into the traits."""
        with self._hub.lock:
            made: Snapshot = self._hub.snapshot() if self._only is None else snapshot(self._frame(), self._held())
            status = self._hub.status(made.notes)
            with self.hold_sync():
                if self._hub.known:
                    self.packed_runs, self.packed_series = made.runs, made.series
                self.status = status

    def _asked(self, model: anywidget.AnyWidget, content: Any, buffers: Any) -> None:
        if not isinstance(content, dict) or content.get("type") not in ("need", "edit"):
            return
        with guard("answer a dashboard"):
            request, ask = Request.of(content), content.get("id")
            if request.kind == "need" and request.what == "resync":
                self.replace_snapshot()
                _reply(model, ask, Answer())
                return
            if request.kind == "need" and request.what == "front":
                self.carry(request.path)
                _reply(model, ask, Answer())
                return
            if request.kind == "edit" and request.what in ("set_view", "reset_view"):
                self._take_view(request)
                _reply(model, ask, Answer())
                return
            try:
                if request.kind == "need" and request.what == "export":
                    _reply(model, ask, Answer(export(self, request.path)))
                    return
                if request.kind == "edit":
                    self._edited_at = self._edited_at or time.monotonic()
                for answer in answers(self._hub, request):
                    _reply(model, ask, answer)
            except Exception as error:  # whatever it is, whoever waits must hear it
                _reply(model, ask, Answer(), str(error) or type(error).__name__)

    def _take_view(self, request: Request) -> None:
        """What the page shows now. It comes by message, so that it arrives while a cell runs."""
        if request.what == "reset_view":
            self.reset_view()
        else:
            given = json.loads(request.value)
            self.set_state({name: given[name] for name in ("view", "selected") if name in given})

    # traits
    def set_state(self, sync_data: dict[str, Any]) -> None:
        """What the browser writes. A filter may be in the middle of being typed, so it is not judged."""
        self._from_browser.now = True
        try:
            super().set_state(sync_data)
        finally:
            self._from_browser.now = False

    @t.validate("view")  # type: ignore[untyped-decorator,unused-ignore]
    def _check_view(self, proposal: Any) -> dict[str, Any]:
        if getattr(self._from_browser, "now", False):
            return known_view(proposal["value"])
        return merged_view(self._trait_values.get("view") or {}, proposal["value"])


def _reply(model: anywidget.AnyWidget, ask: Any, answer: Answer, error: str = "") -> None:
    content = {"type": "answer", "id": ask, "error": error, "body": answer.body, "more": answer.more}
    model.send(content, [] if answer.packed is None else [answer.packed])
