/** What can be done to a column: sort by it, move it, resize it, keep it in sight, show and hide it? */

import { groupOf, inserted, NAME } from "../../data/columns";
import { directionOf, sortedBy } from "../../data/directions";
import { placed, toggle } from "../../data/lists";
import { toggled } from "../../data/order";
import { setView, type State } from "../../state/state";

/** Of a metric the best come first; the largest where there is no best. */
export function sortBy(state: State, name: string, add: boolean): void {
  const frame = state.table.frame.peek();
  const { order, directions } = state.view.peek();
  const falling = groupOf(name) === "metrics" && directionOf(frame, directions, name) !== "min";
  setView(state, { order: toggled(order, name, add, { spelled: sortedBy(frame, name), falling }) });
}

/** null puts it last. */
export function moveBefore(state: State, name: string, before: string | null): void {
  const columns = placed(state.table.chosen.peek(), name, before);
  const kept = state.view.peek().pinned_columns;
  setView(state, { columns, pinned_columns: columns.filter((other) => kept.includes(other)) });
}

/** One step to the left or right. */
export function shift(state: State, name: string, by: -1 | 1): void {
  const columns = state.table.columns.peek();
  const at = columns.indexOf(name);
  if (at < 1 || at + by < 1 || at + by >= columns.length) return;
  moveBefore(state, name, by < 0 ? columns[at - 1] : (columns[at + 2] ?? null));
}

export function resize(state: State, name: string, width: number | null): void {
  const { [name]: _, ...widths } = state.view.peek().widths;
  setView(state, { widths: width === null ? widths : { ...widths, [name]: Math.round(Math.max(36, Math.min(800, width))) } });
}

/** Beside the names while the others move sideways, or with them again. The name is always there. */
export function keep(state: State, name: string): void {
  if (name !== NAME) setView(state, { pinned_columns: toggle(state.view.peek().pinned_columns, name) });
}

export function show(state: State, names: readonly string[]): void {
  setView(state, { columns: inserted(state.table.chosen.peek(), names) });
}

export function hide(state: State, names: readonly string[]): void {
  const rest = (list: readonly string[]) => list.filter((name) => !names.includes(name));
  setView(state, { columns: rest(state.table.chosen.peek()), pinned_columns: rest(state.view.peek().pinned_columns) });
}
