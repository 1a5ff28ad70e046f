/** How do runs differ? Rows of values side by side, one column a run, in sections. */

import { internal, isTime } from "./columns";
import type { Direction } from "./directions";
import { number, text, type Frame, type MetricColumn } from "./frame";
import { equal } from "./noise";
import { byImportance, SYSTEM } from "./sections";

export type Value = string | number | null;

export interface Row {
  /** The frame's column, or `duration`. */
  column: string;
  name: string;
  kind: "text" | "status" | "time" | "duration" | "metric" | "note" | "commit";
  values: Value[];
  /** For metrics: the least and the largest of each run's history, and the step of the value where another was asked. */
  min?: (number | null)[];
  max?: (number | null)[];
  steps?: (number | null)[];
  /** For commits: the address of each run's repository. */
  remotes?: (string | null)[];
  /** Not every run has the same. A missing value differs from any other. */
  differs: boolean;
}

export interface Group {
  name: string;
  rows: Row[];
  /** Seldom wanted. */
  folded: boolean;
}

/** Which value of a metric: `step` is the last one at or before `Told.step`. */
export type MetricPick = "last" | "best" | "min" | "max" | "step";
export const PICKS: readonly MetricPick[] = ["last", "best", "min", "max", "step"];

export interface Told {
  pick: MetricPick;
  step: number;
  /** By the name of a metric. */
  direction(metric: string): Direction | null;
  /** For `step`: the value then, and its own step; null where there is none, or it is not at hand. */
  at(run: string, metric: string): { value: number; step: number } | null;
  /** Names of experiments by their ids. */
  experiments: ReadonlyMap<string, string>;
  status(run: string): string | null;
  /** When the run ended, or was last heard of, in ms. */
  ended(run: string): number | null;
}

const NOTE = "tags.mlflow.note.content";
const ERROR = "tags.nbtrack.error";
const COMMIT = "tags.mlflow.source.git.commit";
const REMOTE = "tags.mlflow.source.git.repoURL";
/** Where and with what a run ran, in this order. */
const ENVIRONMENT: [tag: string, name: string, kind?: Row["kind"]][] = [
  ["nbtrack.python", "Python"],
  ["nbtrack.os", "system"],
  ["nbtrack.cpus", "CPUs"],
  ["mlflow.source.name", "source"],
  ["mlflow.source.git.branch", "branch"],
  ["mlflow.source.git.commit", "commit", "commit"],
  ["nbtrack.git.dirty", "uncommitted changes"],
  ["nbtrack.git.snapshot", "work tree", "commit"],
  ["mlflow.source.git.repoURL", "repository"],
];
const keyOf = (column: string): string => column.slice(column.indexOf(".") + 1);

/** Rows in which no run has anything are left out; in each group those that differ come first. */
export function compareRuns(frame: Frame, ids: readonly string[], told: Told): Group[] {
  const names = [...frame.columns.keys()].sort((a, b) => byImportance(keyOf(a), keyOf(b)));
  const row = (column: string, name: string, kind?: Row["kind"]) => rowOf(frame, ids, column, name, told, kind);
  const of = (prefix: string, keep: (name: string) => boolean = () => true) =>
    names.filter((name) => name.startsWith(prefix) && keep(name.slice(prefix.length))).map((name) => row(name, name.slice(prefix.length)));
  const some = (column: string, name: string, kind?: Row["kind"]) => (frame.columns.has(column) ? [row(column, name, kind)] : []);
  const isSystem = (name: string) => name.startsWith(`${SYSTEM}/`);
  const around = new Set(ENVIRONMENT.map(([tag]) => `tags.${tag}`));
  const groups: Group[] = [
    { name: "Metrics", rows: of("metrics.", (name) => !isSystem(name)), folded: false },
    { name: "Params", rows: of("params."), folded: false },
    { name: "Overview", rows: [...overview(frame, ids, told), ...some(ERROR, "error")], folded: false },
    { name: "Tags", rows: of("tags.", (name) => !internal(`tags.${name}`) && `tags.${name}` !== NOTE), folded: false },
    { name: "Notes", rows: some(NOTE, "description", "note"), folded: false },
    { name: "Environment", rows: ENVIRONMENT.flatMap(([tag, name, kind]) => some(`tags.${tag}`, name, kind)), folded: false },
    { name: "System metrics", rows: of("metrics.", isSystem), folded: true },
    { name: "System tags", rows: of("tags.", (name) => internal(`tags.${name}`) && !around.has(`tags.${name}`) && `tags.${name}` !== ERROR), folded: true },
  ];
  for (const group of groups) group.rows = differingFirst(group.rows.filter(({ values }) => values.some((value) => value !== null)));
  return groups.filter((group) => group.rows.length > 0);
}

