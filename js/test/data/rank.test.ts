/** The neighbors of a run in the order of a metric, and what differs. */

import { expect, test } from "vitest";
import { frameOf, type Column } from "../../src/data/frame";
import { rankOf } from "../../src/data/rank";

const text = (cells: (string | null)[]): Column => {
  const words = [...new Set(cells.filter((cell) => cell !== null))];
  return { kind: "text", words, codes: Int32Array.from(cells, (cell) => (cell === null ? -1 : words.indexOf(cell))) };
};
const metric = (values: number[]): Column => {
  const array = Float64Array.from(values);
  const missing = Uint8Array.from(values, (value) => (value === -999 ? 1 : 0));
  return { kind: "metric", values: array, missing, step: array, min: array, max: array, first: array, count: array };
};
const frame = frameOf(
  6,
  new Map([
    ["run_id", text(["a", "b", "c", "d", "e", "f"])],
    ["params.lr", text(["0.1", "0.1", "0.01", "0.001", "0.01", "0.01"])],
    ["params.opt", text(["adam", "sgd", "sgd", "sgd", null, "sgd"])],
    ["metrics.acc", metric([0.9, 0.8, 0.7, 0.7, NaN, -999])],
  ]),
);
const rows = [0, 1, 2, 3, 4, 5];

test("the best run is first, with the next worse ones as neighbors and what differs in their params", () => {
  const found = rankOf(frame, rows, "a", "acc", "max")!;
  expect([found.place, found.total, found.tied]).toEqual([1, 4, 0]);
  expect(found.neighbors.map(({ run, place }) => [run, place])).toEqual([["b", 2], ["c", 3]]);
  expect(found.neighbors[0].differences).toEqual([{ param: "opt", own: "adam", other: "sgd" }]);
  expect(found.neighbors[1].differences.map(({ param }) => param)).toEqual(["lr", "opt"]);
});

test("the direction turns the order, and equal values share a place", () => {
  expect(rankOf(frame, rows, "a", "acc", "min")!.place).toBe(4);
  const tied = rankOf(frame, rows, "d", "acc", "max")!;
  expect([tied.place, tied.tied]).toEqual([3, 1]);
});

test("a param is beside the median of the others, or the most common text", () => {
  const { unusual } = rankOf(frame, rows, "a", "acc", "max")!;
  expect(unusual).toEqual([
    { param: "lr", own: "0.1", other: "0.01", kind: "median", count: 1 },
    { param: "opt", own: "adam", other: "sgd", kind: "most common", count: 3 },
  ]);
});

test("a run without a finite value, or alone, has no rank", () => {
  expect(rankOf(frame, rows, "e", "acc", "max")).toBeNull();
  expect(rankOf(frame, rows, "f", "acc", "max")).toBeNull();
  expect(rankOf(frame, [0], "a", "acc", "max")).toBeNull();
  expect(rankOf(frame, rows, "nobody", "acc", "max")).toBeNull();
});
