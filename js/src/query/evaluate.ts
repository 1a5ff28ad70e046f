/** Which rows of a frame does a tree keep? The rules for missing cells and NaN are those of nbtrack/query/evaluate.py. */

import type { Column as Cells, Frame, MetricColumn, NumberColumn, TextColumn } from "../data/frame";
import { DURATION } from "./columns";
import { directionsByRow } from "./direction";
import { fold, matcher } from "./like";
import { searcher } from "./pattern";
import { nearest } from "./suggest";
import { nameOf, PARTS, QueryError, type Column, type Node, type Part, type Value } from "./tree";
import { DAY } from "./values";
import { folded, numbers } from "./words";

/** One metric's points, as far as the browser has them. */
export interface History {
  step: ArrayLike<number>;
  timestamp: ArrayLike<number>;
  value: ArrayLike<number>;
}

/** What a tree is asked about: the rows, the moment of asking (ms), and where a whole history is read. */
export interface Place {
  frame: Frame;
  now: number;
  history?: ((runId: string, key: string) => History) | undefined;
}

type Mask = Uint8Array;

/** 1 for each row that the tree keeps. */
export function evaluate(node: Node, place: Place): Mask {
  switch (node.is) {
    case "and":
      return node.nodes.map((inside) => evaluate(inside, place)).reduce((a, b) => fill(a, (row) => a[row] & b[row]));
    case "or":
      return node.nodes.map((inside) => evaluate(inside, place)).reduce((a, b) => fill(a, (row) => a[row] | b[row]));
    case "not": {
      const kept = evaluate(node.node, place);
      return fill(kept, (row) => kept[row] ^ 1);
    }
    case "null": {
      const kept = present(cells(node.column, place));
      return node.negated ? kept : fill(kept, (row) => kept[row] ^ 1);
    }
    case "within":
      return within(cells(node.column, place), node.values, node.negated, place.now);
    case "compare":
      return compare(cells(node.column, place), node.op, node.value, place.now);
  }
}

function fill(mask: Mask, at: (row: number) => number): Mask {
  for (let row = 0; row < mask.length; row++) mask[row] = at(row);
  return mask;
}

/** The cells that a column of a filter stands for. One that no run has is missing everywhere. */
export function cells(column: Column, place: Place): Cells {
  const { frame } = place;
  if (column.family === "metrics") return metric(column, place);
  if (column.family === "attributes" && column.key === DURATION) return durations(frame);
  const held = frame.columns.get(nameOf(column));
  if (held === undefined && column.family === "dataset") {
    const message = `These runs were read without their datasets, so ${nameOf(column)} cannot be asked here.`;
    throw new QueryError(message, column.start, column.end);
  }
  return held ?? nothing(frame.length);
}

function nothing(length: number): NumberColumn {
  return { kind: "number", values: new Float64Array(length).fill(NaN), missing: new Uint8Array(length).fill(1) };
}

function durations(frame: Frame): NumberColumn {
  const [start, end] = [frame.columns.get("start_time"), frame.columns.get("end_time")];
  const found = nothing(frame.length);
  if (start?.kind !== "number" || end?.kind !== "number") return found;
  for (let row = 0; row < frame.length; row++) {
    found.values[row] = end.values[row] - start.values[row];
    found.missing[row] = start.missing[row] | end.missing[row];
  }
  return found;
}

/** A metric whose own name ends in .min wins over the minimum of a shorter one. */
function metric(column: Column, place: Place): Cells {
  const { columns, length } = place.frame;
  const held = columns.get(nameOf(column));
  if (column.part === null && held === undefined && !column.quoted) {
    const [key, part] = keyAndPart(column.key);
    const whole = columns.get(`metrics.${key}`);
    if (part !== null && whole !== undefined) return partOf(whole, key, part, place.frame, column);
  }
  if (held === undefined) return nothing(length);
  if (column.part === "at") return atStep(column, held, place);
  return column.part === null ? held : partOf(held, column.key, column.part, place.frame, column);
}

