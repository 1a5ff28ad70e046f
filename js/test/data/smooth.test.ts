import { expect, test } from "vitest";
import { debiased } from "../../src/data/smooth";

const of = (...values: number[]) => Float64Array.from(values);

test("a constant stays what it is from the first point on", () => {
  expect([...debiased(of(3, 3, 3, 3), 0.9)].every((y) => Math.abs(y - 3) < 1e-12)).toBe(true);
});

test("each point is the mean of the past with falling weights", () => {
  const [first, second] = debiased(of(1, 2), 0.5);
  expect(first).toBe(1);
  expect(second).toBeCloseTo((0.5 * 1 + 1 * 2) / 1.5, 12);
});

test("NaN and infinities stay in their places and spoil nothing after them", () => {
  const smooth = debiased(of(1, NaN, 1, Infinity, 1), 0.8);
  expect([...smooth].map((y) => Number(y.toFixed(9)))).toEqual([1, NaN, 1, Infinity, 1]);
});

test("a weight of zero leaves the line as it is", () => {
  expect([...debiased(of(1, 5, 2), 0)]).toEqual([1, 5, 2]);
});
