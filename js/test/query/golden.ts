/** How is a frame of a golden case read? As tests/golden/query_frames.py writes it. */

import { readFileSync } from "node:fs";
import { frameOf, METRIC_ARRAYS, type Column, type Frame } from "../../src/data/frame";
import { QueryError, type Around } from "../../src/query";

type Cell = number | "NaN" | "Infinity" | "-Infinity";
type Summary = Record<"last" | "step" | "min" | "max" | "first" | "count", Cell>;
type WrittenColumn = { text: (string | null)[] } | { number: (Cell | null)[] } | { metric: (Summary | null)[] };
type Points = [step: number, timestamp: number, value: Cell][];

export interface Written {
  length: number;
  columns: Record<string, WrittenColumn>;
  histories?: Record<string, Record<string, Points>>;
}

export type Answer = number[] | { start: number; end: number; message: string };

export function golden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../../tests/golden/${name}.json`, import.meta.url), "utf8")) as T;
}

export function frameFrom(written: Written): Frame {
  const columns = Object.entries(written.columns).map(([name, column]) => [name, columnFrom(column)] as const);
  return frameOf(written.length, new Map(columns));
}

function columnFrom(column: WrittenColumn): Column {
  if ("text" in column) return textFrom(column.text);
  const cells: (Cell | Summary | null)[] = "number" in column ? column.number : column.metric;
  const missing = Uint8Array.from(cells, (cell) => (cell === null ? 1 : 0));
  if ("number" in column) return { kind: "number", missing, values: Float64Array.from(column.number, numeric) };
  const of = (key: keyof Summary) => Float64Array.from(column.metric, (cell) => numeric(cell && cell[key]));
  const arrays = METRIC_ARRAYS.map((name) => [name, of(name === "values" ? "last" : name)]);
  return { kind: "metric", missing, ...Object.fromEntries(arrays) } as Column;
}

function numeric(cell: Cell | null): number {
  return cell === null ? NaN : Number(cell);
}

function textFrom(cells: (string | null)[]): Column {
  const words = [...new Set(cells.filter((cell) => cell !== null))];
  return { kind: "text", words, codes: Int32Array.from(cells, (cell) => (cell === null ? -1 : words.indexOf(cell))) };
}

export function historyFrom(written: Written): NonNullable<Around["history"]> {
  return (runId, key) => {
    const points = written.histories?.[runId]?.[key] ?? [];
    return {
      step: points.map((point) => point[0]),
      timestamp: points.map((point) => point[1]),
      value: points.map((point) => Number(point[2])),
    };
  };
}

/** What was asked, or the error that it raised, as golden files hold it. */
export function answer(ask: () => ArrayLike<number>): Answer {
  try {
    return Array.from(ask());
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    const { start, end, message } = error;
    return { start, end, message };
  }
}

export function rowsOf(mask: Uint8Array): number[] {
  return Array.from(mask.keys()).filter((row) => mask[row] === 1);
}
