/** What does the runs table show? Everything here is computed: from the frame, the status and the view, in the browser. */

import { computed, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import { automatic, durations, NAME } from "../data/columns";
import { text, type Column, type Frame } from "../data/frame";
import { inOrder, readKey, sorted, type Key } from "../data/order";
import { flat, nested, parents, type Lines } from "../data/tree";
import { evaluate, type Filtered } from "./filter";
import type { State } from "./state";

/** As many runs are drawn when none is selected. */
const DRAWN_UNASKED = 8;

export interface Table {
  /** Ticks while runs are running; set by whoever shows the table. */
  now: Signal<number>;
  /** The frame with `duration` as one more column. */
  frame: ReadonlySignal<Frame>;
  /** 1 for the rows of the chosen experiments and lifecycle. */
  scope: ReadonlySignal<Uint8Array>;
  scopeRows: ReadonlySignal<Uint32Array>;
  filtered: ReadonlySignal<Filtered>;
  keys: ReadonlySignal<Key[]>;
  lines: ReadonlySignal<Lines>;
  /** The line of each row, -1 where it is not shown. */
  lineOf: ReadonlySignal<Int32Array>;
  /** Visible columns in order, the name first. */
  columns: ReadonlySignal<string[]>;
  selected: ReadonlySignal<ReadonlySet<string>>;
  /** The runs that charts draw: the selection, else the first ones shown; hidden ones left out. */
  drawn: ReadonlySignal<readonly string[]>;
}

/** A frame seldom changes its shape; rows by start time need sorting only once for each. */
const bases = new WeakMap<Frame, Uint32Array>();

export function createTable(state: Omit<State, "table">): Table {
  const now = signal(Date.now());
  const setting = <T>(read: (view: State["view"]["value"]) => T) => computed(() => read(state.view.value));
  const order = setting((view) => view.order);
  const tree = setting((view) => view.tree);
  const folded = setting((view) => view.collapsed);
  const pinned = setting((view) => view.pinned);
  const filter = setting((view) => view.filter);
  const chosen = setting((view) => view.columns);
  const experiments = setting((view) => view.experiments);
  const lifecycle = setting((view) => view.lifecycle);
  const hidden = setting((view) => view.hidden);

  // Sorting running runs by how long they have been running needs no tick: they all grow alike.
  const frame = computed(() => {
    const plain = state.frame.value;
    const columns = new Map<string, Column>(plain.columns).set("duration", durations(plain, Date.now()));
    return { ...plain, columns };
  });
  const known = computed(() => state.status.value.experiments);
  const scope = computed(() => inScope(state.frame.value, experiments.value, known.value, lifecycle.value));
  const scopeRows = computed(() => rowsOf(scope.value));
  const filtered = computed(() => evaluate(frame.value, filter.value));
  const keys = computed(() => order.value.map(readKey).filter((key): key is Key => key !== null));
  const inSequence = computed(() => {
    const plain = state.frame.value;
    let base = bases.get(plain);
    if (!base) bases.set(plain, (base = inOrder(plain)));
    return sorted(frame.value, keys.value, base);
  });
  const parent = computed(() => parents(state.frame.value));
  const lines = computed(() => {
    const { mask } = filtered.value;
    const match = mask ? scope.value.map((inside, row) => inside & mask[row]) : scope.value;
    const rows = (ids: readonly string[]) => new Set(ids.map((id) => state.frame.value.rowOf.get(id) ?? -1));
    const shape = { order: inSequence.value, match, scope: scope.value, parent: parent.value };
    return (tree.value ? nested : flat)({ ...shape, folded: rows(folded.value), pinned: rows(pinned.value) });
  });
  const lineOf = computed(() => {
    const found = new Int32Array(state.frame.value.length).fill(-1);
    lines.value.rows.forEach((row, line) => (found[row] = line));
    return found;
  });
  const columns = computed(() => {
    const columns = chosen.value ?? automatic(frame.value, scopeRows.value);
    return [NAME, ...columns.filter((name) => name !== NAME && frame.value.columns.has(name))];
  });
  const drawn = computed(() => {
    const away = new Set(hidden.value);
    if (state.selected.value.length > 0) return state.selected.value.filter((id) => !away.has(id));
    const ids = Array.from(lines.value.rows.subarray(0, DRAWN_UNASKED + away.size), (row) => state.frame.value.ids[row]);
    return ids.filter((id) => !away.has(id)).slice(0, DRAWN_UNASKED);
  });
  const selected = computed(() => new Set(state.selected.value));
  return { now, frame, scope, scopeRows, filtered, keys, lines, lineOf, columns, selected, drawn };
}

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
