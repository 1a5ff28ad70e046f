import { expect, test } from "vitest";
import { frameOf, type Column } from "../../src/data/frame";
import type { DrawnLine } from "../../src/ui/charts/assemble";
import { bestMean } from "../../src/ui/charts/best";
import { bestRows } from "../../src/ui/grid/best";

const best = (...values: number[]) => {
  const column: Column = { kind: "number", values: Float64Array.from(values), missing: new Uint8Array(values.length) };
  const frame = frameOf(values.length, new Map([["metrics.accuracy", column]]));
  const found = bestRows(frame, Uint32Array.from(values, (_, row) => row), ["metrics.accuracy"], { "metrics.accuracy": "max", accuracy: "max" });
  return [...(found.get("metrics.accuracy")?.keys() ?? [])];
};

test("the best run has the best number; one that is no number or endless is none", () => {
  expect(best(0.2, 0.9, 0.5)).toEqual([1]);
  expect(best(0.2, Infinity, 0.5, NaN, -Infinity)).toEqual([2]);
});

test("of several experiments the best of all leads, and each has a best of its own; settings and the machine have none", () => {
  const column: Column = { kind: "number", values: Float64Array.of(0.2, 0.9, 0.95, 0.5), missing: new Uint8Array(4) };
  const experiment: Column = { kind: "text", codes: Int32Array.of(0, 0, 1, 0), words: ["a", "b"] };
  const names = ["metrics.accuracy", "metrics.epoch", "metrics.system/cpu"];
  const columns = new Map<string, Column>([["experiment_id", experiment], ...names.map((name) => [name, column] as const)]);
  const found = bestRows(frameOf(4, columns), Uint32Array.of(0, 1, 2, 3), names, {});
  expect([...found]).toEqual([["metrics.accuracy", new Map([[2, "all"], [1, "own"]])]]);
});

test("of equal bests, up to rounding noise, all are marked", () => {
  expect(best(0.5, 0.9, 0.9)).toEqual([1, 2]);
  expect(best(0.3, 0.1 + 0.2, 0.1)).toEqual([0, 1]);
  expect(best(0.1 + 0.2, 0.3)).toEqual([]);
});

test("a metric of unknown direction has no best, and a direction set to none takes it away", () => {
  const column: Column = { kind: "number", values: Float64Array.of(1, 2), missing: new Uint8Array(2) };
  const frame = frameOf(2, new Map([["metrics.spiky", column], ["metrics.loss", column]]));
  const rows = Uint32Array.of(0, 1);
  expect([...bestRows(frame, rows, ["metrics.spiky", "metrics.loss"], {})].map(([name]) => name)).toEqual(["metrics.loss"]);
  expect([...bestRows(frame, rows, ["metrics.spiky", "metrics.loss"], { loss: "none" })]).toEqual([]);
});

test("no run is the best where all are alike", () => {
  expect(best(1, 1)).toEqual([]);
  expect(best(Infinity, NaN)).toEqual([]);
});

test("of groups the best is the best mean that is drawn", () => {
  const line = (run: string, ...y: number[]) =>
    ({ run, line: { y: Float64Array.from(y), minAt: y.indexOf(Math.min(...y)), maxAt: y.indexOf(Math.max(...y)) } }) as DrawnLine;
  const means = [line("model = svm", 0.5, 0.7), line("model = mlp", 0.6, 0.4)];
  expect(bestMean(means, "max")).toEqual({ run: "model = svm", value: 0.7 });
  expect(bestMean(means, "min")).toEqual({ run: "model = mlp", value: 0.4 });
  expect(bestMean([], "min")).toBeNull();
});
