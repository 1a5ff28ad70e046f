import { expect, test } from "vitest";
import { clipped, roomy, xExtent, yExtent } from "../../src/data/extent";
import { lineOf } from "../../src/data/line";

const line = (...ys: number[]) => {
  const step = Float64Array.from(ys, (_, i) => i);
  return lineOf({ step, time: step, value: Float64Array.from(ys), length: ys.length }, "step", null);
};

test("an axis holds all lines and leaves out what is not finite", () => {
  const lines = [line(1, NaN, 5), line(-2, Infinity)];
  expect(xExtent(lines, false)).toEqual([0, 2]);
  expect(yExtent(lines, [0, 2], false)).toEqual([-2, 5]);
});

test("zoomed in, the height follows what is seen", () => {
  expect(yExtent([line(100, 1, 2, 3, 100)], [1, 3], false)).toEqual([1, 3]);
});

test("a logarithmic axis begins at the least positive value", () => {
  expect(xExtent([line(1, 2, 3)], true)).toEqual([1, 2]);
  expect(yExtent([line(-1, 0, 0.1, 10)], [0, 3], true)).toEqual([0.1, 10]);
});

test("without anything to show there is no extent", () => {
  expect(xExtent([], false)).toBeNull();
  expect(yExtent([line(NaN)], [0, 0], false)).toBeNull();
});

test("one value alone gets room on both sides", () => {
  expect(roomy([0, 0], false)).toEqual([-1, 1]);
  const [low, high] = roomy([5, 5], false);
  expect(low).toBeLessThan(5);
  expect(high).toBeGreaterThan(5);
  expect(roomy([4, 4], true)).toEqual([2, 8]);
});

test("outliers are clipped off the axis, and nothing is where all is near", () => {
  const waves = Array.from({ length: 200 }, (_, i) => Math.sin(i / 9));
  const spiked = waves.map((y, i) => (i === 50 ? 1e6 : y));
  const [low, high] = clipped([line(...spiked)], [0, 199], [-1, 1e6], false);
  expect(low).toBe(-1);
  expect(high).toBeLessThan(3);
  expect(clipped([line(...waves)], [0, 199], [-1, 1], false)).toEqual([-1, 1]);
  expect(clipped([line(2, 2, 2, 2, 9)], [0, 4], [2, 9], false)).toEqual([2, 9]); // too few to tell
});

test("of a line that stands still the one spike is clipped, at zero and on a logarithmic axis too", () => {
  const still = (value: number, spike: number) => line(...Array.from({ length: 200 }, (_, i) => (i === 50 ? spike : value)));
  expect(clipped([still(2, 1e6)], [0, 199], [2, 1e6], false)).toEqual([2, 4]);
  expect(clipped([still(0, 1e6)], [0, 199], [0, 1e6], false)).toEqual([0, 1]);
  expect(clipped([still(0, 1)], [0, 199], [0, 1], false)).toEqual([0, 1]);
  expect(clipped([still(2, 1e6)], [0, 199], [2, 1e6], true)[1]).toBeCloseTo(20);
});

test("values at the end of floats leave an axis whose length is a number", () => {
  for (const ends of [[-1e308, 1e308], [Number.MAX_VALUE, Number.MAX_VALUE], [0, Number.MAX_VALUE]] as const) {
    const [low, high] = roomy([...ends], false);
    expect(high).toBeGreaterThan(low);
    expect(high - low).toBeLessThan(Infinity);
  }
});
