/** How are runs selected: one, a range, a group, all? */

import type { Signal } from "@preact/signals";
import { added, toggle } from "../../data/lists";
import { setView, type State } from "../../state/state";
import type { Held } from "./moves";

/** A click or the space bar on a line. */
export function toggleRun(
  state: State,
  cursor: Signal<Held>,
  line: number,
  how: { range: boolean; toggle: boolean },
): void {
  const run = runAt(state, line);
  if (run === null) return;
  const { anchor } = cursor.peek();
  if (how.range && anchor !== null) state.selected.value = added(state.selected.peek(), between(state, anchor, line));
  else if (how.toggle) state.selected.value = toggle(state.selected.peek(), run);
  cursor.value = { ...cursor.peek(), line, run, anchor: how.range ? (anchor ?? run) : run, ranging: false };
}

export function between(state: State, anchor: string | null, line: number): string[] {
  const { table } = state;
  const { rowOf } = table.frame.peek();
  const row = anchor === null ? undefined : rowOf.get(anchor);
  const from = row === undefined ? line : table.lineOf.peek()[row];
  const [low, high] = from < 0 ? [line, line] : [Math.min(from, line), Math.max(from, line)];
  const between = Array.from({ length: high - low + 1 }, (_, i) => runAt(state, low + i));
  return between.filter((run) => run !== null);
}

/** The line of a group: shows its runs and hides them, or selects them all. */
export function toggleGroup(state: State, line: number, what: "fold" | "select"): void {
  const { rows } = state.table.lines.peek();
  const group = state.table.groups.peek()[rows[line]];
  if (!group) return;
  if (what === "fold") return setView(state, { opened: toggle(state.view.peek().opened, group.key) });
  const members = runsAt(state, line);
  const selected = state.table.selected.peek();
  const all = members.every((id) => selected.has(id));
  const gone = new Set(members);
  state.selected.value = all ? state.selected.peek().filter((id) => !gone.has(id)) : added(state.selected.peek(), members);
}

export function selectAll(state: State, on: boolean): void {
  if (!on) {
    state.selected.value = [];
    return;
  }
  const { rows, marks } = state.table.lines.peek();
  const { ids } = state.table.frame.peek();
  const grouped = state.table.groups.peek().length > 0;
  const shown = grouped ? state.shown.peek() : Array.from(rows.filter((_, line) => state.table.isRun(marks[line])), (row) => ids[row]);
  state.selected.value = added(state.selected.peek(), shown);
}

export function runAt(state: State, line: number): string | null {
  return state.table.idAt(line);
}

/** The run of the line, or those of its group. */
export function runsAt({ table }: State, line: number): string[] {
  const run = table.idAt(line);
  if (run !== null) return [run];
  const { ids } = table.frame.peek();
  return Array.from(table.groups.peek()[table.lines.peek().rows[line]]?.rows ?? [], (row) => ids[row]);
}
