/** Which lines does the table show, when runs are nested in runs? Children stay under their parent, whatever the order. */

import type { Frame } from "./frame";

/** One entry per line of the table. */
export interface Lines {
  rows: Uint32Array;
  depth: Uint8Array;
  marks: Uint8Array;
  /** Lines that match, folded ones included; the others are parents shown for context. */
  matches: number;
}

/** Bits of `marks`. */
export const CONTEXT = 1; // does not match itself: shown because a run under it does, or because it is kept on top
export const PARENT = 2; // has runs under it
export const FOLDED = 4; // and they are folded away
export const PINNED = 8; // kept on top
export const GROUP = 16; // stands for a group of runs; its row is the group's index

const PARENT_TAG = "tags.mlflow.parentRunId";

/** The row of each row's parent, -1 where there is none in the frame. A ring of parents is cut open at its least run id. */
export function parents(frame: Frame): Int32Array {
  const found = new Int32Array(frame.length).fill(-1);
  const column = frame.columns.get(PARENT_TAG);
  if (column?.kind !== "text") return found;
  const rowOfWord = column.words.map((id) => frame.rowOf.get(id) ?? -1);
  for (let row = 0; row < found.length; row++) {
    const code = column.codes[row];
    if (code >= 0) found[row] = rowOfWord[code];
  }
  return openRings(found, frame.ids);
}

function openRings(parent: Int32Array, ids: readonly string[]): Int32Array {
  const walk = new Uint32Array(parent.length); // the walk that met the row first; 0 is none
  for (let start = 0; start < parent.length; start++) {
    let row = start;
    while (row >= 0 && walk[row] === 0) {
      walk[row] = start + 1;
      row = parent[row];
    }
    if (row < 0 || walk[row] !== start + 1) continue;
    let least = row;
    for (let at = parent[row]; at !== row; at = parent[at]) if (ids[at] < ids[least]) least = at;
    parent[least] = -1;
  }
  return parent;
}

export interface Shape {
  /** All rows in their order. */
  order: Uint32Array;
  /** 1 where a row matches. */
  match: Uint8Array;
  /** 1 where a row may be shown at all, be it for context. */
  scope: Uint8Array;
  parent: Int32Array;
  folded: ReadonlySet<number>;
  pinned: ReadonlySet<number>;
}

/** The lines without nesting. */
export function flat({ order, match, scope, pinned }: Shape): Lines {
  const lines = emptyLines(order.length);
  if (pinned.size > 0) for (const row of order) if (pinned.has(row) && scope[row]) put(lines, row, 0, PINNED | (match[row] ? 0 : CONTEXT));
  let matches = 0;
  for (let i = 0; i < order.length; i++) {
    const row = order[i];
    if (!match[row]) continue;
    matches++;
    if (pinned.size === 0 || !pinned.has(row)) put(lines, row, 0, 0);
  }
  return finished(lines, matches);
}

/** The lines as a tree. Pinned runs come first, each with the runs under it. */
export function nested(shape: Shape): Lines {
  const { match, scope, pinned, order, parent } = shape;
  const size = match.length;
  const shown = match.slice();
  let matches = 0;
  for (let row = 0; row < size; row++) {
    if (!match[row]) continue;
    matches++;
    for (let up = parent[row]; up >= 0 && scope[up] && !shown[up]; up = parent[up]) shown[up] = 1;
  }
  for (const row of pinned) if (scope[row]) shown[row] = 1;
  const above = new Int32Array(size);
  for (let row = 0; row < size; row++) above[row] = parent[row] < 0 || !shown[parent[row]] ? -1 : parent[row];
  for (const row of pinned) if (row >= 0) above[row] = -1;
  // What is shown for context stands where the matches under it do.
  const rows = new Uint32Array(order.length);
  let n = 0;
  for (let i = 0; i < order.length; i++) {
    const row = order[i];
    if (match[row] || (pinned.size > 0 && pinned.has(row) && scope[row])) rows[n++] = row;
  }
  const forest = growing(rows.subarray(0, n), above);
  const lines = emptyLines(size);
  if (pinned.size > 0) for (const row of forest.roots) if (pinned.has(row)) walk(lines, shape, forest, row, { mark: PINNED, depth: 0 });
  const at = { mark: 0, depth: 0 };
  for (let i = 0; i < forest.roots.length; i++) {
    const row = forest.roots[i];
    if (pinned.size === 0 || !pinned.has(row)) walk(lines, shape, forest, row, at);
  }
  return finished(lines, matches);
}

/** Lines that grow at their end. */
export interface Growing extends Omit<Lines, "matches"> {
  length: number;
}

export function emptyLines(most: number): Growing {
  return { rows: new Uint32Array(most), depth: new Uint8Array(most), marks: new Uint8Array(most), length: 0 };
}

export function put(lines: Growing, row: number, depth: number, mark: number): void {
  lines.rows[lines.length] = row;
  lines.depth[lines.length] = Math.min(depth, 255);
  lines.marks[lines.length++] = mark;
}

export function finished({ rows, depth, marks, length }: Growing, matches: number): Lines {
  return { rows: rows.subarray(0, length), depth: depth.subarray(0, length), marks: marks.subarray(0, length), matches };
}

/** The children of each row as linked lists, last one first (for a stack); the rows at the top, in order. */
export interface Forest {
  first: Int32Array;
  next: Int32Array;
  roots: Uint32Array;
}

/**
 * `above` is the row that each row stands under, -1 for none. A row stands where the first of it and those under it would:
 * whoever sorts by a metric has the best run at the top, be it under another one.
 */
export function growing(rows: Uint32Array, above: Int32Array): Forest {
  const first = new Int32Array(above.length).fill(-1);
  const next = new Int32Array(above.length).fill(-1);
  const roots = new Uint32Array(above.length);
  const placed = new Uint8Array(above.length);
  const family: number[] = [];
  let n = 0;
  for (let i = 0; i < rows.length; i++) {
    for (let at = rows[i]; at >= 0 && !placed[at]; at = above[at]) {
      placed[at] = 1;
      family.push(at);
    }
    while (family.length > 0) {
      const at = family.pop()!;
      const up = above[at];
      if (up < 0) roots[n++] = at;
      else {
        next[at] = first[up];
        first[up] = at;
      }
    }
  }
  return { first, next, roots: roots.subarray(0, n) };
}

/** A line for the root and for each row under it, those that are folded left out. */
export function walk(
  lines: Growing,
  { match, folded }: Pick<Shape, "match" | "folded">,
  { first, next }: Forest,
  root: number,
  at: { mark: number; depth: number },
): void {
  if (first[root] < 0) return put(lines, root, at.depth, at.mark | (match[root] ? 0 : CONTEXT)); // most have none under them
  const stack = [root];
  const depths = [at.depth];
  while (stack.length > 0) {
    const row = stack.pop()!;
    const depth = depths.pop()!;
    const parent = first[row] >= 0;
    const closed = parent && folded.has(row);
    put(lines, row, depth, at.mark | (match[row] ? 0 : CONTEXT) | (parent ? PARENT : 0) | (closed ? FOLDED : 0));
    if (closed) continue;
    for (let child = first[row]; child >= 0; child = next[child]) {
      stack.push(child);
      depths.push(depth + 1);
    }
  }
}
