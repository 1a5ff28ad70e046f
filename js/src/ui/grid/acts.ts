/** What do the keys and the mouse do in the runs table? */

import { signal, type Signal } from "@preact/signals";
import { FOLDED, PARENT } from "../../data/tree";
import { setView, type State } from "../../state/state";
import { resize, shift, sortBy } from "./header";
import { HEADER, ROW, type Layout } from "./layout";
import { added, moved, toggle, type Bounds, type Cursor } from "./moves";

/** The cursor goes with its run when the order changes. */
export interface Held extends Cursor {
  run: string | null;
  /** Where a range begins. */
  anchor: string | null;
  /** Whether the last key grew a range. */
  ranging: boolean;
}

export const createCursor = (): Signal<Held> =>
  signal({ line: 0, column: 1, run: null, anchor: null, ranging: false });

export interface Place {
  state: State;
  cursor: Signal<Held>;
  at: Cursor;
  bounds: Bounds;
  places: Layout;
}

/** false: not ours. "moved": the cursor went elsewhere. */
export function press(place: Place, event: KeyboardEvent): "moved" | "done" | false {
  const { state, at } = place;
  const chord = event.ctrlKey || event.metaKey;
  if (chord && event.key === "a" && !event.shiftKey && !event.altKey) return selectAll(state, true), "done";
  if (event.altKey) return !chord && at.line < 0 && pressHeader(place, event) ? "done" : false;
  const key = chord ? `ctrl+${event.key}` : event.key;
  const next = step(place, key);
  if (next) {
    const ranging = event.shiftKey && at.line >= 0 && next.line >= 0;
    go(place, next, ranging);
    return "moved";
  }
  if (chord) return false;
  if (at.line < 0) return pressHeader(place, event) ? "done" : false;
  return pressRow(place, event) ? "done" : false;
}

/** In a tree, ← and → on the name fold and unfold before they move. */
function step({ state, at, bounds }: Place, key: string): Cursor | null {
  if (at.line >= 0 && at.column === 1 && (key === "ArrowRight" || key === "ArrowLeft")) {
    const mark = state.table.lines.peek().marks[at.line];
    const opens = key === "ArrowRight";
    if (mark & PARENT && !!(mark & FOLDED) === opens) {
      fold(state, runAt(state, at.line)!, !opens);
      return at;
    }
  }
  return moved(at, key, bounds);
}

function fold(state: State, run: string, folded: boolean): void {
  const others = state.view.peek().collapsed.filter((id) => id !== run);
  setView(state, { collapsed: folded ? [...others, run] : others });
}

function pressHeader({ state, at, places }: Place, event: KeyboardEvent): boolean {
  const place = places.places[at.column - 1];
  const sorts = event.key === "Enter" || event.key === " ";
  if (!place) {
    if (sorts) selectAll(state, state.table.selected.peek().size === 0);
    return sorts;
  }
  const by = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : null;
  if (event.altKey && by !== null) {
    if (event.shiftKey) resize(state, place.name, place.width + by * 12);
    else shift(state, place.name, by);
    return true;
  }
  if (sorts && !event.altKey) sortBy(state, place.name, event.shiftKey);
  return sorts && !event.altKey;
}

function pressRow({ state, cursor, at }: Place, event: KeyboardEvent): boolean {
  const run = runAt(state, at.line);
  if (run === null) return false;
  const view = state.view.peek();
  const flipped = (list: readonly string[]) => toggle(list, run);
  if (event.key === " ") toggleRun(state, cursor, at.line, { range: event.shiftKey, toggle: true });
  else if (event.key === "Enter") setView(state, { focus: run, tab: "run" });
  else if (event.shiftKey) return false;
  else if (event.key === "p") setView(state, { pinned: flipped(view.pinned) });
  else if (event.key === "h") setView(state, { hidden: flipped(view.hidden) });
  else return false;
  return true;
}

/** Shift and an arrow take in the lines from where the range began. */
function go({ state, cursor, at }: Place, to: Cursor, ranging: boolean): void {
  const held = cursor.peek();
  const anchor = ranging && !held.ranging ? runAt(state, at.line) : held.anchor;
  cursor.value = { ...to, run: runAt(state, to.line), anchor, ranging };
  if (ranging && to.line !== at.line) state.selected.value = added(state.selected.peek(), between(state, anchor, to.line));
}

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

function between(state: State, anchor: string | null, line: number): string[] {
  const { table } = state;
  const { ids, rowOf } = table.frame.peek();
  const row = anchor === null ? undefined : rowOf.get(anchor);
  const from = row === undefined ? line : table.lineOf.peek()[row];
  if (from < 0) return [runAt(state, line)!];
  const rows = table.lines.peek().rows.subarray(Math.min(from, line), Math.max(from, line) + 1);
  return Array.from(rows, (row) => ids[row]);
}

export function selectAll(state: State, on: boolean): void {
  const { ids } = state.table.frame.peek();
  const shown = Array.from(state.table.lines.peek().rows, (row) => ids[row]);
  state.selected.value = on ? added(state.selected.peek(), shown) : [];
}

export function runAt(state: State, line: number): string | null {
  const row = state.table.lines.peek().rows[line];
  return row === undefined ? null : state.table.frame.peek().ids[row];
}

/** Scroll so that the cell is in sight. Returns where it now stands, null where nothing had to move. */
export function reach(box: HTMLElement, at: Cursor, { places, sticky }: Layout): { top: number; left: number } | null {
  const before = { top: box.scrollTop, left: box.scrollLeft };
  const y = at.line * ROW;
  const height = box.clientHeight - HEADER;
  if (at.line >= 0 && y < box.scrollTop) box.scrollTop = y;
  else if (at.line >= 0 && y + ROW > box.scrollTop + height) box.scrollTop = y + ROW - height;
  const place = at.column > 1 ? places[at.column - 1] : undefined;
  if (place && place.left < box.scrollLeft + sticky) box.scrollLeft = place.left - sticky;
  else if (place && place.left + place.width > box.scrollLeft + box.clientWidth) {
    box.scrollLeft = place.left + place.width - box.clientWidth;
  }
  const moved = before.top !== box.scrollTop || before.left !== box.scrollLeft;
  return moved ? { top: box.scrollTop, left: box.scrollLeft } : null;
}