function keyAndPart(typed: string): [key: string, part: Part | null] {
  const dot = typed.lastIndexOf(".");
  const part = typed.slice(dot + 1);
  return dot >= 0 && (PARTS as readonly string[]).includes(part) ? [typed.slice(0, dot), part as Part] : [typed, null];
}

function partOf(held: Cells, key: string, part: Part, frame: Frame, column: Column): Cells {
  if (held.kind !== "metric" || part === "last" || part === "at") return held;
  return part === "best" ? bestOf(held, key, frame, column) : { kind: "number", values: held[part], missing: held.missing };
}

/** The least or greatest of each run's history, by its own direction; missing where none is known. */
function bestOf(held: MetricColumn, key: string, frame: Frame, column: Column): Cells {
  const wayOf = directionsByRow(frame, key);
  const ways = Array.from({ length: frame.length }, (_, row) => wayOf(row));
  if (frame.length > 0 && ways.every((way) => way === null)) {
    const message = `Which value of ${key} is the best is not known. Ask for .min or .max, or say it when tracking: -m ${key}:min.`;
    throw new QueryError(message, column.start, column.end);
  }
  const values = Float64Array.from(ways, (way, row) => (way === null ? NaN : held[way][row]));
  return { kind: "number", values, missing: Uint8Array.from(ways, (way, row) => held.missing[row] || +(way === null)) };
}

/** The value at one step; of several at it, the one with the latest clock, then the greatest. */
function atStep(column: Column, held: Cells, place: Place): Cells {
  if (place.history === undefined) {
    const asked = `${nameOf(column)}.at(${column.step})`;
    const message = `${asked} needs whole histories, which are not at hand here. Ask for .first, .last, .min or .max.`;
    throw new QueryError(message, column.start, column.end);
  }
  const found = nothing(place.frame.length);
  const there = present(held);
  for (let row = 0; row < there.length; row++) {
    if (!there[row]) continue;
    const { step, timestamp, value } = place.history(place.frame.ids[row], column.key);
    let best = -1;
    for (let i = 0; i < step.length; i++) {
      if (step[i] !== column.step) continue;
      if (best < 0 || timestamp[i] > timestamp[best] || (timestamp[i] === timestamp[best] && value[i] > value[best])) best = i;
    }
    if (best >= 0) [found.values[row], found.missing[row]] = [value[best], 0];
  }
  return found;
}

function present(held: Cells): Mask {
  if (held.kind === "text") return spread(held, () => true);
  return fill(new Uint8Array(held.missing.length), (row) => held.missing[row] ^ 1);
}

function compare(held: Cells, op: string, value: Value, now: number): Mask {
  if (held.kind === "text") {
    const isNumber = typeof value === "number" || typeof value === "bigint";
    return spread(held, isNumber ? numberTest(held, op, value) : wordTest(held, op, value as string));
  }
  if (typeof value === "string" || typeof value === "bigint") return new Uint8Array(held.values.length);
  if (typeof value === "object" && "day" in value) return comparedDay(held, op, value.day);
  return tested(held, op, instant(value, now));
}

/** A day is the whole day in each comparison: `<` is before it began, `<=` before it ended. A time of NaN is none. */
function comparedDay(held: NumberColumn | MetricColumn, op: string, start: number): Mask {
  if (op === "<" || op === ">=") return tested(held, op, start);
  if (op === "<=") return tested(held, "<", start + DAY);
  if (op === ">") return tested(held, ">=", start + DAY);
  const [after, before] = [tested(held, ">=", start), tested(held, "<", start + DAY)];
  return fill(after, (row) => (op === "=" ? after[row] & before[row] : after[row] ^ before[row]));
}

function instant(value: number | { now: number }, now: number): number {
  return typeof value === "number" ? value : now + value.now;
}

type Test = (a: number, b: number) => boolean;

