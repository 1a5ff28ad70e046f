/** What does the grid have to know to draw itself? Computed once for as long as what it depends on stays. */

import { useComputed, type ReadonlySignal, type Signal } from "@preact/signals";
import { groupOf } from "../../data/columns";
import { directionOf } from "../../data/directions";
import type { RunGroup } from "../../data/groups";
import { heatOf, type Heat } from "../../data/heat";
import { GROUP, PARENT } from "../../data/tree";
import { baselineOf } from "../../state/baseline";
import type { State } from "../../state/state";
import { drawnRuns, type Drawn } from "../drawn";
import { bestGroups, bestRows, type Best } from "./best";
import { HEADER, layout, ROW, type Layout } from "./layout";
import { clamped, type Bounds, type Cursor, type Held } from "./moves";
import { stuck, type Scroll } from "./sight";

export interface Facts {
  layout: ReadonlySignal<Layout>;
  drawn: ReadonlySignal<Drawn>;
  /** Are all lines selected? */
  all: ReadonlySignal<boolean | "mixed">;
  best: ReadonlySignal<Best>;
  bestGroups: ReadonlySignal<ReadonlyMap<string, readonly RunGroup[]>>;
  heat: ReadonlySignal<Heat>;
  /** Lines that stay on top. */
  pins: ReadonlySignal<number>;
  bounds: ReadonlySignal<Bounds>;
  /** Where the cursor is now. */
  spot: ReadonlySignal<Cursor>;
}

export function useFacts(state: State, scroll: Signal<Scroll>, cursor: Signal<Held>): Facts {
  const { table } = state;
  const sparks = useComputed(() => sparkColumns(state));
  const tree = useComputed(() => table.lines.value.marks.some((mark) => mark & PARENT));
  const spread = useComputed(() => (table.groups.value.length > 0 ? state.view.value.spread : null));
  const widths = useComputed(() => state.view.value.widths);
  const pinned = useComputed(() => state.view.value.pinned_columns);
  const room = useComputed(() => scroll.value.width);
  const directions = useComputed(() => state.view.value.directions);
  const hot = useComputed(() => state.view.value.heat);
  const deltas = useComputed(() => baselineOf(state) !== null);
  const height = useComputed(() => scroll.value.height);
  const pins = useComputed(() => stuck(table.lines.value, height.value));
  const bounds = useComputed(() => ({
    lines: table.lines.value.rows.length,
    columns: table.columns.value.length + 1,
    page: Math.max(1, Math.floor((height.value - HEADER) / ROW) - 1 - pins.value),
  }));
  return {
    pins,
    bounds,
    layout: useComputed(() => {
      return layout(table.frame.value, table.columns.value, {
        widths: widths.value,
        sparks: sparks.value,
        pinned: pinned.value,
        room: room.value,
        narrow: table.narrow.value,
        tree: tree.value,
        spread: spread.value,
        deltas: deltas.value,
      });
    }),
    drawn: useComputed(() => drawnRuns(state)),
    all: useComputed(() => allSelected(state)),
    best: useComputed(() => bestRows(table.frame.value, table.matching.value, table.columns.value, directions.value)),
    bestGroups: useComputed(() => bestGroups(table.frame.value, table.groups.value, table.columns.value, directions.value)),
    heat: useComputed(() => heats(state, hot.value, directions.value)),
    spot: useComputed(() => {
      const { line, column, run, name } = cursor.value;
      const row = run === null ? undefined : table.frame.value.rowOf.get(run);
      const now = row === undefined ? -1 : table.lineOf.value[row];
      const place = name === null ? -1 : table.columns.value.indexOf(name);
      return clamped({ line: line >= 0 && now >= 0 ? now : line, column: place < 0 ? column : place + 1 }, bounds.value);
    }),
  };
}

/** Metric columns of which the browser has some history. */
function sparkColumns(state: State): ReadonlySet<string> {
  state.seriesRev.value;
  const found = new Set<string>();
  for (const run of state.book.runs()) {
    for (const key of state.book.keys(run)) if ((state.book.get(run, key)?.length ?? 0) > 1) found.add(`metrics.${key}`);
  }
  return found;
}

function allSelected(state: State): boolean | "mixed" {
  const { rows, marks } = state.table.lines.value;
  const selected = state.table.selected.value;
  if (selected.size === 0 || rows.length === 0) return false;
  const { ids } = state.table.frame.value;
  if (state.table.groups.value.length > 0) return state.shown.value.every((id) => selected.has(id)) ? true : "mixed";
  return rows.every((row, line) => marks[line] & GROUP || selected.has(ids[row])) ? true : "mixed";
}

function heats(state: State, names: readonly string[], directions: Readonly<Record<string, string>>): Heat {
  const { frame, matching } = state.table;
  const found = new Map<string, (row: number) => number | null>();
  for (const name of names) {
    const column = frame.value.columns.get(name);
    const less = groupOf(name) === "metrics" && directionOf(frame.value, directions, name) === "min";
    if (column && column.kind !== "text") found.set(name, heatOf(column, matching.value, less));
  }
  return found;
}
