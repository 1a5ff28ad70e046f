import { expect, test } from "vitest";
import { frameOf, type Column } from "../../src/data/frame";
import type { DrawnLine } from "../../src/ui/charts/assemble";
import { bestMean } from "../../src/ui/charts/best";
import { bestRows } from "../../src/ui/grid/best";

const best = (...values: number[]) => {
  const column: Column = { kind: "number", values: Float64Array.from(values), missing: new Uint8Array(values.length) };
  const frame = frameOf(values.length, new Map([["metrics.accuracy", column]]));
  const found = bestRows(frame, Uint32Array.from(values, (_, row) => row), ["metrics.accuracy"], { "metrics.accuracy": "max", accuracy: "max" });
  return [...(found.get("metrics.accuracy") ?? [])];
};

test("the best run has the best number; one that is no number or endless is none", () => {
  expect(best(0.2, 0.9, 0.5)).toEqual([1]);
  expect(best(0.2, Infinity, 0.5, NaN, -Infinity)).toEqual([2]);
});

test("no run is the best where all are alike", () => {
  expect(best(1, 1)).toEqual([]);
  expect(best(Infinity, NaN)).toEqual([]);
});

test("of groups the best is the best mean that is drawn", () => {
  const line = (run: string, ...y: number[]) =>
    ({ run, line: { y: Float64Array.from(y), minAt: y.indexOf(Math.min(...y)), maxAt: y.indexOf(Math.max(...y)) } }) as DrawnLine;
  const means = [line("model = svm", 0.5, 0.7), line("model = mlp", 0.6, 0.4)];
  expect(bestMean(means, "accuracy", "max")).toEqual({ run: "model = svm", value: 0.7 });
  expect(bestMean(means, "loss", "min")).toEqual({ run: "model = mlp", value: 0.4 });
  expect(bestMean([], "loss", "min")).toBeNull();
});
