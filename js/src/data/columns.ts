/** Which columns are there, what are they called, and which of them are worth showing unasked? */

import type { Column, Frame, NumberColumn } from "./frame";

export type Group = "attributes" | "params" | "metrics" | "tags";
export const GROUPS: readonly Group[] = ["attributes", "params", "metrics", "tags"];

const ATTRIBUTES: Record<string, string> = {
  run_name: "Name",
  status: "Status",
  start_time: "Started",
  duration: "Duration",
  end_time: "Ended",
  experiment_id: "Experiment",
  user_id: "User",
  run_id: "Run ID",
  artifact_uri: "Artifacts",
  lifecycle_stage: "Lifecycle",
};

/** The name column: it is always there, and stays in sight. */
export const NAME = "run_name";
const INTERNAL = /^tags\.(mlflow\.(?!note\.content$)|nbtrack\.)/;
/** As many as a table can show unasked before it stops being readable. */
const MOST = { params: 16, metrics: 16, tags: 3 };
/** Params that stand before the metrics; where there is little room, the results want to be seen. */
const LEADING = { roomy: 3, narrow: 1 };

export function groupOf(name: string): Group {
  const group = name.slice(0, name.indexOf(".")) as Group;
  return GROUPS.includes(group) && group !== "attributes" ? group : "attributes";
}

/** The name for people: without its group. */
export function label(name: string): string {
  if (name === "tags.mlflow.note.content") return "Notes";
  return ATTRIBUTES[name] ?? (groupOf(name) === "attributes" ? name : name.slice(name.indexOf(".") + 1));
}

/** A tag that says when, in ms since 1970. */
export const isTime = (name: string): boolean => name === "tags.nbtrack.heartbeat";

/** Tags that MLflow or nbtrack writes for itself. */
export const internal = (name: string): boolean => INTERNAL.test(name);

/** All columns by group; the frame's order within params, metrics and tags. */
export function listed(frame: Frame): Map<Group, string[]> {
  const groups = new Map<Group, string[]>(GROUPS.map((group) => [group, []]));
  groups.set("attributes", Object.keys(ATTRIBUTES).filter((name) => name === "duration" || frame.columns.has(name)));
  for (const name of frame.columns.keys()) if (groupOf(name) !== "attributes") groups.get(groupOf(name))!.push(name);
  return groups;
}

/** How a column looks over the given rows: nothing in it, everywhere the same, or different. */
export function spread(column: Column, rows: ArrayLike<number> & Iterable<number>): "empty" | "same" | "differs" {
  if (rows.length === 0) return "empty";
  const cells = column.kind === "text" ? column.codes : column.values;
  const isMissing = (row: number) => (column.kind === "text" ? column.codes[row] < 0 : column.missing[row] === 1);
  const first = rows[0];
  const none = isMissing(first);
  for (const row of rows) {
    if (isMissing(row) !== none) return "differs";
    if (!none && cells[row] !== cells[first] && !(Number.isNaN(cells[row]) && Number.isNaN(cells[first]))) return "differs";
  }
  return none ? "empty" : "same";
}

/** Has it two values or more, besides the runs that lack it? Those tell more than what only one kind of run has. */
function varies(column: Column, rows: Uint32Array): boolean {
  const known = rows.filter((row) => (column.kind === "text" ? column.codes[row] >= 0 : column.missing[row] === 0));
  return spread(column, known) === "differs";
}

/** What holds comes first, else the order stays. */
function first<T>(list: readonly T[], holds: (each: T) => boolean): T[] {
  return [...list.filter(holds), ...list.filter((each) => !holds(each))];
}

/**
 * Did the code log this param or metric in any of the runs? Else autolog read it off a model: the tag nbtrack.autologging.names says
 * so of a run of the person's, and the runs that autolog has made have nothing else.
 */
function writtenByPerson(frame: Frame, rows: Uint32Array, group: "params" | "metrics"): (name: string) => boolean {
  const told = frame.columns.get("tags.nbtrack.autologging.names");
  if (told?.kind !== "text") return () => true;
  const logged = told.words.map((tag) => namesIn(tag, group));
  const made = frame.columns.get("tags.mlflow.autologging");
  const persons = made?.kind === "text" ? rows.filter((row) => made.codes[row] < 0) : rows;
  return (name) => {
    const column = frame.columns.get(name)!;
    const key = name.slice(group.length + 1);
    const has = (row: number) => (column.kind === "text" ? column.codes[row] >= 0 : column.missing[row] === 0);
    return persons.some((row) => has(row) && !(told.codes[row] >= 0 && logged[told.codes[row]].has(key)));
  };
}

