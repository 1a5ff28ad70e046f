/** What does a table of very many runs look like? The same numbers each time. */

import { frameOf, type Column, type Frame } from "../src/data/frame";

function random(seed: number): () => number {
  return () => (seed = (seed * 48271) % 2147483647) / 2147483647;
}

/** `length` runs; one in five stands under the first of its five. */
export function table(length: number): Frame {
  const next = random(7);
  const number = (at: () => number): Column => {
    return { kind: "number", values: Float64Array.from({ length }, at), missing: new Uint8Array(length) };
  };
  const text = (words: string[]): Column => {
    return { kind: "text", words, codes: Int32Array.from({ length }, (_, row) => row % words.length) };
  };
  const distinct = (at: (row: number) => string) => text(Array.from({ length }, (_, row) => at(row)));
  const ids = Array.from({ length }, (_, row) => `${Math.floor(next() * 2 ** 31).toString(16)}${row.toString(16)}`);
  const parents: Column = { kind: "text", words: ids, codes: Int32Array.from({ length }, (_, row) => (row % 5 === 4 ? row - 4 : -1)) };
  return frameOf(length, new Map<string, Column>([
    ["run_id", text(ids)],
    ["run_name", distinct((row) => `bold-${Math.floor(next() * 1000)}-${row}`)],
    ["status", text(["FINISHED", "FAILED", "RUNNING"])],
    ["start_time", number(() => 1.7e12 + Math.floor(next() * 1e10))],
    ["metrics.loss", number(next)],
    ["params.lr", distinct(() => String(next()))],
    ["tags.mlflow.parentRunId", parents],
  ]));
}
