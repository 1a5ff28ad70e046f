/** Which runs are alike in some columns, and what do their numbers come to together? */

import { groupOf, label, spread } from "./columns";
import { number, text, type Column, type Frame } from "./frame";
import { half95 } from "./student";
import { CONTEXT, emptyLines, finished, FOLDED, GROUP, growing, PARENT, PINNED, put, walk, type Lines, type Shape } from "./tree";

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

/** Were runs repeated: does a param that only tells repetitions apart differ among them? */
export function seedsDiffer(frame: Frame, rows: Uint32Array): boolean {
  return [...frame.columns].some(([name, column]) => groupOf(name) === "params" && isSeed(name) && spread(column, rows) === "differs");
}

/** The params that tell runs apart, those left out that only repeat: runs that are equal but for the seed. */
export function butForTheSeed(frame: Frame, rows: Uint32Array): string[] {
  const params = [...frame.columns].filter(([name]) => groupOf(name) === "params" && !isSeed(name));
  const differing = params.filter(([, column]) => spread(column, rows) === "differs");
  return (differing.length > 0 ? differing : params.slice(0, 1)).map(([name]) => name);
}

const LOOKED_AT = 5000;

/** Do some of the rows have the same values in the columns? */
export function repeats(frame: Frame, names: readonly string[], rows: Uint32Array): boolean {
  const some = rows.subarray(0, LOOKED_AT);
  return grouped(frame, names, some).length < some.length;
}

/** What a group is called: model = svm, lr = 0.1 */
export function groupName(frame: Frame, run: string, columns: readonly string[]): string {
  const row = frame.rowOf.get(run) ?? -1;
  return columns.map((column) => `${label(column)} = ${text(frame, column, row) ?? number(frame, column, row) ?? "–"}`).join(", ");
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

/** What is missing or not finite is left out, as in charts and bars; `n` says how many runs are left. */
export function summary(column: Column | undefined, rows: Uint32Array): Summary {
  let [n, mean, squares, min, max] = [0, 0, 0, Infinity, -Infinity];
  if (column && column.kind !== "text") {
    for (const row of rows) {
      const value = column.values[row];
      if (column.missing[row] || !Number.isFinite(value)) continue;
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

export const SPREADS = ["sd", "ci", "minmax"] as const;
export type Spread = (typeof SPREADS)[number];

/** What stands beside the mean, for and after it: a half width, or both ends; null where one value says nothing of it. */
export function spreadOf({ n, sd, min, max }: Summary, kind: string): { half: number } | { low: number; high: number } | null {
  if (n < 2) return null;
  if (kind === "minmax") return { low: min, high: max };
  return { half: kind === "ci" ? half95(sd, n) : sd };
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

/**
 * A line for each group, with its runs under it where it is open, nested in those of the same group where `tree` is on;
 * pinned runs come first. A group's line has its index for a row.
 */
export function groupLines(shape: Shape, groups: readonly RunGroup[], open: ReadonlySet<string>, tree: boolean): Lines {
  const { order, match, pinned, scope } = shape;
  const size = match.length;
  const lines = emptyLines(size + groups.length + pinned.size);
  if (pinned.size > 0) for (const row of order) if (pinned.has(row) && scope[row]) put(lines, row, 0, PINNED | (match[row] ? 0 : CONTEXT));
  const home = new Int32Array(size).fill(-1);
  groups.forEach(({ key, rows }, index) => {
    if (open.has(key)) for (const row of rows) if (!pinned.has(row)) home[row] = index;
  });
  const above = new Int32Array(size).fill(-1);
  if (tree) shape.parent.forEach((up, row) => up >= 0 && home[up] === home[row] && (above[row] = up));
  const shown = groups.flatMap(({ rows }) => [...rows.filter((row) => home[row] >= 0)]);
  const forest = growing(Uint32Array.from(shown), above);
  let next = 0; // roots stand in the order of their groups
  groups.forEach(({ key }, index) => {
    put(lines, index, 0, GROUP | PARENT | (open.has(key) ? 0 : FOLDED));
    for (; home[forest.roots[next]] === index; next++) walk(lines, shape, forest, forest.roots[next], { mark: 0, depth: 1 });
  });
  return finished(lines, groups.reduce((sum, { rows }) => sum + rows.length, 0));
}
