/** What does a filter come down to once it is parsed? The same tree as nbtrack/query/tree.py. */

export type Family = "metrics" | "params" | "tags" | "attributes" | "dataset" | "bare"; // bare: a name without its family, where it is not known yet which columns there are

export const PARTS = ["min", "max", "first", "last", "best"] as const;
export type Part = (typeof PARTS)[number] | "at";

/**
 * `part` is what was asked of a metric's history; `step` goes with "at". An unquoted `metrics.loss.min` stays whole in
 * `key`: only the frame knows whether a metric is called so. Places count characters (code points).
 */
export interface Column {
  family: Family;
  key: string;
  part: Part | null;
  step: number | null;
  quoted: boolean;
  start: number;
  end: number;
}

/** The moment of asking plus `now` ms; or the first moment of a date without a time of day. */
export type Value = number | bigint | string | { now: number } | { day: number };

/** A missing cell matches neither "compare" nor "within"; "not" keeps every row that its inside leaves out. */
export type Node =
  | { is: "compare"; column: Column; op: string; value: Value }
  | { is: "within"; column: Column; values: Value[]; negated: boolean }
  | { is: "null"; column: Column; negated: boolean }
  | { is: "not"; node: Node }
  | { is: "and" | "or"; nodes: Node[] };

/** One key of an order. `asNumber` sorts text by the numbers it spells. */
export interface Key {
  column: Column;
  descending: boolean;
  asNumber: boolean;
}

/** The column's name in a frame. */
export function nameOf(column: Column): string {
  return column.family === "attributes" ? column.key : `${column.family}.${column.key}`;
}

/** A filter or order that does not parse. `start` and `end` count characters (code points) of the text. */
export class QueryError extends Error {
  constructor(
    message: string,
    readonly start: number,
    readonly end: number,
  ) {
    super(message);
    this.name = "QueryError";
  }
}
