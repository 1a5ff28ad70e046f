/** Where does the cursor go on a key, and which runs does a range take in? */

/** `line` -1 is the header; `column` 0 is the boxes, 1 the names. */
export interface Cursor {
  line: number;
  column: number;
}

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

export function toggle(selected: readonly string[], id: string): string[] {
  return selected.includes(id) ? selected.filter((other) => other !== id) : [...selected, id];
}

/** The selection with `ids` in it; those that were in it keep their place. */
export function added(selected: readonly string[], ids: readonly string[]): string[] {
  return [...new Set([...selected, ...ids])];
}

/** A list with one entry moved to stand before another (null: at the end). */
export function placed<T>(list: readonly T[], entry: T, before: T | null): T[] {
  if (entry === before) return [...list];
  const rest = list.filter((other) => other !== entry);
  const at = before === null ? rest.length : rest.indexOf(before);
  return [...rest.slice(0, at), entry, ...rest.slice(at)];
}
