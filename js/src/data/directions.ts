/** Which way is a metric better, and which value of its history does a column show? */

import { directionOf as directionOfKey, tagged, written, type Direction } from "../query";
import { numbers } from "../query/words";
import type { Column, Frame } from "./frame";

export type { Direction };

/** `name` is a column's, such as metrics.loss or metrics.loss.max. */
export function directionOf(frame: Frame, set: Readonly<Record<string, string>>, name: string): Direction | null {
  const { key } = metricOf(frame, name);
  return directionOfKey(frame, key, set);
}

/** Do the runs themselves say it? Then nothing that is set here changes it. */
export function isTold(frame: Frame, name: string): boolean {
  const ways = tagged(frame, metricOf(frame, name).key);
  return ways.length === 1 && ways[0] !== "none";
}

export const PARTS = ["last", "min", "max", "first"] as const;
export type Part = (typeof PARTS)[number];

/** The metric that a column shows, and what of its history. A metric whose own name ends in .min is itself. */
export function metricOf(frame: Frame, name: string): { key: string; part: Part } {
  const key = name.slice("metrics.".length);
  const dot = key.lastIndexOf(".");
  const part = key.slice(dot + 1) as Part;
  const own = frame.columns.get(name)?.kind === "metric";
  if (own || dot < 0 || !PARTS.includes(part) || frame.columns.get(`metrics.${key.slice(0, dot)}`)?.kind !== "metric") {
    return { key, part: "last" };
  }
  return { key: key.slice(0, dot), part };
}

/** The frame with a column for each `metrics.loss.min` among the names. */
export function withParts(frame: Frame, names: readonly string[]): Frame {
  const columns = new Map(frame.columns);
  for (const name of names) {
    if (!name.startsWith("metrics.") || columns.has(name)) continue;
    const { key, part } = metricOf(frame, name);
    const whole = frame.columns.get(`metrics.${key}`);
    if (whole?.kind !== "metric") continue;
    const values = part === "last" ? whole.values : whole[part];
    if (name !== `metrics.${key}`) columns.set(name, { kind: "number", values, missing: whole.missing });
  }
  return columns.size === frame.columns.size ? frame : { ...frame, columns };
}

/** The cells of a column, or of a part of a metric that is no column of its own. */
export function cellsOf(frame: Frame, name: string): Column | undefined {
  return withParts(frame, [name]).columns.get(name);
}

/** A column's name as a filter and an order spell it. */
export function spelled(frame: Frame, name: string): string {
  if (!name.startsWith("metrics.")) return written(name);
  const { key, part } = metricOf(frame, name);
  return part === "last" ? written(name) : `${written(`metrics.${key}`)}.${part}`;
}

/** What an order says to sort by the column: params and tags that are numbers for the most part, as numbers. */
export function sortedBy(frame: Frame, name: string): string {
  const column = frame.columns.get(name);
  if (!/^(params|tags)\./.test(name) || column?.kind !== "text" || column.words.length === 0) return spelled(frame, name);
  const numeric = numbers(column.words).spelled.reduce((sum, each) => sum + each, 0);
  return 2 * numeric > column.words.length ? `number(${spelled(frame, name)})` : spelled(frame, name);
}
