/** How are runs selected: one, a range, a group, all? */

import type { Signal } from "@preact/signals";
import { added, toggle } from "../../data/lists";
import { FOLDED, GROUP } from "../../data/tree";
import { setView, type State } from "../../state/state";
import type { Held } from "./moves";

/** A click or the space bar on a line. */
export function toggleLine(
  state: State,
  cursor: Signal<Held>,
  line: number,
  how: { range: boolean; toggle: boolean },
): void {
  const run = runAt(state, line);
  const key = keyAt(state, line);
  const { anchor } = cursor.peek();
  if (how.range && anchor !== null) state.selected.value = added(state.selected.peek(), between(state, anchor, line));
  else if (how.toggle && run === null) toggleGroup(state, line, "select");
  else if (how.toggle) state.selected.value = toggle(state.selected.peek(), run!);
  cursor.value = { ...cursor.peek(), line, run, anchor: how.range ? (anchor ?? key) : key, ranging: false };
}

/** The runs of the lines from the anchor to this one; of a closed group all, of an open one those that are lines here. */
export function between(state: State, anchor: string | null, line: number): string[] {
  const from = anchor === null ? line : lineOf(state, anchor);
  const [low, high] = from < 0 ? [line, line] : [Math.min(from, line), Math.max(from, line)];
  const { marks } = state.table.lines.peek();
  const isOpen = (at: number) => (marks[at] & (GROUP | FOLDED)) === GROUP;
  return Array.from({ length: high - low + 1 }, (_, i) => (isOpen(low + i) ? [] : runsAt(state, low + i))).flat();
}

/** What names a line in every order: its run, or the key of its group. */
export function keyAt({ table }: State, line: number): string | null {
  return table.idAt(line) ?? table.groups.peek()[table.lines.peek().rows[line]]?.key ?? null;
}

function lineOf({ table }: State, key: string): number {
  const row = table.frame.peek().rowOf.get(key);
  if (row !== undefined) return table.lineOf.peek()[row];
  const { rows, marks } = table.lines.peek();
  const index = table.groups.peek().findIndex((group) => group.key === key);
  return rows.findIndex((each, line) => each === index && !table.isRun(marks[line]));
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
