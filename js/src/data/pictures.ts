/** What do the pictures of the analysis hold? Runs in boxes, in cells and one after the other, as nbtrack.figures has them. */

import { axisOf, cellsAlong, chosenMetric, isOfSeveral, quartiles, varying, type Axis } from "./analysis";
import type { Direction } from "./directions";
import { number, type Frame } from "./frame";
import { groupName } from "./groups";
import { half95, SURE } from "./student";

/** So few runs make no box. */
const FEW = 5;

export interface Box {
  /** Places along the rows that the axes were made of. */
  places: number[];
  values: number[];
  /** The least, the quartiles and the largest; null where the runs are too few. */
  five: ReturnType<typeof quartiles> | null;
}

/** One box for each cell of `by`, in its order; where runs have no value there, they stand in a last one. */
export function boxesOf(y: Axis, by: Axis): Box[] {
  const { labels, cell } = cellsAlong(by);
  const held: number[][] = labels.map(() => []);
  const without: number[] = [];
  by.values.forEach((value, place) => {
    if (y.values[place] !== null) (value === null ? without : held[cell(value)]).push(place);
  });
  return [...held, ...(by.values.includes(null) ? [without] : [])].map((places) => {
    const values = places.map((place) => y.values[place]!);
    return { places, values, five: values.length >= FEW ? quartiles(values) : null };
  });
}

export interface Cell {
  column: number;
  line: number;
  mean: number;
  runs: number;
}

/** The mean of `z` where two axes meet; cells without a run are not among them. */
export function fieldOf(x: Axis, y: Axis, z: Axis): Cell[] {
  const [across, up] = [cellsAlong(x), cellsAlong(y)];
  const found = new Map<number, { sum: number; runs: number }>();
  z.values.forEach((value, place) => {
    const [a, b] = [x.values[place], y.values[place]];
    if (a === null || b === null || value === null) return;
    const key = up.cell(b) * across.labels.length + across.cell(a);
    const held = found.get(key) ?? { sum: 0, runs: 0 };
    found.set(key, { sum: held.sum + value, runs: held.runs + 1 });
  });
  const size = across.labels.length;
  return [...found].map(([key, { sum, runs }]) => ({ column: key % size, line: Math.floor(key / size), mean: sum / runs, runs }));
}

export interface Course {
  rows: number[];
  values: number[];
  /** The best so far; empty where nobody says which way is better. */
  best: number[];
}

/** Each run's best value of its whole history, in the order in which they were started; its last one where there is no best. */
export function courseOf(frame: Frame, rows: readonly number[], metric: string, direction: Direction | null): Course {
  const column = frame.columns.get(`metrics.${metric}`);
  if (column?.kind !== "metric") return { rows: [], values: [], best: [] };
  const extreme = direction === null ? column.values : column[direction];
  const start = (row: number) => number(frame, "start_time", row) ?? Infinity;
  const held = rows
    .map((row, place) => ({ row, place }))
    .filter(({ row }) => !column.missing[row] && Number.isFinite(extreme[row]))
    .sort((p, q) => compare(start(p.row), start(q.row)) || p.place - q.place)
    .map(({ row }) => row);
  const values = held.map((row) => extreme[row]);
  const best: number[] = [];
  for (const value of direction === null ? [] : values) best.push(best.length ? (direction === "min" ? Math.min : Math.max)(best[best.length - 1], value) : value);
  return { rows: held, values, best };
}

const compare = (a: number, b: number) => (a < b ? -1 : a > b ? 1 : 0);

export interface Bar {
  row: number;
  value: number;
}

/** The last value of each run, the best first (the largest where there is no best), what is not a number last. */
export function barsOf(frame: Frame, rows: readonly number[], metric: string, direction: Direction | null): Bar[] {
  const bars = rows.flatMap((row) => {
    const value = number(frame, `metrics.${metric}`, row);
    return value === null ? [] : [{ row, value }];
  });
  return bestFirst(bars, direction);
}

/** The mean of a group's last values within its band; `value` is NaN where no run has a finite one. */
export interface MeanBar {
  name: string;
  value: number;
  low: number;
  high: number;
  /** Runs with a finite value, of how many. */
  n: number;
  of: number;
  /** What the axis must hold, as in bands.ts. */
  reach: [low: number, high: number];
}

/** One bar for the runs with equal values in `columns`, the best first. `kind`: sd | ci | minmax. */
export function meanBarsOf(frame: Frame, rows: readonly number[], metric: string, direction: Direction | null, columns: readonly string[], kind: string): MeanBar[] {
  const held = new Map<string, (number | null)[]>();
  for (const row of rows) {
    const name = groupName(frame, frame.ids[row], columns);
    held.set(name, [...(held.get(name) ?? []), number(frame, `metrics.${metric}`, row)]);
  }
  const told = [...held].filter(([, values]) => values.some((value) => value !== null));
  const finite = (values: readonly (number | null)[]) => values.filter((value): value is number => Number.isFinite(value));
  return bestFirst(told.map(([name, values]) => meanBar(name, finite(values), values.length, kind)), direction);
}

function meanBar(name: string, values: readonly number[], of: number, kind: string): MeanBar {
  const n = values.length;
  if (n === 0) return { name, value: NaN, low: NaN, high: NaN, n, of, reach: [NaN, NaN] };
  const value = values.reduce((sum, each) => sum + each, 0) / n;
  const ends: [number, number] = [Math.min(...values), Math.max(...values)];
  if (kind === "minmax") return { name, value, low: ends[0], high: ends[1], n, of, reach: ends };
  const sd = Math.sqrt(values.reduce((sum, each) => sum + (each - value) ** 2, 0) / Math.max(1, n - 1));
  const half = kind === "ci" ? half95(sd, n) : sd;
  const [low, high] = [value - half, value + half];
  return { name, value, low, high, n, of, reach: kind === "ci" && n < SURE ? ends : [low, high] };
}

function bestFirst<Of extends { value: number }>(bars: Of[], direction: Direction | null): Of[] {
  const sign = direction === "min" ? 1 : -1;
  return bars.sort((a, b) => +Number.isNaN(a.value) - +Number.isNaN(b.value) || compare(sign * a.value, sign * b.value));
}

/** What is looked at where nothing was chosen: the params that vary, some metrics that do, and the one that says most. */
export interface Chosen {
  params: string[];
  metrics: string[];
  metric: string | null;
  columns: string[];
}

const MOST_PARAMS = 8;
const MOST_METRICS = 3;

export function chosenOf(frame: Frame, rows: ArrayLike<number>, direction: (metric: string) => Direction | null): Chosen {
  const { params, metrics } = varying(frame, rows);
  const several = metrics.filter((name) => isOfSeveral(frame, name, rows));
  const metric = chosenMetric(several.length > 0 ? several : metrics, direction);
  const told = metric === null ? [] : [`metrics.${metric}`];
  return { params, metrics, metric, columns: [...new Set([...params.slice(0, MOST_PARAMS), ...metrics.slice(0, MOST_METRICS).filter((name) => !told.includes(name)), ...told])] };
}

/** The axes of parallel coordinates, those of columns that are not there left out. */
export function railsOf(frame: Frame, rows: ArrayLike<number>, columns: readonly string[]): Axis[] {
  return [...new Set(columns)].map((name) => axisOf(frame, name, rows)).filter((axis): axis is Axis => axis !== null);
}
