/** What does the runs table show? Everything here is computed: from the frame, the status and the view, in the browser. */

import { computed, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import { arranged, automatic, durations, NAME, spread } from "../data/columns";
import { cellsOf, withParts } from "../data/directions";
import { text, type Column, type Frame } from "../data/frame";
import { byMean, grouped, groupLines, type RunGroup } from "../data/groups";
import { sortings, type Sorting } from "../data/order";
import { CONTEXT, flat, GROUP, nested, parents, type Lines, type Shape } from "../data/tree";
import type { SeriesBook } from "../data/series";
import type { Status, View } from "../protocol";
import { order as ordered, type History } from "../query";
import { evaluate, type Filtered } from "./filter";

export interface Table {
  /** Ticks while runs are running; set by whoever shows the table. */
  now: Signal<number>;
  /** There is little room: set by whoever shows the table. */
  narrow: Signal<boolean>;
  /** Columns sorted by that were out of sight, which then come first in their family: set by whoever shows the table. */
  lead: Signal<readonly string[]>;
  /** The frame with `duration` as one more column. */
  frame: ReadonlySignal<Frame>;
  /** 1 for the rows of the chosen experiments and lifecycle. */
  scope: ReadonlySignal<Uint8Array>;
  scopeRows: ReadonlySignal<Uint32Array>;
  filtered: ReadonlySignal<Filtered>;
  /** The rows that match, whether a line shows them or not. */
  matching: ReadonlySignal<Uint32Array>;
  sortings: ReadonlySignal<Sorting[]>;
  /** Where runs are grouped: the groups in the order shown; else none. */
  groups: ReadonlySignal<readonly RunGroup[]>;
  lines: ReadonlySignal<Lines>;
  /** The line of each row, -1 where it is not shown. */
  lineOf: ReadonlySignal<Int32Array>;
  /** The chosen columns in order, the name first. */
  chosen: ReadonlySignal<string[]>;
  /** Those of them that are shown: all, or those that differ. */
  columns: ReadonlySignal<string[]>;
  /** The ids of the lines that match, in order. */
  shown: ReadonlySignal<readonly string[]>;
  /** The ids of all that match, in the order of the table, those in folds and closed groups too: the rows that Python gives. */
  inOrder: ReadonlySignal<readonly string[]>;
  /** Do groups, pinned runs or a tree put runs into another order than that of the view? */
  arranged: ReadonlySignal<boolean>;
  selected: ReadonlySignal<ReadonlySet<string>>;
  isRun(mark: number): boolean;
  /** The run of a line, null for that of a group. */
  idAt(line: number): string | null;
}

/** What the table is computed from. */
export interface Known {
  frame: ReadonlySignal<Frame>;
  status: ReadonlySignal<Status>;
  life: ReadonlySignal<string>;
  view: ReadonlySignal<View>;
  selected: ReadonlySignal<readonly string[]>;
  book: SeriesBook;
  seriesRev: ReadonlySignal<number>;
}

export function createTable(state: Known): Table {
  const now = signal(Date.now());
  const narrow = signal(false);
  const lead = signal<readonly string[]>([]);
  const setting = <T>(read: (view: View) => T) => computed(() => read(state.view.value));
  const order = setting((view) => view.order);
  const tree = setting((view) => view.tree);
  const folded = setting((view) => view.collapsed);
  const pinned = setting((view) => view.pinned);
  const filter = setting((view) => view.filter);
  const chosen = setting((view) => view.columns);
  const experiments = setting((view) => view.experiments);
  const lifecycle = setting((view) => view.lifecycle);

  const group = setting((view) => view.group);
  const opened = setting((view) => view.opened);
  // As a text, so that another choice of other columns does not make another frame.
  const parts = setting((view) => JSON.stringify((view.columns ?? []).filter((name) => /^metrics\..*\./.test(name))));

  const kept = setting((view) => view.pinned_columns);
  const differing = setting((view) => view.differing);

  // Sorting running runs by how long they have been running needs no tick: they all grow alike.
  const frame = computed(() => {
    const plain = state.frame.value;
    // In a saved view nothing has been running since it was made.
    const until = state.life.value === "live" ? Date.now() : state.status.value.made_at || Date.now();
    const columns = new Map<string, Column>(plain.columns).set("duration", durations(plain, until));
    return withParts({ ...plain, columns }, JSON.parse(parts.value));
  });
  const known = computed(() => state.status.value.experiments);
  const scope = computed(() => inScope(state.frame.value, experiments.value, known.value, lifecycle.value));
  const scopeRows = computed(() => rowsOf(scope.value));
  const filtered = computed(() => {
    const text = filter.value;
    if (text.includes("at(")) state.seriesRev.value; // only then are histories asked
    return evaluate(frame.value, text, historyOf(state));
  });
  const found = computed(() => sortings(order.value));
  const readable = computed(() => found.value.filter((sorting) => sorting !== null));
  const inSequence = computed(() => {
    const clauses = order.value.filter((_, i) => found.value[i] !== null);
    if (clauses.some((clause) => clause.includes("at("))) state.seriesRev.value;
    return ordered(frame.value, clauses, { history: historyOf(state) });
  });
  const parent = computed(() => parents(state.frame.value));
  const match = computed(() => {
    const { mask } = filtered.value;
    if (!mask) return scope.value;
    const both = scope.value.slice();
    for (let row = 0; row < both.length; row++) both[row] &= mask[row];
    return both;
  });
  const matching = computed(() => rowsOf(match.value));
  const groups = computed((): readonly RunGroup[] => {
    if (group.value.length === 0) return [];
    const kept = match.value;
    const rows = inSequence.value.filter((row) => kept[row]);
    const by = readable.value[0];
    const column = by && cellsOf(frame.value, by.name);
    const found = grouped(frame.value, group.value, rows);
    return column && column.kind !== "text" ? byMean(found, column, by.descending) : found;
  });
  const shape = computed((): Shape => {
    const kept = new Set(pinned.value.map((id) => state.frame.value.rowOf.get(id) ?? -1));
    return { order: inSequence.value, match: match.value, scope: scope.value, parent: parent.value, folded: NOTHING, pinned: kept };
  });
  const lines = computed(() => {
    if (group.value.length > 0) return groupLines({ ...shape.value, folded: closed() }, groups.value, new Set(opened.value), tree.value);
    return tree.value ? nested({ ...shape.value, folded: closed() }) : flat(shape.value);
  });
  const closed = () => new Set(folded.value.map((id) => state.frame.value.rowOf.get(id) ?? -1));
  const inOrder = computed(() => {
    const all = new Set(groups.value.map(({ key }) => key));
    const open = group.value.length > 0 ? groupLines(shape.value, groups.value, all, tree.value) : (tree.value ? nested : flat)(shape.value);
    return matched(open, state.frame.value.ids);
  });
  const lineOf = computed(() => {
    const found = new Int32Array(state.frame.value.length).fill(-1);
    const { rows, marks } = lines.value;
    for (let line = 0; line < rows.length; line++) if (isRun(marks[line])) found[rows[line]] = line;
    return found;
  });
  const wanted = computed(() => {
    const names = arranged(chosen.value ?? automatic(frame.value, scopeRows.value, lead.value), kept.value);
    return names.filter((name) => frame.value.columns.has(name));
  });
  const columns = computed(() => {
    const rows = differing.value ? matching.value : [];
    if (rows.length < 2) return wanted.value;
    return wanted.value.filter((name) => name === NAME || spread(frame.value.columns.get(name)!, rows) === "differs");
  });
  const isArranged = computed(() => {
    const { rowOf } = state.frame.value;
    return group.value.length > 0 || pinned.value.some((id) => rowOf.has(id)) || (tree.value && parent.value.some((up) => up >= 0));
  });
  const shown = computed(() => {
    const { ids } = state.frame.value;
    if (group.value.length > 0) return groups.value.flatMap((group) => Array.from(group.rows, (row) => ids[row]));
    return matched(lines.value, ids);
  });
  const selected = computed(() => new Set(state.selected.value));
  const idAt = (line: number) => {
    const { rows, marks } = lines.peek();
    return line >= 0 && line < rows.length && isRun(marks[line]) ? state.frame.peek().ids[rows[line]] : null;
  };
  const computedFrom = { frame, scope, scopeRows, filtered, matching, sortings: readable, groups, lines, lineOf, chosen: wanted, columns, shown, inOrder, arranged: isArranged, selected };
  return { now, narrow, lead, ...computedFrom, isRun, idAt };
}

const isRun = (mark: number): boolean => !(mark & GROUP);
const NOTHING: ReadonlySet<number> = new Set();

/** The runs of the lines that match. */
function matched({ rows, marks }: Lines, ids: readonly string[]): string[] {
  const found: string[] = [];
  for (let line = 0; line < rows.length; line++) if (!(marks[line] & (CONTEXT | GROUP))) found.push(ids[rows[line]]);
  return found;
}

/** What `metrics.loss.at(100)` reads: the points that the browser has. */
export function historyOf(state: Pick<Known, "book">): (run: string, key: string) => History {
  return (run, key) => {
    const { step, time, value, length } = state.book.get(run, key) ?? NO_SERIES;
    return { step: step.subarray(0, length), timestamp: time.subarray(0, length), value: value.subarray(0, length) };
  };
}

const NONE = new Float64Array(0);
const NO_SERIES = { step: NONE, time: NONE, value: NONE, length: 0 };

function inScope(
  frame: Frame,
  chosen: readonly string[],
  known: readonly { id: string; stage: string }[],
  lifecycle: string,
): Uint8Array {
  const asked = new Set(chosen);
  const deleted = new Set(known.filter(({ stage }) => stage === "deleted").map(({ id }) => id));
  const experiment = mask(frame, "experiment_id", (id) => (asked.size > 0 ? asked.has(id) : !deleted.has(id)));
  if (lifecycle === "all") return experiment;
  const stage = mask(frame, "lifecycle_stage", (word) => word === lifecycle);
  return experiment.map((inside, row) => inside & stage[row]);
}

/** Where the column is missing, rows pass. */
function mask(frame: Frame, name: string, passes: (word: string) => boolean): Uint8Array {
  const column = frame.columns.get(name);
  if (column?.kind !== "text") return new Uint8Array(frame.length).fill(1);
  const words = column.words.map((word) => +passes(word));
  return Uint8Array.from(column.codes, (code) => (code < 0 ? 1 : words[code]));
}

function rowsOf(inside: Uint8Array): Uint32Array {
  const rows = new Uint32Array(inside.length);
  let n = 0;
  for (let row = 0; row < inside.length; row++) if (inside[row]) rows[n++] = row;
  return rows.subarray(0, n);
}

/** What a run is called where it has no name. */
export function nameOf(frame: Frame, row: number): string {
  return text(frame, NAME, row) || text(frame, "tags.mlflow.runName", row) || frame.ids[row].slice(0, 8);
}
