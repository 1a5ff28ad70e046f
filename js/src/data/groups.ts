/** Which runs are alike in some columns, and what do their numbers come to together? */

import { groupOf, spread } from "./columns";
import type { Column, Frame } from "./frame";
import { CONTEXT, FOLDED, GROUP, PARENT, PINNED, type Lines, type Shape } from "./tree";

export interface RunGroup {
  /** The values as one text, the same whatever else is in the store. */
  key: string;
  /** One value for each column grouped by; null where it is missing. */
  values: (string | null)[];
  rows: Uint32Array;
}

export interface Summary {
  n: number;
  mean: number;
  /** Of the sample (n - 1); NaN for fewer than two. */
  sd: number;
  min: number;
  max: number;
}

const SEED = /(^|[^a-z])(seed|random_state|random_seed|rng|fold|cv_fold|split|repeat|repetition|trial|replicate)s?$/i;

/** Does a param only tell repetitions apart? */
export const isSeed = (name: string): boolean => SEED.test(name.slice(name.indexOf(".") + 1).replace(/([a-z])([A-Z])/g, "$1_$2"));

/** The params that tell runs apart, those left out that only repeat: runs that are equal but for the seed. */
export function butForTheSeed(frame: Frame, rows: Uint32Array): string[] {
  const params = [...frame.columns].filter(([name]) => groupOf(name) === "params" && !isSeed(name));
  const differing = params.filter(([, column]) => spread(column, rows) === "differs");
  return (differing.length > 0 ? differing : params.slice(0, 1)).map(([name]) => name);
}

function word(column: Column | undefined, row: number): string | null {
  if (!column) return null;
  if (column.kind === "text") return column.codes[row] < 0 ? null : column.words[column.codes[row]];
  return column.missing[row] ? null : String(column.values[row]);
}

/** The rows by their values in the named columns; groups in the order of their first rows. */
export function grouped(frame: Frame, names: readonly string[], rows: Uint32Array): RunGroup[] {
  const columns = names.map((name) => frame.columns.get(name));
  const found = new Map<string, { values: (string | null)[]; rows: number[] }>();
  for (const row of rows) {
    const values = columns.map((column) => word(column, row));
    const key = JSON.stringify(values);
    const group = found.get(key);
    if (group) group.rows.push(row);
    else found.set(key, { values, rows: [row] });
  }
  return [...found].map(([key, group]) => ({ key, values: group.values, rows: Uint32Array.from(group.rows) }));
}

/** Missing cells and NaN are left out. */
export function summary(column: Column | undefined, rows: Uint32Array): Summary {
  let [n, mean, squares, min, max] = [0, 0, 0, Infinity, -Infinity];
  if (column && column.kind !== "text") {
    for (const row of rows) {
      const value = column.values[row];
      if (column.missing[row] || Number.isNaN(value)) continue;
      n++;
      const away = value - mean;
      mean += away / n;
      squares += away * (value - mean);
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
  }
  return { n, mean: n ? mean : NaN, sd: n > 1 ? Math.sqrt(squares / (n - 1)) : NaN, min, max };
}

/** Groups by the mean of a column, those without one last. */
export function byMean(groups: RunGroup[], column: Column, descending: boolean): RunGroup[] {
  const means = new Map(groups.map((group) => [group, summary(column, group.rows).mean]));
  const sign = descending ? -1 : 1;
  return groups.toSorted((a, b) => {
    const [x, y] = [means.get(a)!, means.get(b)!];
    return Number.isNaN(x) || Number.isNaN(y) ? +Number.isNaN(x) - +Number.isNaN(y) : sign * (x - y);
  });
}

/** A line for each group, with its runs under it where it is open; pinned runs come first. A group's line has its index for a row. */
export function groupLines(shape: Shape, groups: readonly RunGroup[], open: ReadonlySet<string>): Lines {
  const lines: [row: number, depth: number, mark: number][] = [];
  for (const row of shape.order) {
    if (shape.pinned.has(row) && shape.scope[row]) lines.push([row, 0, PINNED | (shape.match[row] ? 0 : CONTEXT)]);
  }
  let matches = 0;
  groups.forEach((group, index) => {
    matches += group.rows.length;
    const opened = open.has(group.key);
    lines.push([index, 0, GROUP | PARENT | (opened ? 0 : FOLDED)]);
    if (opened) for (const row of group.rows) if (!shape.pinned.has(row)) lines.push([row, 1, 0]);
  });
  return {
    rows: Uint32Array.from(lines, ([row]) => row),
    depth: Uint8Array.from(lines, ([, depth]) => depth),
    marks: Uint8Array.from(lines, ([, , mark]) => mark),
    matches,
  };
}
