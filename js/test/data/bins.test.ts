import fc from "fast-check";
import { expect, test } from "vitest";
import { bins, rangeOf } from "../../src/data/bins";

const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });

test("every value is in one bin, and the range of bins selects exactly the values that they count", () => {
  const exactly = (values: number[], a: number, b: number) => {
    const found = bins(values);
    if (!found) return;
    expect(found.counts.reduce((sum, n) => sum + n)).toBe(values.length);
    const [first, last] = [Math.min(a, b), Math.max(a, b)];
    const counted = found.counts.slice(first, last + 1).reduce((sum, n) => sum + n);
    const range = rangeOf(found, first, last);
    expect(range === null).toBe(counted === 0);
    if (range) expect(values.filter((each) => range[0] <= each && each <= range[1]).length).toBe(counted);
  };
  const spread = fc.oneof(value, fc.integer({ min: 0, max: 48 }), fc.double({ min: 1e-9, max: 1e9, noNaN: true }), fc.double({ min: 0.5, max: 0.5000001, noNaN: true }));
  fc.assert(fc.property(fc.array(spread, { minLength: 2, maxLength: 40 }), fc.nat(23), fc.nat(23), exactly), { seed: 57, numRuns: 1000 });
});

test("a range has few digits where the neighbors' values are far", () => {
  const values = Array.from({ length: 25 }, (_, i) => i + 1 / 3);
  expect(rangeOf(bins(values)!, 2, 3)).toEqual([2.33, 3.34]);
});

test("values over decades are spread by their logarithm, others evenly", () => {
  const rates = Array.from({ length: 48 }, (_, i) => 10 ** (-5 + i / 12));
  expect(Math.max(...bins(rates)!.counts)).toBeLessThan(5);
  expect(bins([0, 1, 1000])!.edges[12]).toBeCloseTo(500);
  expect(bins([1, 2, 25])!.edges[1]).toBeCloseTo(2);
});
