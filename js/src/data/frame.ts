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
  if (news.length === 0 && gone.length === 0) return old;
  const left = new Set(gone);
  // A row of the old frame as it is, one of the news as -1 - row.
  const places = new Int32Array(old.length + news.length);
  let n = 0;
  old.ids.forEach((id, row) => {
    if (!left.has(id)) places[n++] = news.rowOf.has(id) ? -1 - news.rowOf.get(id)! : row;
  });
  news.ids.forEach((id, row) => {
    if (!old.rowOf.has(id)) places[n++] = -1 - row;
  });
  const columns = new Map<string, Column>();
  for (const name of new Set([...old.columns.keys(), ...news.columns.keys()])) {
    columns.set(name, mergeColumn(old.columns.get(name), news.columns.get(name), places.subarray(0, n)));
  }
  return frameOf(n, columns);
}

function mergeColumn(old: Column | undefined, news: Column | undefined, places: Int32Array): Column {
  const kind = (news ?? old)!.kind;
  if (kind === "text") return mergeText(old as TextColumn | undefined, news as TextColumn | undefined, places);
  const n = places.length;
  const names = kind === "metric" ? METRIC_ARRAYS : (["values"] as const);
  const missing = put(new Uint8Array(n).fill(1), old as MetricColumn | undefined, news as MetricColumn | undefined, "missing", places);
  const parts = Object.fromEntries(
    names.map((name) => [name, put(new Float64Array(n).fill(NaN), old as MetricColumn | undefined, news as MetricColumn | undefined, name, places)]),
  );
  return { kind, missing, ...parts } as unknown as Column;
}

function put<T extends Uint8Array | Float64Array>(into: T, old: MetricColumn | undefined, news: MetricColumn | undefined, name: keyof Omit<MetricColumn, "kind">, places: Int32Array): T {
  const [before, after] = [old?.[name], news?.[name]];
  for (let i = 0; i < places.length; i++) {
    const place = places[i];
    const from = place < 0 ? after : before;
    if (from) into[i] = from[place < 0 ? -1 - place : place];
  }
  return into;
}

const FEW = 100;

function mergeText(old: TextColumn | undefined, news: TextColumn | undefined, places: Int32Array): TextColumn {
  let words = old?.words ?? [];
  // To look for a few words among very many is cheaper than to make an index of all.
  const index = news && news.words.length > FEW ? new Map(words.map((word, code) => [word, code])) : null;
  const recoded = news?.words.map((word) => {
    const code = index ? (index.get(word) ?? -1) : words.indexOf(word);
    if (code >= 0) return code;
    if (words === old?.words) words = [...words];
    return words.push(word) - 1;
  });
  const codes = new Int32Array(places.length);
  for (let i = 0; i < codes.length; i++) {
    const place = places[i];
    if (place >= 0) codes[i] = old ? old.codes[place] : -1;
    else {
      const code = news ? news.codes[-1 - place] : -1;
      codes[i] = code < 0 ? -1 : recoded![code];
    }
  }
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
