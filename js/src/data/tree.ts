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
export const CONTEXT = 1; // does not match itself: shown because a run under it does
export const PARENT = 2; // has runs under it
export const FOLDED = 4; // and they are folded away
export const PINNED = 8; // kept on top
export const GROUP = 16; // stands for a group of runs; its row is the group's index

const PARENT_TAG = "tags.mlflow.parentRunId";

/** The row of each row's parent, -1 where there is none in the frame. A ring of parents is cut open. */
export function parents(frame: Frame): Int32Array {
  const found = new Int32Array(frame.length).fill(-1);
  const column = frame.columns.get(PARENT_TAG);
  if (column?.kind !== "text") return found;
  const rowOfWord = column.words.map((id) => frame.rowOf.get(id) ?? -1);
  for (let row = 0; row < found.length; row++) {
    const code = column.codes[row];
    if (code >= 0) found[row] = rowOfWord[code];
  }
  return openRings(found);
}

function openRings(parent: Int32Array): Int32Array {
  const walk = new Uint32Array(parent.length); // the walk that met the row first; 0 is none
  for (let start = 0; start < parent.length; start++) {
    for (let row = start; walk[row] === 0; row = parent[row]) {
      walk[row] = start + 1;
      if (parent[row] < 0) break;
      if (walk[parent[row]] === start + 1) parent[row] = -1;
      if (parent[row] < 0) break;
    }
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
  const top = order.filter((row) => pinned.has(row) && scope[row]);
  const rest = order.filter((row) => match[row] && !pinned.has(row));
  const rows = new Uint32Array(top.length + rest.length);
  rows.set(top);
  rows.set(rest, top.length);
  const marks = new Uint8Array(rows.length).fill(PINNED, 0, top.length);
  return { rows, depth: new Uint8Array(rows.length), marks, matches: order.reduce((sum, row) => sum + match[row], 0) };
}

/** The lines as a tree. Pinned runs come first, each with the runs under it. */
export function nested(shape: Shape): Lines {
  const { match, scope, pinned } = shape;
  const size = match.length;
  const shown = match.slice();
  let matches = 0;
  for (let row = 0; row < size; row++) {
    if (!match[row]) continue;
    matches++;
    for (let up = shape.parent[row]; up >= 0 && scope[up] && !shown[up]; up = shape.parent[up]) shown[up] = 1;
  }
  for (const row of pinned) if (scope[row]) shown[row] = 1;
  const { first, next, roots } = links(shape, shown);
  const lines = { rows: new Uint32Array(size), depth: new Uint8Array(size), marks: new Uint8Array(size) };
  let length = 0;
  const walk = (root: number, mark: number): void => {
    const stack = [root];
    const depths = [0];
    while (stack.length > 0) {
      const row = stack.pop()!;
      const depth = depths.pop()!;
      const parent = first[row] >= 0;
      const folded = parent && shape.folded.has(row);
      lines.rows[length] = row;
      lines.depth[length] = Math.min(depth, 255);
      lines.marks[length++] = mark | (match[row] ? 0 : CONTEXT) | (parent ? PARENT : 0) | (folded ? FOLDED : 0);
      if (folded) continue;
      for (let child = first[row]; child >= 0; child = next[child]) {
        stack.push(child);
        depths.push(depth + 1);
      }
    }
  };
  for (const row of roots) if (pinned.has(row)) walk(row, PINNED);
  for (const row of roots) if (!pinned.has(row)) walk(row, 0);
  return {
    rows: lines.rows.subarray(0, length),
    depth: lines.depth.subarray(0, length),
    marks: lines.marks.subarray(0, length),
    matches,
  };
}

/** The children of each shown row as linked lists, last one first (for a stack); the rows at the top, in order. */
function links({ order, parent, pinned }: Shape, shown: Uint8Array) {
  const first = new Int32Array(shown.length).fill(-1);
  const next = new Int32Array(shown.length).fill(-1);
  const roots: number[] = [];
  for (const row of order) {
    if (!shown[row]) continue;
    const up = parent[row];
    if (up < 0 || !shown[up] || pinned.has(row)) roots.push(row);
    else {
      next[row] = first[up];
      first[up] = row;
    }
  }
  return { first, next, roots };
}