/** Nothing where it is none of nbtrack's own tags. */
function namesIn(tag: string, group: string): Set<unknown> {
  try {
    const names = (JSON.parse(tag) as Record<string, unknown>)[group];
    return new Set(Array.isArray(names) ? (names as unknown[]) : []);
  } catch {
    return new Set();
  }
}

/** The choice where the person made none: the run, what was varied, what came out of it, then when and where it ran. */
export function automatic(frame: Frame, rows: Uint32Array, narrow = false): string[] {
  const groups = listed(frame);
  const state = (name: string) => spread(frame.columns.get(name)!, rows);
  const few = (names: string[], group: keyof typeof MOST) => names.slice(0, MOST[group]);
  const experiment = frame.columns.has("experiment_id") && state("experiment_id") === "differs" ? ["experiment_id"] : [];
  const parents = frame.columns.get("tags.mlflow.parentRunId");
  const above = new Set(parents?.kind === "text" ? parents.words.map((id) => frame.rowOf.get(id)) : []);
  const under = rows.filter((row) => !above.has(row));
  const params = groups.get("params")!.filter((name) => {
    const column = frame.columns.get(name)!;
    // What nothing but a search of its own has, such as the list of what it tries, is empty in every other line.
    return rows.length === 1 || (state(name) === "differs" && (spread(column, under) !== "empty" || varies(column, rows)));
  });
  const metrics = groups.get("metrics")!.filter((name) => state(name) !== "empty");
  const top = rows.filter((row) => parents?.kind !== "text" || parents.codes[row] < 0);
  // The results of a search come before those of its trials.
  const ofTop = (name: string) => spread(frame.columns.get(name)!, top) !== "empty";
  const best = first(
    metrics.filter((name) => !name.startsWith("metrics.system/")),
    ofTop,
  );
  const own = first(best, writtenByPerson(frame, rows, "metrics"));
  const tags = groups.get("tags")!.filter((name) => !internal(name) && state(name) === "differs");
  const around = ["start_time", "duration"].filter((name) => name === "duration" || frame.columns.has(name));
  const status = frame.columns.has("status") ? ["status"] : [];
  const varied = few(
    first(
      first(params, (name) => varies(frame.columns.get(name)!, rows)),
      writtenByPerson(frame, rows, "params"),
    ),
    "params",
  );
  // Many params would push the results out of sight: the first few say what was tried.
  const leading = narrow ? LEADING.narrow : LEADING.roomy;
  const told = [...varied.slice(0, leading), ...few(own, "metrics"), ...varied.slice(leading), ...few(tags, "tags")];
  return [NAME, ...status, ...told, ...around, ...experiment];
}

/** The name, those that stay in sight beside it, then the others. */
export function arranged(columns: readonly string[], kept: readonly string[]): string[] {
  return [...new Set([NAME, ...kept, ...columns])];
}

/** How long each run took, or has been running at `now`; missing where that cannot be said. */
export function durations(frame: Frame, now: number): NumberColumn {
  const values = new Float64Array(frame.length).fill(NaN);
  const missing = new Uint8Array(frame.length).fill(1);
  const start = frame.columns.get("start_time");
  const end = frame.columns.get("end_time");
  const status = frame.columns.get("status");
  if (start?.kind !== "number") return { kind: "number", values, missing };
  const running = status?.kind === "text" ? status.words.indexOf("RUNNING") : -1;
  for (let row = 0; row < frame.length; row++) {
    if (start.missing[row]) continue;
    const ended = end?.kind === "number" && !end.missing[row];
    const runs = !ended && status?.kind === "text" && status.codes[row] === running && running >= 0;
    if (!ended && !runs) continue;
    values[row] = (ended ? end.values[row] : now) - start.values[row];
    missing[row] = 0;
  }
  return { kind: "number", values, missing };
}
