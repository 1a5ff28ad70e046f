/** Which columns are there, what are they called, and which of them are worth showing unasked? */

import type { Column, Frame, NumberColumn } from "./frame";
import { byImportance, SYSTEM } from "./sections";

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
/** Of runs of several stores: which one has the run. Nobody can change it. */
export const STORE = "tags.nbtrack.store";
const INTERNAL = /^tags\.(mlflow\.(?!note\.content$)|nbtrack\.(?!store$))/;
/** What has a header of its own above its columns. */
export type Family = Exclude<Group, "attributes">;
export const FAMILIES: readonly Family[] = ["params", "metrics", "tags"];
/** As many as a table can show unasked before it stops being readable. Many params would push the metrics out of sight. */
const MOST: Record<Family, number> = { params: 4, metrics: 16, tags: 3 };

/** A column that a smaller share of the runs has comes last, whoever wrote it; then those that at least half have come first. */
const SOME = 1 / 3;
const HALF = 1 / 2;

export function groupOf(name: string): Group {
  const group = name.slice(0, name.indexOf(".")) as Group;
  return GROUPS.includes(group) && group !== "attributes" ? group : "attributes";
}

/** The name for people: without its group. */
export function label(name: string): string {
  if (name === "tags.mlflow.note.content") return "Notes";
  if (name === STORE) return "Store";
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

/**
 * The columns where the person chose none: the run, then params, metrics and tags, each family together and always in this
 * order, then when and where it ran. In a family, columns that most of the runs have come first. `lead` are columns that
 * were sorted by while out of sight: they come before all others of their family.
 */
export function automatic(frame: Frame, rows: Uint32Array, lead: readonly string[] = []): string[] {
  const has = (name: string) => frame.columns.has(name);
  const differs = (name: string) => spread(frame.columns.get(name)!, rows) === "differs";
  const family = (group: Family, names: string[]) => {
    const first = lead.filter((name) => groupOf(name) === group && has(name));
    return [...new Set([...first, ...names.slice(0, MOST[group])])];
  };
  return [
    NAME,
    ...["status"].filter(has),
    ...FAMILIES.flatMap((group) => family(group, worthShowing(frame, rows, group))),
    ...["start_time", "duration"].filter((name) => name === "duration" || has(name)),
    ...["experiment_id"].filter((name) => has(name) && differs(name)),
  ];
}

/** All columns of a family that tell something, those that tell most first. */
export function worthShowing(frame: Frame, rows: Uint32Array, family: Family): string[] {
  if (family === "params") return paramsToShow(frame, rows);
  if (family === "metrics") return metricsToShow(frame, rows);
  return listed(frame)
    .get("tags")!
    .filter((name) => !internal(name) && spread(frame.columns.get(name)!, rows) === "differs")
    .sort((a, b) => Number(b === STORE) - Number(a === STORE));
}

/** Params that were varied; of a single run, all. */
function paramsToShow(frame: Frame, rows: Uint32Array): string[] {
  const parents = frame.columns.get("tags.mlflow.parentRunId");
  const above = new Set(parents?.kind === "text" ? parents.words.map((id) => frame.rowOf.get(id)) : []);
  const under = rows.filter((row) => !above.has(row));
  const params = listed(frame).get("params")!.filter((name) => {
    const column = frame.columns.get(name)!;
    // What nothing but a search of its own has, such as the list of what it tries, is empty in every other line.
    return rows.length === 1 || (spread(column, rows) === "differs" && (spread(column, under) !== "empty" || varies(column, rows)));
  });
  const isVaried = (name: string) => varies(frame.columns.get(name)!, rows);
  return ranked(params, [heldBy(SOME, frame, under), writtenByPerson(frame, rows, "params"), heldBy(HALF, frame, under), isVaried]);
}

function metricsToShow(frame: Frame, rows: Uint32Array): string[] {
  const parents = frame.columns.get("tags.mlflow.parentRunId");
  const top = rows.filter((row) => parents?.kind !== "text" || parents.codes[row] < 0);
  const isKnown = (name: string) => spread(frame.columns.get(name)!, rows) !== "empty" && !name.startsWith(`metrics.${SYSTEM}/`);
  // The results of a search come before those of its trials.
  const ofTop = (name: string) => spread(frame.columns.get(name)!, top) !== "empty";
  const metrics = listed(frame).get("metrics")!.filter(isKnown);
  return ranked(metrics, [ofTop, heldBy(SOME, frame, top), writtenByPerson(frame, rows, "metrics"), heldBy(HALF, frame, top)]);
}

/** Does at least this share of the rows have it? */
function heldBy(share: number, frame: Frame, rows: Uint32Array): (name: string) => boolean {
  return (name) => {
    const column = frame.columns.get(name)!;
    const has = (row: number) => (column.kind === "text" ? column.codes[row] >= 0 : column.missing[row] === 0);
    return rows.reduce((count, row) => count + +has(row), 0) >= share * rows.length;
  };
}

/** Names for which the first of the tests holds come first, among equals those of the second, and so on; then as metrics are ordered. */
function ranked(names: readonly string[], tests: readonly ((name: string) => boolean)[]): string[] {
  const key = new Map(names.map((name) => [name, tests.map((test) => +!test(name))]));
  const compare = (a: string, b: string) => {
    const [x, y] = [key.get(a)!, key.get(b)!];
    const at = x.findIndex((value, i) => value !== y[i]);
    return at < 0 ? byImportance(label(a), label(b)) : x[at] - y[at];
  };
  return [...names].sort(compare);
}

/** The name, those that stay in sight beside it, then the others. */
export function arranged(columns: readonly string[], kept: readonly string[]): string[] {
  return [...new Set([NAME, ...kept, ...columns])];
}

/** New columns come after the last one of their family, or at the end. */
export function inserted(columns: readonly string[], names: readonly string[]): string[] {
  const found = [...columns];
  for (const name of names) {
    if (found.includes(name)) continue;
    const last = found.findLastIndex((other) => groupOf(other) === groupOf(name));
    found.splice(last < 0 || name === NAME || groupOf(name) === "attributes" ? found.length : last + 1, 0, name);
  }
  return found;
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
