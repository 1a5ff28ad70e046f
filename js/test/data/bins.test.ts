import fc from "fast-check";
import { expect, test } from "vitest";
import { bins, rangeOf } from "../../src/data/bins";

const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });

test("every value is in one bin, and the range of bins holds all of their values", () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 2, maxLength: 40 }), fc.nat(23), fc.nat(23), (values, a, b) => {
      const found = bins(values);
      if (!found || found.edges[24] - found.edges[0] < 1e-9) return;
      expect(found.counts.reduce((sum, n) => sum + n)).toBe(values.length);
      const [first, last] = [Math.min(a, b), Math.max(a, b)];
      const [low, high] = rangeOf(found, first, last);
      const inside = values.filter((each) => each > found.edges[first] && each < found.edges[last + 1]);
      expect(inside.every((each) => low <= each && each <= high)).toBe(true);
      const [least, most] = rangeOf(found, 0, 23);
      expect(values.every((each) => least <= each && each <= most)).toBe(true);
    }),
    { seed: 57, numRuns: 300 },
  );
});

test("values over decades are spread by their logarithm, others evenly", () => {
  const rates = Array.from({ length: 48 }, (_, i) => 10 ** (-5 + i / 12));
  expect(Math.max(...bins(rates)!.counts)).toBeLessThan(5);
  expect(bins([0, 1, 1000])!.edges[12]).toBeCloseTo(500);
  expect(bins([1, 2, 25])!.edges[1]).toBeCloseTo(2);
});
