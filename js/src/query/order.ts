/**
 * In which order do the rows stand? As nbtrack/query/order.py has it: by the keys, then newest start first, then by run
 * id; in both directions values come before NaN and NaN before missing.
 *
 * Every key becomes one 64-bit number a row, sorted by radix: stable, and a hundred thousand rows take milliseconds.
 */

import type { Column as Cells, Frame } from "../data/frame";
import { cells, type Place } from "./evaluate";
import type { Column, Key } from "./tree";
import { comparison, numbers, ranks } from "./words";

// High words above +Infinity's 0xfff00000, so that these cells come after every value.
const NAN = 0xfff80000;
const OTHER = 0xfffc0000;
const MISSING = 0xffff0000;

interface Sorter {
  high: Uint32Array;
  low: Uint32Array;
}

/** Every row number, in order. */
export function arranged(keys: readonly Key[], place: Place): Uint32Array {
  let rows: Uint32Array = newestFirst(place).slice();
  for (const key of keys.toReversed()) rows = radix(rows, sorter(cells(key.column, place), key));
  return rows;
}

function attribute(key: string): Column {
  return { family: "attributes", key, part: null, step: null, quoted: false, start: 0, end: 0 };
}

const bases = new WeakMap<Frame, Uint32Array>();

/** By start time, then by run id. Few runs start in the same millisecond, so ids are compared only among those. */
function newestFirst(place: Place): Uint32Array {
  const { frame } = place;
  const known = bases.get(frame);
  if (known !== undefined) return known;
  const column = attribute("start_time");
  const by = sorter(cells(column, place), { column, descending: true, asNumber: false });
  const rows = radix(Uint32Array.from({ length: frame.length }, (_, row) => row), by).slice();
  for (let from = 0; from < rows.length; ) {
    let to = from + 1;
    while (to < rows.length && same(by, rows[from], rows[to])) to++;
    if (to - from > 1) sortByRunId(rows.subarray(from, to), frame);
    from = to;
  }
  bases.set(frame, rows);
  return rows;
}

function same(by: Sorter, a: number, b: number): boolean {
  return by.high[a] === by.high[b] && by.low[a] === by.low[b];
}

/** A frame without run ids, as a test may have, keeps the order of its rows. */
function sortByRunId(rows: Uint32Array, { ids }: Frame): void {
  if (ids.length === 0) return;
  const compare = comparison(Array.from(rows, (row) => ids[row]));
  rows.sort((a, b) => compare(ids[a], ids[b]) || a - b);
}

const double = new Float64Array(1);
const halves = new Uint32Array(double.buffer);

/** Put the bits of `value` so that comparing them as whole numbers compares the values. */
function put(by: Sorter, row: number, value: number): void {
  double[0] = value + 0; // -0 becomes 0
  const negative = halves[1] >>> 31;
  by.high[row] = negative ? ~halves[1] : halves[1] | 0x80000000;
  by.low[row] = negative ? ~halves[0] : halves[0];
}

function sorter(held: Cells, key: Key): Sorter {
  const length = held.kind === "text" ? held.codes.length : held.values.length;
  const by = { high: new Uint32Array(length), low: new Uint32Array(length) };
  const sign = key.descending ? -1 : 1;
  if (held.kind === "text") {
    const words = { high: new Uint32Array(held.words.length), low: new Uint32Array(held.words.length) };
    (key.asNumber ? putNumbers : putRanks)(words, held.words, sign);
    for (let row = 0; row < length; row++) {
      const code = held.codes[row];
      by.high[row] = code < 0 ? MISSING : words.high[code];
      by.low[row] = code < 0 ? 0 : words.low[code];
    }
    return by;
  }
  for (let row = 0; row < length; row++) {
    const value = held.values[row];
    if (held.missing[row]) by.high[row] = MISSING;
    else if (Number.isNaN(value)) by.high[row] = NAN;
    else put(by, row, sign * value);
  }
  return by;
}

function putRanks(by: Sorter, words: readonly string[], sign: number): void {
  const rank = ranks(words);
  for (let code = 0; code < words.length; code++) put(by, code, sign * rank[code]);
}

/** Numbers by value, NaN, then other text by its letters. */
function putNumbers(by: Sorter, words: readonly string[], sign: number): void {
  const { values, spelled } = numbers(words);
  const rank = ranks(words);
  for (let code = 0; code < words.length; code++) {
    if (!spelled[code]) [by.high[code], by.low[code]] = [OTHER, sign < 0 ? ~rank[code] : rank[code]];
    else if (Number.isNaN(values[code])) by.high[code] = NAN;
    else put(by, code, sign * values[code]);
  }
}

/** `rows` sorted by their keys, equal ones in the order they had. */
function radix(rows: Uint32Array, by: Sorter): Uint32Array {
  const { length } = rows;
  let from = rows;
  let to: Uint32Array = new Uint32Array(length);
  const spare: Uint32Array = new Uint32Array(length);
  const counts = new Uint32Array(0x10000);
  for (const [half, shift] of [[by.low, 0], [by.low, 16], [by.high, 0], [by.high, 16]] as const) {
    counts.fill(0);
    for (let i = 0; i < length; i++) counts[(half[i] >>> shift) & 0xffff]++;
    if (length === 0 || counts[(half[0] >>> shift) & 0xffff] === length) continue;
    let sum = 0;
    for (let digit = 0; digit < counts.length; digit++) {
      const count = counts[digit];
      counts[digit] = sum;
      sum += count;
    }
    for (let i = 0; i < length; i++) to[counts[(half[from[i]] >>> shift) & 0xffff]++] = from[i];
    // `rows` belongs to the caller and is never written.
    [from, to] = [to, from === rows ? spare : from];
  }
  return from;
}