const TESTS: Record<string, Test> = {
  "=": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

type Exact = (a: number | bigint, b: number | bigint) => boolean;

/** Doubles and whole numbers of any size compare by their values. */
const EXACT: Record<string, Exact> = {
  "=": (a, b) => a == b,
  "!=": (a, b) => a != b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

function tested({ values, missing }: NumberColumn | MetricColumn, op: string, wanted: number): Mask {
  const test = TESTS[op];
  const kept = new Uint8Array(values.length);
  for (let row = 0; row < kept.length; row++) if (!missing[row] && test(values[row], wanted)) kept[row] = 1;
  return kept;
}

function within(held: Cells, values: Value[], negated: boolean, now: number): Mask {
  if (held.kind === "text") return spread(held, withinWords(held, values, negated));
  const found = values.map((value) => compare(held, "=", value, now)).reduce((a, b) => fill(a, (row) => a[row] | b[row]));
  const wanted = negated ? 0 : 1;
  return fill(found, (row) => +(found[row] === wanted && !held.missing[row]));
}

function withinWords(held: TextColumn, values: Value[], negated: boolean): (code: number) => boolean {
  const words = new Set(values.filter((value) => typeof value === "string"));
  const wanted = values.filter((value) => typeof value === "number" || typeof value === "bigint");
  if (wanted.length === 0) return (code) => words.has(held.words[code]) !== negated;
  const read = numbers(held.words);
  const listed = (code: number) => {
    const value = read.whole.get(code) ?? read.values[code];
    return read.spelled[code] === 1 && wanted.some((each) => EXACT["="](value, each));
  };
  // Where only numbers are listed, text that spells none matches neither IN nor NOT IN.
  if (words.size === 0) return (code) => read.spelled[code] === 1 && listed(code) !== negated;
  return (code) => (words.has(held.words[code]) || listed(code)) !== negated;
}

/** The answer for each row from the answer for each word; a missing cell's answer is no. */
function spread({ codes, words }: TextColumn, test: (code: number) => boolean): Mask {
  const answers = new Uint8Array(words.length);
  for (let code = 0; code < answers.length; code++) if (test(code)) answers[code] = 1;
  const kept = new Uint8Array(codes.length);
  for (let row = 0; row < kept.length; row++) if (codes[row] >= 0) kept[row] = answers[codes[row]];
  return kept;
}

function wordTest(held: TextColumn, op: string, value: string): (code: number) => boolean {
  if (op === "=") return (code) => held.words[code] === value;
  if (op === "!=") return (code) => held.words[code] !== value;
  const ignoreCase = op.endsWith("ILIKE");
  const words = ignoreCase ? folded(held.words) : held.words;
  const matches = op.endsWith("RLIKE") ? searcher(value)! : matcher(ignoreCase ? fold(value) : value); // the parser took the pattern
  const wanted = !op.startsWith("NOT");
  return (code) => matches(words[code]) === wanted;
}

/** Text that spells no number matches nothing, `!=` neither. */
function numberTest(held: TextColumn, op: string, wanted: number | bigint): (code: number) => boolean {
  const { values, spelled, whole } = numbers(held.words);
  if (whole.size === 0 && typeof wanted === "number") {
    const test = TESTS[op];
    return (code) => spelled[code] === 1 && test(values[code], wanted);
  }
  const test = EXACT[op];
  return (code) => spelled[code] === 1 && test(whole.get(code) ?? values[code], wanted);
}

/** The columns of a tree that no run of a filled frame has, each with the nearest one that some run has. */
export function unknown(node: Node, frame: Frame): { column: Column; nearest: string | null }[] {
  if (frame.length === 0) return [];
  if ("nodes" in node) return node.nodes.flatMap((inside) => unknown(inside, frame));
  if ("node" in node) return unknown(node.node, frame);
  const { column } = node;
  if (["attributes", "dataset", "bare"].includes(column.family) || known(column, frame)) return [];
  return [{ column, nearest: nearest(nameOf(column), frame.columns.keys()) }];
}

function known(column: Column, frame: Frame): boolean {
  if (frame.columns.has(nameOf(column))) return true;
  const [key, part] = keyAndPart(column.key);
  return column.family === "metrics" && part !== null && frame.columns.has(`metrics.${key}`);
}
