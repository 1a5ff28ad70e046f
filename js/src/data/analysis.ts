/** How do columns become axes: of numbers, plain or by their logarithm, or of words one beside the other? */

import { inNaturalOrder } from "./categories";
import { label } from "./columns";
import type { Direction } from "./directions";
import { evenTicks, timeTicks } from "./ticks";
import { text, type Frame } from "./frame";
import { numeric } from "./importance";
import { SYSTEM } from "./sections";

export interface Axis {
  name: string;
  label: string;
  /** By place in the rows given; the number of the word on an axis of words; null where missing. */
  values: (number | null)[];
  /** The words of an axis of words, else null. */
  words: string[] | null;
  log: boolean;
  min: number;
  max: number;
  /** Of params and tags: each value as it was logged, which "0.10" is not as a number. */
  texts?: readonly (string | null)[];
  /** It counts: there is nothing between whole numbers. */
  whole?: boolean;
}

export function axisOf(frame: Frame, name: string, rows: ArrayLike<number>): Axis | null {
  const column = frame.columns.get(name);
  if (!column) return null;
  const all = Array.from(rows);
  const texts = column.kind === "text" ? all.map((row) => text(frame, name, row)) : null;
  const numbers = texts
    ? numeric(texts)
    : all.map((row) => (column.kind === "text" || column.missing[row] || !Number.isFinite(column.values[row]) ? null : column.values[row]));
  if (numbers === null || (texts && numbers.every((value) => value === null))) return ofWords(name, texts!);
  const held = numbers.filter((value) => value !== null);
  const min = held.reduce((low, value) => Math.min(low, value), Infinity);
  const max = held.reduce((high, value) => Math.max(high, value), -Infinity);
  if (held.length === 0) return { name, label: label(name), values: numbers, words: null, log: false, min: 0, max: 1 };
  return { name, label: label(name), values: numbers, words: null, log: min > 0 && max / min >= 100, min, max, ...(texts && { texts }) };
}

/** How a value is written in the store, where it is written in one way only. */
export function writtenAs(axis: Axis, value: number): string | null {
  const forms = new Set(axis.texts?.filter((_, at) => axis.values[at] === value));
  return forms.size === 1 ? [...forms][0] : null;
}

function ofWords(name: string, texts: (string | null)[]): Axis {
  const words = inNaturalOrder(texts.filter((word) => word !== null));
  const place = new Map(words.map((word, at) => [word, at]));
  const values = texts.map((word) => (word === null ? null : place.get(word)!));
  return { name, label: label(name), values, words, log: false, min: 0, max: Math.max(1, words.length - 1) };
}

/** From 0 to 1 along the axis. */
export function share({ min, max, log, words }: Axis, value: number): number {
  if (words?.length === 1 || max === min) return 0.5;
  const to = log ? Math.log10 : (x: number) => x;
  return (to(value) - to(min)) / (to(max) - to(min));
}

/** The value at a share of the axis. */
export function valueAt({ min, max, log }: Axis, part: number): number {
  return log ? 10 ** (Math.log10(min) + part * (Math.log10(max) - Math.log10(min))) : min + part * (max - min);
}

const MOST_WORDS = 24;

/** So few values of a param are themselves the ticks. */
const FEW_VALUES = 8;

/** Round values along the axis, or its words, or the few values that a param has. */
export function ticksOf(axis: Axis, most = 5): number[] {
  const { min, max, log, words } = axis;
  if (words) return words.map((_, at) => at).filter((at) => at % Math.ceil(words.length / MOST_WORDS) === 0);
  const own = axis.texts ? distinctOf(axis) : [];
  if (own.length > 1 && own.length <= FEW_VALUES) return apart(axis, own, 1 / (2 * most));
  if (min === max) return [min];
  if (log) {
    const first = Math.ceil(Math.log10(min) - 1e-9);
    const decades = Array.from({ length: Math.floor(Math.log10(max) + 1e-9) - first + 1 }, (_, i) => 10 ** (first + i));
    return decades.filter((_, i) => i % Math.ceil(decades.length / most) === 0);
  }
  return axis.name.endsWith("_time") ? timeTicks(min, max, most) : evenTicks(min, max, most + 1, axis.whole ? 1 : 0);
}

