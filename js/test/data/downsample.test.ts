import fc from "fast-check";
import { expect, test } from "vitest";
import { place, ruler, thin } from "../../src/data/downsample";

const grid = (n: number) => Float64Array.from({ length: n }, (_, i) => i);
const wide = (n: number, pixels: number) => ruler(0, n - 1, 0, pixels, false);

test("one spike among 10,000 points is drawn at every width", () => {
  const x = grid(10_000);
  for (const at of [0, 1, 4_999, 7_321, 9_999]) {
    const y = Float64Array.from(x, (v) => 0.5 * Math.sin(v / 300));
    y[at] = 1000;
    for (const pixels of [40, 100, 333, 640, 2000]) {
      const kept = thin(x, y, 0, x.length, wide(x.length, pixels));
      expect(Math.max(...[...kept].map((i) => y[i]))).toBe(1000);
      expect(kept.length).toBeLessThanOrEqual(4 * (pixels + 1));
    }
  }
});

test("every column keeps its first, lowest, highest and last point, in order", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 300 }), fc.integer({ min: 1, max: 60 }), (values, pixels) => {
      const y = Float64Array.from(values);
      const x = grid(y.length);
      const scale = wide(y.length, pixels);
      const kept = [...thin(x, y, 0, y.length, scale)];
      expect(kept).toEqual([...new Set(kept)].sort((a, b) => a - b));
      const columns = (places: number[]) => {
        const found = new Map<number, number[]>();
        for (const i of places) {
          const column = Math.floor(place(scale, x[i]));
          found.set(column, [...(found.get(column) ?? []), y[i]]);
        }
        return [...found].map(([column, ys]) => [column, ys[0], Math.min(...ys), Math.max(...ys), ys[ys.length - 1]]);
      };
      expect(columns(kept)).toEqual(columns([...x]));
    }),
  );
});

test("with a column or more for each point nothing is left out", () => {
  const x = grid(100);
  expect(thin(x, x, 0, 100, wide(100, 500)).length).toBe(100);
});

test("a part of the line is thinned alone", () => {
  const x = grid(1000);
  const kept = thin(x, x, 400, 500, wide(1000, 50));
  expect([kept[0], kept[kept.length - 1]]).toEqual([400, 499]);
});

test("a column of nothing but NaN breaks the line, and NaN among values hides no extreme", () => {
  const x = grid(300);
  const y = Float64Array.from(x, (i) => (i >= 100 && i < 200 ? NaN : i));
  const kept = [...thin(x, y, 0, 300, wide(300, 30))];
  expect(kept.some((i) => Number.isNaN(y[i]))).toBe(true);
  y[150] = 77;
  expect([...thin(x, y, 0, 300, wide(300, 30))]).toContain(150);
});

test("on a logarithmic axis the columns are even in powers", () => {
  const scale = ruler(1, 1000, 0, 300, true);
  expect([1, 10, 100, 1000].map((x) => place(scale, x))).toEqual([0, 100, 200, 300]);
});

test("a floor hides what a logarithmic axis cannot show", () => {
  const x = grid(100);
  const y = Float64Array.from(x, (i) => (i % 2 ? -1 : i + 1));
  // The last point has a column of its own.
  expect([...thin(x, y, 0, 99, wide(100, 5), 0)].every((i) => y[i] > 0)).toBe(true);
});
