/** The filter language in the browser: a text and a frame in, a mask or an order of rows out. */

import type { Frame } from "../data/frame";
import { evaluate, type Place } from "./evaluate";
import { arranged } from "./order";
import { parse, parseKey } from "./parse";
import { QueryError, type Key } from "./tree";

export { written } from "./columns";
export { direction, directionOf, tagged, type Direction } from "./direction";
export { unknown, type History } from "./evaluate";
export { parse, parseKey } from "./parse";
export { columns, complete, type ColumnInfo, type Suggestion } from "./complete";
export { placeAt, unitAt } from "./lex";
export { QueryError, type Key, type Node } from "./tree";

/** `now` is the moment that `now()` means; `history` is what `.at(step)` reads from. */
export type Around = Partial<Omit<Place, "frame">>;

/** 1 for each row that the filter keeps; all of them for an empty filter. */
export function mask(frame: Frame, text: string, around: Around = {}): Uint8Array {
  const node = parse(text, namesOf(frame));
  return node === null ? new Uint8Array(frame.length).fill(1) : evaluate(node, placeOf(frame, around));
}

/** All row numbers, sorted by clauses such as "metrics.loss ASC", then newest first, then by run id. */
export function order(frame: Frame, orderBy: readonly string[] = [], around: Around = {}): Uint32Array {
  const keys = orderBy.map((clause) => keyOf(clause, frame, orderBy.length));
  return arranged(keys, placeOf(frame, around));
}

/** The numbers of the rows that the filter keeps, in order. */
export function select(frame: Frame, text = "", orderBy: readonly string[] = [], around: Around = {}): Uint32Array {
  const kept = mask(frame, text, around);
  const rows = order(frame, orderBy, around);
  let count = 0;
  for (let i = 0; i < rows.length; i++) if (kept[rows[i]]) rows[count++] = rows[i];
  return rows.slice(0, count);
}

/** Places in an error count from the beginning of the clause, which is named when it is one of several. */
function keyOf(clause: string, frame: Frame, among: number): Key {
  try {
    return parseKey(clause, namesOf(frame));
  } catch (error) {
    if (!(error instanceof QueryError) || among === 1) throw error;
    throw new QueryError(`In ${clause}: ${error.message}`, error.start, error.end);
  }
}

function placeOf(frame: Frame, around: Around): Place {
  return { frame, now: around.now ?? Date.now(), history: around.history };
}

/** The columns; null where there is no run, and so nothing to say about a bare name. */
const namesOf = (frame: Frame) => (frame.length > 0 ? frame.columns.keys() : null);
