/** Which runs do charts and comparisons speak of, in which inks, and under which names? */

import { text, type Frame } from "../data/frame";
import type { State } from "../state/state";
import { nameOf } from "../state/table";
import { inks, type Ink } from "./color";
import { inksOf } from "./inks";

/** More lines than this in one picture tell nothing. */
const MOST = 100;

export interface Drawn {
  /** In the order of the selection, or of the table without one; hidden ones included. */
  ids: readonly string[];
  inks: ReadonlyMap<string, Ink>;
  /** Nothing is selected: these are the first of the table. */
  unasked: boolean;
  /** How many selected ones are left out. */
  left: number;
  /** Those of `ids` that the person does not want drawn. */
  hidden: ReadonlySet<string>;
}

/** `only` is one run to speak of whatever is selected. Reads signals: within a component or an effect it follows them. */
export function drawnRuns(state: State, only: string | null = null): Drawn {
  const frame = state.frame.value;
  const selected = state.selected.value.filter((id) => frame.rowOf.has(id));
  const unasked = selected.length === 0;
  const all = only !== null ? [only] : unasked ? firstShown(state) : selected;
  const ids = all.slice(0, MOST);
  const known = inksOf(state).value;
  return {
    ids,
    inks: new Map(ids.map((id) => [id, known.get(id) ?? inks([id]).get(id)!])),
    unasked: unasked && only === null,
    left: all.length - ids.length,
    hidden: only !== null ? new Set() : new Set(state.view.value.hidden),
  };
}

/** What the table says is drawn, and the hidden runs among them, so that they can be shown again. */
function firstShown(state: State): string[] {
  const { drawn, lines } = state.table;
  const { ids } = state.frame.value;
  const last = drawn.value[drawn.value.length - 1];
  const found: string[] = [];
  const hidden = new Set(state.view.value.hidden);
  const visible = new Set(drawn.value);
  for (const row of lines.value.rows) {
    const id = ids[row];
    if (visible.has(id) || hidden.has(id)) found.push(id);
    if (id === last || (last === undefined && found.length >= MOST)) break;
  }
  return found;
}

export function runName(frame: Frame, id: string): string {
  const row = frame.rowOf.get(id);
  return row === undefined ? id.slice(0, 8) : nameOf(frame, row);
}

/** Is this run being written while we look? In a saved view nothing is. */
export function isLive(state: State, id: string): boolean {
  if (state.life.value !== "live") return false;
  if (state.status.value.running.includes(id)) return true;
  const frame = state.frame.value;
  const row = frame.rowOf.get(id);
  return row !== undefined && text(frame, "status", row) === "RUNNING";
}
