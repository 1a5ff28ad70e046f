import { expect, test } from "vitest";
import { evenTicks, logTicks, timeTicks } from "../../src/data/ticks";

test("an axis has round numbers", () => {
  expect(evenTicks(0.21, 1.04, 6)).toEqual([0.4, 0.6, 0.8, 1]);
  expect(evenTicks(1, 3, 6, 1)).toEqual([1, 2, 3]);
});

test("a logarithmic axis has round numbers, no more than there is room for", () => {
  expect(logTicks(0.04, 0.9, 6)).toEqual([0.05, 0.1, 0.2, 0.5]);
  expect(logTicks(2e-6, 0.5, 6)).toEqual([1e-5, 1e-4, 1e-3, 0.01, 0.1]);
  expect(logTicks(1e-30, 1e10, 6).length).toBeLessThanOrEqual(6);
  expect(logTicks(900, 1500, 6)).toEqual([1000, 1200, 1400]);
  expect(logTicks(1, 300, 6)).toEqual([1, 10, 100]);
});

test("an axis of time has round hours and days of the reader's clock", () => {
  const at = (text: string) => new Date(text).getTime();
  const told = timeTicks(at("2026-03-01T10:13:00"), at("2026-03-03T06:40:00"), 8).map((tick) => new Date(tick).getHours());
  expect(told).toEqual([12, 18, 0, 6, 12, 18, 0, 6]);
  expect(timeTicks(at("2026-03-01T10:13:00"), at("2026-03-20T10:13:00"), 5).every((tick) => new Date(tick).getHours() === 0)).toBe(true);
});

test("eight minutes in a narrow chart have more than one tick", () => {
  const start = new Date(2026, 10, 30, 5, 22, 10).getTime();
  expect(timeTicks(start, start + 7 * 60_000, 3).length).toBeGreaterThan(1);
});
