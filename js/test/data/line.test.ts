import { expect, test } from "vitest";
import { lineOf, lowerBound, nearest } from "../../src/data/line";

const points = (rows: [step: number, time: number, value: number][]) => ({
  step: Float64Array.from(rows, (row) => row[0]),
  time: Float64Array.from(rows, (row) => row[1]),
  value: Float64Array.from(rows, (row) => row[2]),
  length: rows.length,
});

test("points that came out of order are drawn in order of step, then time", () => {
  const line = lineOf(points([[2, 30, 3], [0, 10, 1], [1, 25, 2.5], [1, 20, 2]]), "step", null);
  expect([...line.x]).toEqual([0, 1, 1, 2]);
  expect([...line.y]).toEqual([1, 2, 2.5, 3]);
});

test("an exact repeat of a point is dropped, another value at the same step is kept", () => {
  const line = lineOf(points([[0, 10, 1], [0, 10, 1], [0, 10, NaN], [0, 10, NaN], [0, 11, 1]]), "step", null);
  expect([...line.y]).toEqual([1, NaN, 1]);
});

test("relative time counts seconds from the run's start", () => {
  expect([...lineOf(points([[0, 5000, 1], [1, 7500, 2]]), "relative", 4000).x]).toEqual([1, 3.5]);
});

test("relative time begins at the first point where the start is unknown or later", () => {
  expect([...lineOf(points([[0, 5000, 1], [1, 7500, 2]]), "relative", null).x]).toEqual([0, 2.5]);
  expect([...lineOf(points([[0, 5000, 1]]), "relative", 9000).x]).toEqual([0]);
});

test("what is not finite is counted and is neither the least nor the largest", () => {
  const line = lineOf(points([[0, 0, NaN], [1, 1, 3], [2, 2, Infinity], [3, 3, -Infinity], [4, 4, -2]]), "step", null);
  expect(line).toMatchObject({ nans: 1, infinities: 2, minAt: 4, maxAt: 1 });
});

test("only the first `length` points of longer arrays count", () => {
  const { step, time, value } = points([[0, 0, 1], [1, 1, 2], [9, 9, 9]]);
  expect(lineOf({ step, time, value, length: 2 }, "step", null).x.length).toBe(2);
});

test("the nearest point to a place is found, at the ends too", () => {
  const x = Float64Array.of(0, 10, 20);
  expect([-5, 4, 6, 15, 99].map((at) => nearest(x, at))).toEqual([0, 0, 1, 2, 2]);
  expect(nearest(new Float64Array(0), 1)).toBe(-1);
  expect(lowerBound(x, 10)).toBe(1);
});
