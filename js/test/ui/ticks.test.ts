import { expect, test } from "vitest";
import { logTicks } from "../../src/ui/charts/ticks";

test("a logarithmic axis has round numbers, no more than there is room for", () => {
  expect(logTicks(0.04, 0.9, 6)).toEqual([0.05, 0.1, 0.2, 0.5]);
  expect(logTicks(2e-6, 0.5, 6)).toEqual([1e-5, 1e-4, 1e-3, 0.01, 0.1]);
  expect(logTicks(1e-30, 1e10, 6).length).toBeLessThanOrEqual(6);
  expect(logTicks(900, 1500, 6)).toEqual([1000, 1200, 1400]);
  expect(logTicks(1, 300, 6)).toEqual([1, 10, 100]);
});
