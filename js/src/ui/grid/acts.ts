/** What do the keys and the mouse do in the runs table? */

import type { Signal } from "@preact/signals";
import { groupOf } from "../../data/columns";
import { text } from "../../data/frame";
import { added, toggle } from "../../data/lists";
import { FOLDED, GROUP, PARENT, parents } from "../../data/tree";
import { setView, whyNoEdits, type State } from "../../state/state";
import { concerned, hide, open, pin } from "../run_acts";
import { keep, resize, shift, sortBy } from "../columns/change";
import type { Best } from "./best";
import type { Layout } from "./layout";
import type { Asked } from "./row_menu";
import { moved, type Bounds, type Cursor, type Held } from "./moves";

export interface Place {
  state: State;
  cursor: Signal<Held>;
  at: Cursor;
  bounds: Bounds;
  places: Layout;
  /** The column whose sheet is open. */
  sheet: Signal<string | null>;
  best: Best;
  /** The run whose menu is open. */
  menu: Signal<Asked | null>;
  /** The element of the cursor. */
  cell: () => HTMLElement | null;
}

/** false: not ours. "moved": the cursor went elsewhere. */
export function press(place: Place, event: KeyboardEvent): "moved" | "done" | false {
  const { state, at } = place;
  const chord = event.ctrlKey || event.metaKey;
  if (event.key === "b" && !chord && !event.altKey && !event.shiftKey) return toBest(place) ? "moved" : "done";
  if (chord && event.key === "a" && !event.shiftKey && !event.altKey) return selectAll(state, true), "done";
  if (chord && event.key === "z" && !event.shiftKey && state.edits.notice.peek()?.undo?.length) return void state.edits.undo(), "done";
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
  return pressRow(place, event) || pressEdit(place, event) ? "done" : false;
}

/** The cursor to the run with the best value of its column, out of folds and groups. */
export function toBest({ state, cursor, at, places, best }: Place): boolean {
  const name = places.places[at.column - 1]?.name ?? "";
  const row = ofTheSame(state, at.line, [...(best.get(name) ?? [])]);
  if (row === undefined) {
    const words = groupOf(name) === "metrics" ? "No run is the best: all are alike." : "Stand on a metric to go to its best run.";
    state.said.value = words;
    state.edits.notice.value = { words };
    return false;
  }
  reveal(state, row);
  cursor.value = { ...cursor.peek(), line: state.table.lineOf.peek()[row], run: state.frame.peek().ids[row], column: at.column };
  return true;
}

/** Of the best rows of several experiments that of the line's own; else the first. */
function ofTheSame(state: State, line: number, rows: readonly number[]): number | undefined {
  const here = state.table.idAt(line);
  const frame = state.frame.peek();
  const of = (row: number) => text(frame, "experiment_id", row);
  return rows.find((row) => here !== null && of(row) === of(frame.rowOf.get(here)!)) ?? rows[0];
}

/** Unfold what hides the row. */
function reveal(state: State, row: number): void {
  const { collapsed, opened } = state.view.peek();
  const above = parents(state.frame.peek());
  const { ids } = state.frame.peek();
  const over = new Set<string>();
  for (let up = above[row]; up >= 0; up = above[up]) over.add(ids[up]);
  const group = state.table.groups.peek().find(({ rows }) => rows.includes(row));
  setView(state, { collapsed: collapsed.filter((id) => !over.has(id)), ...(group && { opened: added(opened, [group.key]) }) });
}

/** In a tree, ← and → on the name fold and unfold before they move. */
function step({ state, at, bounds }: Place, key: string): Cursor | null {
  if (at.line >= 0 && at.column === 1 && (key === "ArrowRight" || key === "ArrowLeft")) {
    const mark = state.table.lines.peek().marks[at.line];
    const opens = key === "ArrowRight";
    if (mark & PARENT && !!(mark & FOLDED) === opens) {
      if (mark & GROUP) toggleGroup(state, at.line, "fold");
      else fold(state, runAt(state, at.line)!, !opens);
      return at;
    }
  }
  return moved(at, key, bounds);
}

function fold(state: State, run: string, folded: boolean): void {
  const others = state.view.peek().collapsed.filter((id) => id !== run);
  setView(state, { collapsed: folded ? [...others, run] : others });
}

function pressHeader({ state, at, places, sheet }: Place, event: KeyboardEvent): boolean {
  const place = places.places[at.column - 1];
  const sorts = event.key === "Enter" || event.key === " ";
  if (!place) {
    if (sorts) selectAll(state, state.table.selected.peek().size === 0);
    return sorts;
  }
  if ((event.altKey && event.key === "ArrowDown") || event.key === "ContextMenu") {
    sheet.value = place.name;
    return true;
  }
  if (event.key === "p" && !event.shiftKey) return keep(state, place.name), true;
  const by = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : null;
  if (event.altKey && by !== null) {
    if (event.shiftKey) resize(state, place.name, place.width + by * 12);
    else shift(state, place.name, by);
    return true;
  }
  if (sorts && !event.altKey) sortBy(state, place.name, event.shiftKey);
  return sorts && !event.altKey;
}

/** Keys that change runs: the selection where the line is in it, else its run. */
function pressEdit({ state, at }: Place, event: KeyboardEvent): boolean {
  const keys: Record<string, "name" | "tags" | "note" | "delete"> = { F2: "name", t: "tags", n: "note", Delete: "delete" };
  const what = event.shiftKey ? undefined : keys[event.key];
  const run = runAt(state, at.line);
  if (what === undefined || run === null) return false;
  const why = whyNoEdits(state);
  const runs = concerned(state, run);
  if (why !== null) state.edits.notice.value = { words: why, bad: true };
  else if (what === "delete") void state.edits.make({ what, runs });
  else state.editing.value = { runs, what };
  return true;
}

function openMenu({ menu, cell }: Place, run: string): void {
  const { left, bottom } = cell()!.getBoundingClientRect();
  menu.value = { run, left: left + 8, top: bottom };
}

function pressRow(place: Place, event: KeyboardEvent): boolean {
  const { state, cursor, at } = place;
  const run = runAt(state, at.line);
  if (run === null) return pressGroup(state, at.line, event.key);
  if (event.key === " ") toggleRun(state, cursor, at.line, { range: event.shiftKey, toggle: true });
  else if (event.key === "Enter") open(state, run);
  else if (event.shiftKey) return false;
  else if (event.key === "p") pin(state, concerned(state, run));
  else if (event.key === "h") hide(state, concerned(state, run));
  else if (event.key === "ContextMenu" || event.key === "m") openMenu(place, run);
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
  const { ids } = state.table.frame.peek();
  const members = Array.from(group.rows, (row) => ids[row]);
  const selected = state.table.selected.peek();
  const all = members.every((id) => selected.has(id));
  const gone = new Set(members);
  state.selected.value = all ? state.selected.peek().filter((id) => !gone.has(id)) : added(state.selected.peek(), members);
}

function pressGroup(state: State, line: number, key: string): boolean {
  if (key === " ") toggleGroup(state, line, "select");
  else if (key === "Enter") toggleGroup(state, line, "fold");
  else return false;
  return true;
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
