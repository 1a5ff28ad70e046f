/** How do runs differ? Rows of values side by side, one column a run, in sections. */

import { internal } from "./columns";
import { number, text, type Frame, type MetricColumn } from "./frame";
import { SYSTEM } from "./sections";

export type Value = string | number | null;

export interface Row {
  /** The frame's column, or one of `EXTRA`. */
  column: string;
  name: string;
  kind: "text" | "time" | "duration" | "metric";
  values: Value[];
  /** For metrics: the least and the largest of each run's history. */
  min?: (number | null)[];
  max?: (number | null)[];
  /** Not every run has the same. A missing value differs from any other. */
  differs: boolean;
}

export interface Group {
  name: string;
  rows: Row[];
  /** Seldom wanted. */
  folded: boolean;
}

export type MetricPick = "last" | "min" | "max";

const OVERVIEW: [column: string, name: string, kind: Row["kind"]][] = [
  ["status", "status", "text"],
  ["experiment_id", "experiment", "text"],
  ["start_time", "started", "time"],
  ["duration", "duration", "duration"],
  ["user_id", "user", "text"],
];
const NOTE = "tags.mlflow.note.content";
const byName = new Intl.Collator("en", { numeric: true, sensitivity: "base" }).compare;

/** Rows in which no run has anything are left out. `experiments` gives names for ids. */
export function compareRuns(
  frame: Frame,
  ids: readonly string[],
  pick: MetricPick = "last",
  experiments: ReadonlyMap<string, string> = new Map(),
): Group[] {
  const rows = ids.map((id) => frame.rowOf.get(id) ?? -1);
  const names = [...frame.columns.keys()].sort(byName);
  const of = (prefix: string, keep: (name: string) => boolean = () => true) =>
    names
      .filter((name) => name.startsWith(prefix) && keep(name.slice(prefix.length)))
      .map((name) => rowOf(frame, rows, name, name.slice(prefix.length), pick));
  const overview = OVERVIEW.map(([column, name, kind]) => {
    const values = rows.map((row) => attribute(frame, row, column, experiments));
    return { column, name, kind, values, differs: differ(values) };
  });
  const isSystem = (name: string) => name.startsWith(`${SYSTEM}/`);
  const groups: Group[] = [
    { name: "Params", rows: of("params."), folded: false },
    { name: "Metrics", rows: of("metrics.", (name) => !isSystem(name)), folded: false },
    { name: "Overview", rows: overview, folded: false },
    { name: "Tags", rows: of("tags.", (name) => !internal(`tags.${name}`) && `tags.${name}` !== NOTE), folded: false },
    { name: "Notes", rows: frame.columns.has(NOTE) ? [rowOf(frame, rows, NOTE, "description", pick)] : [], folded: false },
    { name: "System metrics", rows: of("metrics.", isSystem), folded: true },
    { name: "System tags", rows: of("tags.", (name) => internal(`tags.${name}`)), folded: true },
  ];
  for (const group of groups) group.rows = group.rows.filter(({ values }) => values.some((value) => value !== null));
  return groups.filter((group) => group.rows.length > 0);
}

function rowOf(frame: Frame, rows: readonly number[], column: string, name: string, pick: MetricPick): Row {
  const source = frame.columns.get(column)!;
  if (source.kind === "text") {
    const values = rows.map((row) => (row < 0 ? null : text(frame, column, row)));
    return { column, name, kind: "text", values, differs: differ(values) };
  }
  const take = (array: Float64Array) => rows.map((row) => (row < 0 || source.missing[row] ? null : array[row]));
  const metric = source as MetricColumn;
  const values = take(pick === "last" ? metric.values : metric[pick]);
  return { column, name, kind: "metric", values, min: take(metric.min), max: take(metric.max), differs: differ(values) };
}

function attribute(frame: Frame, row: number, column: string, experiments: ReadonlyMap<string, string>): Value {
  if (row < 0) return null;
  if (column === "start_time") return number(frame, column, row);
  if (column === "duration") {
    const start = number(frame, "start_time", row);
    const end = number(frame, "end_time", row);
    return start === null || end === null ? null : end - start;
  }
  const value = text(frame, column, row);
  return column === "experiment_id" && value !== null ? (experiments.get(value) ?? value) : value;
}

function differ(values: readonly Value[]): boolean {
  return values.some((value) => !Object.is(value, values[0]));
}

/** Places of the best values; none where all are equal or fewer than two are finite. */
export function bestPlaces(values: readonly Value[], direction: "min" | "max"): number[] {
  const finite = values.filter((value): value is number => typeof value === "number" && Number.isFinite(value));
  if (finite.length < 2) return [];
  const best = direction === "min" ? Math.min(...finite) : Math.max(...finite);
  const places = values.flatMap((value, place) => (value === best ? [place] : []));
  return places.length === finite.length ? [] : places;
}

/**
 * Which cells stand out: those unlike the baseline's; without one those unlike the most common value. Where no value is
 * the most common one, both of two, and none of more: everything marked is nothing marked.
 */
export function unlike(values: readonly Value[], baseline: number): boolean[] {
  if (baseline >= 0) return values.map((value) => !Object.is(value, values[baseline]));
  const counts = new Map<Value, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  if (counts.size < 2) return values.map(() => false);
  const most = Math.max(...counts.values());
  const common = [...counts].filter(([, count]) => count === most).map(([value]) => value);
  if (common.length > 1) return values.map(() => values.length === 2);
  return values.map((value) => value !== common[0]);
}

export interface Change {
  by: number;
  /** As a share of the baseline's size; null where that is zero. */
  share: number | null;
  /** For the better, for the worse, or neither. */
  turn: "better" | "worse" | "same";
}

/** From the baseline's value to this one; null where one of them is not finite. */
export function change(value: Value, base: Value, direction: "min" | "max"): Change | null {
  if (typeof value !== "number" || typeof base !== "number") return null;
  const by = value - base;
  if (!Number.isFinite(by)) return null;
  const turn = by === 0 ? "same" : by < 0 === (direction === "min") ? "better" : "worse";
  return { by, share: base === 0 ? null : by / Math.abs(base), turn };
}
