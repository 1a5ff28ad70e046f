/** Which runs do charts and comparisons speak of, in which inks, and under which names? */

import type { Frame } from "../data/frame";
import type { State } from "../state/state";
import { nameOf } from "../state/table";
import { chosenColors, inks, type Ink } from "./color";
import { statusOf } from "./status";

/** Without a selection the first ones of the table are drawn: runs, or groups where it has groups. */
const UNASKED = 10;
/** More lines than this in one picture tell nothing. */
const MOST = 100;

export interface Drawn {
  /** In the order of the selection, or of the table without one; hidden ones included. */
  ids: readonly string[];
  inks: ReadonlyMap<string, Ink>;
  /** What each is called here: with the beginning of its id where two have one name. */
  names: ReadonlyMap<string, string>;
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
  const all = unasked ? firstOnes(state) : selected;
  const ids = all.slice(0, MOST);
  const colors = runInks(state, ids);
  if (only !== null) {
    const color = colors.get(only) ?? runInks(state, [only]).get(only)!;
    return { ids: [only], inks: new Map([[only, color]]), names: namesOf(frame, [only]), unasked: false, left: 0, hidden: new Set() };
  }
  return { ids, inks: colors, names: namesOf(frame, ids), unasked, left: all.length - ids.length, hidden: new Set(state.view.value.hidden) };
}

/** The line styles of runs that are shown together. Reads signals. */
export function runInks(state: State, ids: readonly string[]): ReadonlyMap<string, Ink> {
  return inks(ids, chosenColors(state.frame.value, ids, state.status.value.colors));
}

/** The same cell run again makes runs of one name. The figures of nbtrack.figures call them likewise. */
export function namesOf(frame: Frame, ids: readonly string[]): Map<string, string> {
  const times = new Map<string, number>();
  for (const id of ids) times.set(runName(frame, id), (times.get(runName(frame, id)) ?? 0) + 1);
  return new Map(ids.map((id) => [id, times.get(runName(frame, id)) === 1 ? runName(frame, id) : `${runName(frame, id)} ${id.slice(0, 6)}`]));
}

/** Of groups as many as are drawn without one being cut; the first one in any case. */
function firstOnes(state: State): string[] {
  const groups = state.view.value.chart.band === "none" ? [] : state.table.groups.value;
  if (groups.length === 0) return state.shown.value.slice(0, UNASKED);
  const { ids } = state.frame.value;
  const found: string[] = [];
  for (const { rows } of groups.slice(0, UNASKED)) {
    if (found.length > 0 && found.length + rows.length > MOST) break;
    for (const row of rows.subarray(0, MOST)) found.push(ids[row]);
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
  return statusOf(state, id) === "RUNNING";
}
