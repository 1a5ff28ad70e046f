import { expect, test } from "vitest";
import { inOrder, sparkPath } from "../../src/ui/grid/spark";

test("a line in a cell goes from its first value to its last", () => {
  expect(sparkPath(Float64Array.of(0, 1))).toBe("M1 14L45 2");
});

test("a point that MLflow logs once more, for a model, makes no fall at the line's end", () => {
  const [step, value] = [Float64Array.of(0, 1, 2, 0, 0), Float64Array.of(5, 6, 7, 5, 0)];
  const series = { run: "a", key: "acc", step, time: Float64Array.of(1, 2, 3, 1, 0), value, length: 4, total: 4, replaced: 0 };
  expect([...inOrder(series)]).toEqual([5, 6, 7]);
});

test("what is not finite leaves no place in the line, and nothing but that leaves no line", () => {
  expect(sparkPath(Float64Array.of(NaN, 0, Infinity, 1))).toBe("M15.7 14L45 2");
  expect(sparkPath(Float64Array.of(NaN, -Infinity))).toBe("");
});

test("values whose distance is no float any more are a flat line", () => {
  expect(sparkPath(Float64Array.of(-1e308, 1e308))).toBe("M1 8L45 8");
});
