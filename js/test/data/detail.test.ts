import { expect, test } from "vitest";
import { around, joined, suffices, type Detail } from "../../src/data/detail";
import { factsOf, type Line } from "../../src/data/line";

const line = (x: number[], y = x): Line => ({ x: Float64Array.from(x), y: Float64Array.from(y), ...factsOf(Float64Array.from(y)) });
const steps = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

function detail(at: number[], given: Partial<Detail>): Detail {
  const step = Float64Array.from(at);
  const points = { step, time: step, value: step, length: at.length };
  return { axis: "step", log: false, from: -Infinity, to: Infinity, columns: 256, every: true, total: 1000, replaced: 1, points, ...given };
}

test("all points of a part take the place of the few, and those outside and since then stay", () => {
  const coarse = line([0, 100, 105, 109, 200, 300]);
  const known = joined(coarse, detail(steps(100, 108), { from: 101, to: 150 }), null);
  expect([...known.x]).toEqual([0, 100, ...steps(101, 108), 109, 200, 300]);
  expect(known.y[known.maxAt]).toBe(300);
});

test("the extremes of a part join those that are here, each once", () => {
  const known = joined(line([0, 10, 20, 30]), detail([5, 10, 25], { every: false }), null);
  expect([...known.x]).toEqual([0, 5, 10, 20, 25, 30]);
});

test("a part that was asked for does for what is seen, for a small move, and not for a closer look at extremes", () => {
  const seen = { axis: "step", log: false, from: 1000, to: 2000, columns: 800 };
  const asked = around(seen);
  expect(asked).toEqual({ ...seen, from: 500, to: 2500, columns: 2048 });
  for (const every of [true, false]) {
    const held = detail([], { ...asked, every });
    expect(suffices(held, seen)).toBe(true);
    expect(suffices(held, { ...seen, from: 1400, to: 2400 })).toBe(true);
    expect(suffices(held, { ...seen, from: 2000, to: 3000 })).toBe(false);
    expect(suffices(held, { ...seen, from: 1400, to: 1500 })).toBe(every);
    expect(suffices(held, { ...seen, axis: "time" })).toBe(false);
  }
});

test("on a logarithmic axis the part around is as wide in decades", () => {
  const asked = around({ axis: "step", log: true, from: 10, to: 1000, columns: 256 });
  expect([asked.from, asked.to].map((x) => Math.round(Math.log10(x)))).toEqual([0, 4]);
});