const distinctOf = (axis: Axis) => [...new Set(axis.values.filter((value) => value !== null))].sort((a, b) => a - b);

/** Those of ascending values that have room beside the ones before them. */
function apart(axis: Axis, values: readonly number[], room: number): number[] {
  const kept: number[] = [];
  for (const value of values) if (kept.length === 0 || share(axis, value) - share(axis, kept[kept.length - 1]) >= room) kept.push(value);
  return kept;
}

/** Params that vary and metrics that do, the machine's own left out; those that most runs have first, then by name. */
export function varying(frame: Frame, rows: ArrayLike<number>): { params: string[]; metrics: string[] } {
  const count = new Map<string, number>();
  const held = (name: string) => count.get(name) ?? count.set(name, axisOf(frame, name, rows)!.values.filter((value) => value !== null).length).get(name)!;
  const own = [...frame.columns.keys()].filter((name) => /^(params|metrics)\./.test(name));
  const names = own.sort((a, b) => held(b) - held(a) || (a < b ? -1 : 1));
  const varies = (name: string) => {
    const axis = axisOf(frame, name, rows)!;
    return axis.values.some((value) => value !== axis.values[0]);
  };
  return {
    params: names.filter((name) => name.startsWith("params.") && varies(name)),
    metrics: names.filter((name) => name.startsWith("metrics.") && !name.startsWith(`metrics.${SYSTEM}/`) && varies(name)),
  };
}

/** Has it two values or more? What a single run has, such as the best score of a search, tells no runs apart. */
export function isOfSeveral(frame: Frame, name: string, rows: ArrayLike<number>): boolean {
  const known = axisOf(frame, name, rows)!.values.filter((value) => Number.isFinite(value));
  return known.some((value) => value !== known[0]);
}

/** The metric that most likely says how good a run is: one that has a best, of held-out data first, then one that is to grow. */
export function chosenMetric(columns: readonly string[], direction: (metric: string) => Direction | null): string | null {
  const names = columns.map((name) => name.replace(/^metrics\./, ""));
  const heldOut = (name: string) => /^(val|test|eval)/i.test(name);
  const ways = ["max", "min", null];
  const rank = (name: string) => 4 * +(direction(name) === null) + 2 * +!heldOut(name) + ways.indexOf(direction(name)) / 2;
  return [...names].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))[0] ?? null;
}

/** The least, the quartiles and the largest of at least one number. */
export function quartiles(values: readonly number[]): [number, number, number, number, number] {
  const held = Float64Array.from(values).sort();
  const at = (part: number) => {
    const place = part * (held.length - 1);
    const low = Math.floor(place);
    return held[low] + (place - low) * ((held[low + 1] ?? held[low]) - held[low]);
  };
  return [at(0), at(0.25), at(0.5), at(0.75), at(1)];
}

/** Distinct values where they are few, else even intervals: where two columns meet in cells. */
export function cellsAlong(axis: Axis): { labels: number[]; cell: (value: number) => number; words: string[] | null } {
  const INTERVALS = 8;
  if (axis.words) return { labels: axis.words.map((_, at) => at), cell: (value) => value, words: axis.words };
  const distinct = distinctOf(axis);
  if (distinct.length <= 12) return { labels: distinct, cell: (value) => distinct.indexOf(value), words: null };
  const labels = Array.from({ length: INTERVALS }, (_, at) => valueAt(axis, (at + 0.5) / INTERVALS));
  return { labels, cell: (value) => Math.min(INTERVALS - 1, Math.floor(share(axis, value) * INTERVALS)), words: null };
}
