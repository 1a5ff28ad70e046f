import { expect, test } from "vitest";
import { sparkPath } from "../../src/ui/grid/spark";

test("a line in a cell goes from its first value to its last", () => {
  expect(sparkPath(Float64Array.of(0, 1))).toBe("M1 14L45 2");
});

test("what is not finite leaves no place in the line, and nothing but that leaves no line", () => {
  expect(sparkPath(Float64Array.of(NaN, 0, Infinity, 1))).toBe("M15.7 14L45 2");
  expect(sparkPath(Float64Array.of(NaN, -Infinity))).toBe("");
});

test("values whose distance is no float any more are a flat line", () => {
  expect(sparkPath(Float64Array.of(-1e308, 1e308))).toBe("M1 8L45 8");
});
