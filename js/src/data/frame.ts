/** How are many runs held in the browser? As columns, like nbtrack/frame.py: names, kinds and missing values are the same. */

import type { Pack, TypedArray } from "./pack";

/** `codes` index `words`; -1 is missing. */
export interface TextColumn {
  kind: "text";
  codes: Int32Array;
  words: string[];
}

/** `missing[row]` is 1 where there is no value; NaN is a value. Times are numbers in ms since 1970. */
export interface NumberColumn {
  kind: "number";
  values: Float64Array;
  missing: Uint8Array;
}

/** `values` holds the displayed (last) value of each run's history; `step` its step. */
export interface MetricColumn {
  kind: "metric";
  values: Float64Array;
  missing: Uint8Array;
  step: Float64Array;
  min: Float64Array;
  max: Float64Array;
  first: Float64Array;
  count: Float64Array;
}

export type Column = TextColumn | NumberColumn | MetricColumn;

export interface Frame {
  length: number;
  columns: ReadonlyMap<string, Column>;
  /** Run ids in row order, and back. */
  ids: readonly string[];
  rowOf: ReadonlyMap<string, number>;
}

export interface FrameHeader {
  length: number;
  columns: { name: string; kind: Column["kind"]; words?: string[]; arrays: Record<string, number> }[];
}

export const METRIC_ARRAYS = ["values", "step", "min", "max", "first", "count"] as const;
export const EMPTY: Frame = { length: 0, columns: new Map(), ids: [], rowOf: new Map() };

export function frameOf(length: number, columns: ReadonlyMap<string, Column>): Frame {
  const ids: string[] = [];
  const column = columns.get("run_id");
  if (column?.kind === "text") for (const code of column.codes) ids.push(column.words[code]);
  return { length, columns, ids, rowOf: new Map(ids.map((id, row) => [id, row])) };
}

export function readFrame(pack: Pack<FrameHeader>): Frame {
  const columns = new Map<string, Column>();
  for (const { name, kind, words, arrays } of pack.header.columns) {
    const array = (key: string): TypedArray => pack.arrays[arrays[key]];
    if (kind === "text") columns.set(name, { kind, words: words ?? [], codes: array("codes") as Int32Array });
    else {
      const missing = array("missing") as Uint8Array;
      if (kind === "number") columns.set(name, { kind, values: array("values") as Float64Array, missing });
      else {
        const parts = Object.fromEntries(METRIC_ARRAYS.map((key) => [key, array(key) as Float64Array]));
        columns.set(name, { kind, missing, ...parts } as MetricColumn);
      }
    }
  }
  return frameOf(pack.header.length, columns);
}

/** The old frame with the rows of `news` put in place of those with the same run id, new ones at the end, `gone` left out. */
export function merge(old: Frame, news: Frame, gone: readonly string[] = []): Frame {
  const left = new Set(gone);
  const places: [from: 0 | 1, row: number][] = [];
  old.ids.forEach((id, row) => {
    if (!left.has(id)) places.push(news.rowOf.has(id) ? [1, news.rowOf.get(id)!] : [0, row]);
  });
  news.ids.forEach((id, row) => {
    if (!old.rowOf.has(id)) places.push([1, row]);
  });
  const columns = new Map<string, Column>();
  for (const name of new Set([...old.columns.keys(), ...news.columns.keys()])) {
    columns.set(name, mergeColumn([old.columns.get(name), news.columns.get(name)], places));
  }
  return frameOf(places.length, columns);
}

function mergeColumn(sources: [Column | undefined, Column | undefined], places: [0 | 1, number][]): Column {
  const kind = (sources[1] ?? sources[0])!.kind;
  if (kind === "text") return mergeText(sources as [TextColumn | undefined, TextColumn | undefined], places);
  const n = places.length;
  const missing = new Uint8Array(n).fill(1);
  const names = kind === "metric" ? METRIC_ARRAYS : (["values"] as const);
  const parts = Object.fromEntries(names.map((name) => [name, new Float64Array(n).fill(NaN)]));
  places.forEach(([from, row], i) => {
    const source = sources[from] as MetricColumn | undefined;
    if (!source) return;
    missing[i] = source.missing[row];
    for (const name of names) parts[name][i] = source[name][row];
  });
  return { kind, missing, ...parts } as unknown as Column;
}

function mergeText(sources: [TextColumn | undefined, TextColumn | undefined], places: [0 | 1, number][]): TextColumn {
  const words = [...(sources[0]?.words ?? [])];
  const codeOf = new Map(words.map((word, code) => [word, code]));
  const recoded = sources[1]?.words.map((word) => {
    let code = codeOf.get(word);
    if (code === undefined) {
      code = words.push(word) - 1;
      codeOf.set(word, code);
    }
    return code;
  });
  const codes = Int32Array.from(places, ([from, row]) => {
    const code = sources[from]?.codes[row] ?? -1;
    return from === 0 || code < 0 ? code : recoded![code];
  });
  return { kind: "text", codes, words };
}

/** A text cell, or null where it is missing. */
export function text(frame: Frame, name: string, row: number): string | null {
  const column = frame.columns.get(name);
  if (column?.kind !== "text" || column.codes[row] < 0) return null;
  return column.words[column.codes[row]];
}

/** A number cell (a metric's displayed value), or null where it is missing. */
export function number(frame: Frame, name: string, row: number): number | null {
  const column = frame.columns.get(name);
  if (column === undefined || column.kind === "text" || column.missing[row]) return null;
  return column.values[row];
}
