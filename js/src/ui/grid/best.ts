/** Which run has the best value of each metric, among those that match? */

import type { Frame } from "../../data/frame";
import { CONTEXT, type Lines } from "../../data/tree";

export type Direction = "min" | "max";

const LESS = /(^|[^a-z])(loss|err|error|mse|rmse|mae|mape|nll|perplexity|ppl|wer|cer|fid|regret|latency|duration)([^a-z]|$)/i;
const MORE = /(^|[^a-z])(acc|accuracy|auc|roc_auc|f1|precision|recall|r2|map|iou|dice|bleu|rouge|score|reward|ndcg)([^a-z]|$)/i;

export function directionOf(metric: string): Direction | null {
  if (LESS.test(metric)) return "min";
  return MORE.test(metric) ? "max" : null;
}

/** The row with the best value of each column; none where the direction is unknown or fewer than two runs have a value. */
export function bestRows(frame: Frame, lines: Lines, columns: readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const name of columns) {
    const column = frame.columns.get(name);
    const direction = name.startsWith("metrics.") ? directionOf(name.slice("metrics.".length)) : null;
    if (column?.kind !== "metric" || !direction) continue;
    let best = -1;
    let worst = -1;
    for (let line = 0; line < lines.rows.length; line++) {
      const row = lines.rows[line];
      const value = column.values[row];
      if (lines.marks[line] & CONTEXT || column.missing[row] || Number.isNaN(value)) continue;
      const better = (a: number, b: number) => (direction === "min" ? a < b : a > b);
      if (best < 0 || better(value, column.values[best])) best = row;
      if (worst < 0 || better(column.values[worst], value)) worst = row;
    }
    if (best >= 0 && column.values[best] !== column.values[worst]) found.set(name, best);
  }
  return found;
}
