/** Where does the cursor stand, and where does it go on a key? */

import { signal, type Signal } from "@preact/signals";
import { NAME } from "../../data/columns";

/** `line` -1 is the header; `column` 0 is the boxes, 1 the names. */
export interface Cursor {
  line: number;
  column: number;
}

/** The cursor goes with its run and with its column when the order changes. */
export interface Held extends Cursor {
  run: string | null;
  /** The name of the column; null for the boxes. */
  name: string | null;
  /** The run, or the key of the group, where a range begins. */
  anchor: string | null;
  /** Whether the last key grew a range. */
  ranging: boolean;
}

export const createCursor = (): Signal<Held> =>
  signal({ line: 0, column: 1, run: null, name: NAME, anchor: null, ranging: false });

export interface Bounds {
  lines: number;
  columns: number;
  /** Lines in sight. */
  page: number;
}

type Step = (at: Cursor, to: Bounds) => Cursor;

const MOVES: Record<string, Step> = {
  ArrowUp: (at) => ({ ...at, line: at.line - 1 }),
  ArrowDown: (at) => ({ ...at, line: at.line + 1 }),
  ArrowLeft: (at) => ({ ...at, column: at.column - 1 }),
  ArrowRight: (at) => ({ ...at, column: at.column + 1 }),
  PageUp: (at, { page }) => ({ ...at, line: Math.max(Math.min(0, at.line), at.line - page) }),
  PageDown: (at, { page }) => ({ ...at, line: at.line + page }),
  Home: (at) => ({ ...at, column: 0 }),
  End: (at, { columns }) => ({ ...at, column: columns - 1 }),
  "ctrl+Home": () => ({ line: 0, column: 0 }),
  "ctrl+End": ({ column }, { lines }) => ({ line: lines - 1, column }),
};

/** null where the key is no move. */
export function moved(at: Cursor, key: string, to: Bounds): Cursor | null {
  const step = MOVES[key];
  return step ? clamped(step(at, to), to) : null;
}

export function clamped(at: Cursor, { lines, columns }: Bounds): Cursor {
  const within = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));
  return { line: within(at.line, -1, lines - 1), column: within(at.column, 0, columns - 1) };
}
