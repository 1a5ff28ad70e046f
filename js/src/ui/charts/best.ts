/** Which run is the best one at a metric, and where? */

import { number, type Frame, type MetricColumn } from "../../data/frame";
import { SYSTEM } from "../../data/sections";
import { direction } from "../../query/direction";
import type { DrawnLine } from "./assemble";

/** Settings and the machine's own measures have no best. */
const NEUTRAL = /(^|[^a-z])(lr|learning_rate|epoch|step|steps|iteration|iterations|grad|gradient|norm|momentum)([^a-z]|$)/i;

export function hasBest(metric: string): boolean {
  return !metric.startsWith(`${SYSTEM}/`) && !NEUTRAL.test(metric);
}

export interface Best {
  run: string;
  value: number;
}

/** By the table's summaries; null where no run has a finite value. */
export function bestRun(frame: Frame, metric: string, ids: readonly string[]): Best | null {
  const column = frame.columns.get(`metrics.${metric}`) as MetricColumn | undefined;
  if (column?.kind !== "metric" || !hasBest(metric)) return null;
  const least = direction(metric) === "min";
  let best: Best | null = null;
  for (const run of ids) {
    const row = frame.rowOf.get(run);
    if (row === undefined || column.missing[row]) continue;
    const extreme = least ? column.min[row] : column.max[row];
    const value = Number.isFinite(extreme) ? extreme : number(frame, `metrics.${metric}`, row)!;
    if (Number.isFinite(value) && (!best || (least ? value < best.value : value > best.value))) best = { run, value };
  }
  return best;
}

/** Of the points drawn. */
export function bestPoint(lines: readonly DrawnLine[], metric: string): { line: DrawnLine; at: number } | null {
  if (!hasBest(metric)) return null;
  const least = direction(metric) === "min";
  let best: { line: DrawnLine; at: number } | null = null;
  for (const line of lines) {
    const at = least ? line.line.minAt : line.line.maxAt;
    if (at < 0) continue;
    const value = line.line.y[at];
    const record = best && best.line.line.y[best.at];
    if (record === null || (least ? value < record : value > record)) best = { line, at };
  }
  return best;
}
