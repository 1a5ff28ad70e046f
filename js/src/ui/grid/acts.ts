/** What do the keys do in the runs table? */

import { added } from "../../data/lists";
import { FOLDED, GROUP, PARENT } from "../../data/tree";
import { setView, whyNoEdits, type State } from "../../state/state";
import { keep, resize, shift, sortBy } from "../columns/change";
import { concerned, hide, open, pin } from "../run_acts";
import { moved, type Cursor } from "./moves";
import type { Place } from "./place";
import { between, keyAt, runAt, runsAt, selectAll, toggleGroup, toggleLine } from "./selecting";
import { toBest } from "./to_best";

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
  const runs = concerned(state, runsAt(state, at.line));
  if (what === undefined || runs.length === 0) return false;
  const why = whyNoEdits(state);
  if (why !== null) state.edits.notice.value = { words: why, bad: true };
  else if (what === "delete") void state.edits.make({ what, runs: [...runs] });
  else state.editing.value = { runs, what };
  return true;
}

function openMenu({ menu, cell }: Place, runs: readonly string[]): void {
  const { left, bottom } = cell()!.getBoundingClientRect();
  menu.value = { runs, left: left + 8, top: bottom };
}

function pressRow(place: Place, event: KeyboardEvent): boolean {
  const { state, cursor, at } = place;
  const run = runAt(state, at.line);
  const runs = concerned(state, runsAt(state, at.line));
  if (runs.length === 0) return false;
  if (event.key === " ") {
    toggleLine(state, cursor, at.line, { range: event.shiftKey, toggle: true });
  } else if (event.key === "Enter") {
    if (run === null) toggleGroup(state, at.line, "fold");
    else open(state, run);
  } else if (event.shiftKey) return false;
  else if (event.key === "p") pin(state, runs);
  else if (event.key === "h") hide(state, runs);
  else if (event.key === "ContextMenu" || event.key === "m") openMenu(place, runs);
  else return false;
  return true;
}

/** Shift and an arrow take in the lines from where the range began. */
function go({ state, cursor, at, places }: Place, to: Cursor, ranging: boolean): void {
  const held = cursor.peek();
  const anchor = ranging && !held.ranging ? keyAt(state, at.line) : held.anchor;
  const name = places.places[to.column - 1]?.name ?? null;
  cursor.value = { ...to, run: runAt(state, to.line), name, anchor, ranging };
  if (ranging && to.line !== at.line) state.selected.value = added(state.selected.peek(), between(state, anchor, to.line));
}

