/** Which run is the best one at a metric, and where? */

import type { Direction } from "../../data/directions";
import { number, type Frame, type MetricColumn } from "../../data/frame";
import type { DrawnLine } from "./assemble";
import type { BarShown } from "./bars";

export interface Best {
  run: string;
  value: number;
}

/** By the table's summaries; null where no run has a finite value, or nobody says which way is better. */
export function bestRun(frame: Frame, metric: string, ids: readonly string[], direction: Direction | null): Best | null {
  const column = frame.columns.get(`metrics.${metric}`) as MetricColumn | undefined;
  if (column?.kind !== "metric" || direction === null) return null;
  const least = direction === "min";
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

/** Of the means drawn where runs are put together. */
export function bestMean(lines: readonly DrawnLine[], direction: Direction | null): Best | null {
  const best = bestPoint(lines, direction);
  return best && { run: best.line.run, value: best.line.line.y[best.at] };
}

/** Of bars, the best of which stands first. */
export function bestBar([first]: readonly BarShown[], direction: Direction | null): Best | null {
  return first && direction !== null && Number.isFinite(first.value) ? { run: first.key, value: first.value } : null;
}

/** Of the points drawn. */
export function bestPoint(lines: readonly DrawnLine[], direction: Direction | null): { line: DrawnLine; at: number } | null {
  if (direction === null) return null;
  const least = direction === "min";
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