const differingFirst = (rows: readonly Row[]): Row[] => [...rows.filter(({ differs }) => differs), ...rows.filter(({ differs }) => !differs)];

function rowOf(frame: Frame, ids: readonly string[], column: string, name: string, told: Told, kind: Row["kind"] = "text"): Row {
  const source = frame.columns.get(column)!;
  const rows = ids.map((id) => frame.rowOf.get(id) ?? -1);
  if (source.kind === "text") {
    const values = rows.map((row) => (row < 0 ? null : text(frame, column, row)));
    const times = isTime(column) ? values.map((value) => (value === null ? null : Number(value))) : [NaN];
    if (!times.some(Number.isNaN)) return { column, name, kind: "time", values: times, differs: differ(times) };
    if (kind !== "commit") return { column, name, kind, values, differs: differ(values) };
    const remotes = rows.map((row) => (row < 0 || column !== COMMIT ? null : text(frame, REMOTE, row)));
    return { column, name, kind, values, remotes, differs: differ(values) };
  }
  const take = (array: Float64Array) => rows.map((row) => (row < 0 || source.missing[row] ? null : array[row]));
  const metric = source as MetricColumn;
  const [min, max] = [take(metric.min), take(metric.max)];
  if (told.pick === "step") {
    const found = ids.map((id, place) => (min[place] === null ? null : told.at(id, name)));
    const values = found.map((each) => each?.value ?? null);
    const steps = found.map((each) => (each && each.step !== told.step ? each.step : null));
    return { column, name, kind: "metric", values, min, max, steps, differs: differ(values) };
  }
  const part = told.pick === "best" ? told.direction(name) : told.pick;
  const values = part === null ? ids.map(() => null) : take(part === "last" ? metric.values : metric[part]);
  return { column, name, kind: "metric", values, min, max, differs: differ(values) };
}

function overview(frame: Frame, ids: readonly string[], told: Told): Row[] {
  const each = (read: (row: number, id: string) => Value) => ids.map((id) => (frame.rowOf.has(id) ? read(frame.rowOf.get(id)!, id) : null));
  const row = (column: string, name: string, kind: Row["kind"], values: Value[]): Row => ({ column, name, kind, values, differs: differ(values) });
  const experiment = (row: number) => {
    const id = text(frame, "experiment_id", row);
    return id === null ? null : (told.experiments.get(id) ?? id);
  };
  const duration = (row: number, id: string) => {
    const [start, end] = [number(frame, "start_time", row), told.ended(id)];
    return start === null || end === null ? null : end - start;
  };
  return [
    row("status", "status", "status", each((_, id) => told.status(id))),
    row("experiment_id", "experiment", "text", each(experiment)),
    row("start_time", "started", "time", each((row) => number(frame, "start_time", row))),
    row("duration", "duration", "duration", each(duration)),
    row("user_id", "user", "text", each((row) => text(frame, "user_id", row))),
  ];
}

function differ(values: readonly Value[]): boolean {
  return values.some((value) => !Object.is(value, values[0]));
}

/** Places of the best values; none where all are equal or fewer than two are finite. */
export function bestPlaces(values: readonly Value[], direction: Direction | null): number[] {
  const finite = values.filter((value): value is number => typeof value === "number" && Number.isFinite(value));
  if (finite.length < 2 || direction === null) return [];
  const best = direction === "min" ? Math.min(...finite) : Math.max(...finite);
  const places = values.flatMap((value, place) => (typeof value === "number" && equal(value, best) ? [place] : []));
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
  /** Unknown where neither way is the better one. */
  turn: "better" | "worse" | "same" | "unknown";
}

/** From the baseline's value to this one; null where one of them is not finite. */
export function change(value: Value, base: Value, direction: Direction | null): Change | null {
  if (typeof value !== "number" || typeof base !== "number") return null;
  const by = value - base;
  if (!Number.isFinite(by)) return null;
  const better = direction === null ? "unknown" : by < 0 === (direction === "min") ? "better" : "worse";
  const turn = equal(value, base) ? "same" : better;
  return { by, share: base === 0 ? null : by / Math.abs(base), turn };
}
