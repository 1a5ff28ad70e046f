/** Why does a run rank where it does? Its neighbors in the order of a metric, and the others, with what differs in params. */

import type { Direction } from "./directions";
import { number, text, type Frame } from "./frame";
import { numeric } from "./importance";
import { equal } from "./noise";

export interface Difference {
  /** The param's name. */
  param: string;
  own: string | null;
  other: string | null;
}

export interface Neighbor {
  run: string;
  value: number;
  /** Its place in the order, from 1. */
  place: number;
  differences: Difference[];
}

/** A param of the run beside what is usual among the others. */
export interface Unusual extends Difference {
  /** `other` is the median of numbers, or the most common text; so many of the others have exactly that. */
  kind: "median" | "most common";
  count: number;
}

export interface Rank {
  value: number;
  /** From 1; equal values share the first place of them. */
  place: number;
  /** Runs with a finite value, this one included. */
  total: number;
  /** Others with an equal value. */
  tied: number;
  /** The next better ones and the next worse ones, in order. */
  neighbors: Neighbor[];
  unusual: Unusual[];
}

/** Runs on either side. */
const BESIDE = 2;

/** Null where the run has no finite value, or no other run has one. `rows` may hold the run itself. */
export function rankOf(frame: Frame, rows: ArrayLike<number> & Iterable<number>, run: string, metric: string, direction: Direction): Rank | null {
  const own = frame.rowOf.get(run);
  if (own === undefined) return null;
  const sign = direction === "min" ? 1 : -1;
  const valueOf = (row: number) => number(frame, `metrics.${metric}`, row) ?? NaN;
  const value = valueOf(own);
  const order = [...new Set([...rows, own])].filter((row) => Number.isFinite(valueOf(row)));
  order.sort((a, b) => sign * (valueOf(a) - valueOf(b)) || +(b === own) - +(a === own));
  if (!Number.isFinite(value) || order.length < 2) return null;
  const at = order.indexOf(own);
  const firstOf = (row: number) => order.findIndex((other) => equal(valueOf(other), valueOf(row)));
  const params = [...frame.columns.keys()].filter((name) => name.startsWith("params."));
  const neighbors = [...order.slice(Math.max(0, at - BESIDE), at), ...order.slice(at + 1, at + 1 + BESIDE)].map((row) => ({
    run: frame.ids[row],
    value: valueOf(row),
    place: firstOf(row) + 1,
    differences: differences(frame, params, own, row),
  }));
  const others = order.filter((row) => row !== own);
  return {
    value,
    place: firstOf(own) + 1,
    total: order.length,
    tied: others.filter((row) => equal(valueOf(row), value)).length,
    neighbors,
    unusual: params.flatMap((name) => unusual(frame, name, own, others)),
  };
}

function differences(frame: Frame, params: readonly string[], own: number, other: number): Difference[] {
  return params.flatMap((name) => {
    const [mine, theirs] = [text(frame, name, own), text(frame, name, other)];
    return mine === theirs ? [] : [{ param: name.slice("params.".length), own: mine, other: theirs }];
  });
}

function unusual(frame: Frame, name: string, own: number, others: readonly number[]): Unusual[] {
  const mine = text(frame, name, own);
  const texts = others.map((row) => text(frame, name, row));
  const param = name.slice("params.".length);
  const numbers = numeric([mine, ...texts]);
  const known = numbers?.slice(1).filter((value) => value !== null) ?? [];
  if (numbers !== null && numbers[0] !== null && known.length > 0) {
    const sorted = known.toSorted((a, b) => a - b);
    const middle = sorted[Math.floor((sorted.length - 1) / 2)]; // one that a run has, so that its text can be shown
    const shown = texts[numbers.indexOf(middle, 1) - 1];
    if (equal(middle, numbers[0])) return [];
    return [{ param, own: mine, other: shown, kind: "median", count: known.filter((value) => equal(value, middle)).length }];
  }
  const counts = new Map<string | null, number>();
  for (const each of texts) counts.set(each, (counts.get(each) ?? 0) + 1);
  const [common, count] = [...counts].reduce((best, each) => (each[1] > best[1] ? each : best), [null, 0] as [string | null, number]);
  return common === mine ? [] : [{ param, own: mine, other: common, kind: "most common", count }];
}
