import { expect, test } from "vitest";
import { timeTicks } from "../../src/data/ticks";
import { inNaturalOrder } from "../../src/data/categories";
import { short, shortAll } from "../../src/ui/charts/ticks";
import { aligned, digitsOf } from "../../src/ui/column_format";
import { duration, num, percent, timesOf } from "../../src/ui/format";

const column = (...values: number[]) => values.map((value) => aligned(value, digitsOf(Float64Array.from(values))));

test("a rounded number never reads like an exact whole one, and no exponent is lost", () => {
  expect([123456.7, 100000.5, 1234567.89, 0.999999, 12345.67].map(num)).toEqual(["123456.7", "100000.5", "1234567.9", "1.0000", "12345.7"]);
  expect([12345678, 2.5e12, 175e9, 1e7, 1e15, 3.342e-8, -1.5e-5].map(num)).toEqual(["12345678", "2.5e12", "1.75e11", "1e7", "1e15", "3.342e−8", "−1.5e−5"]);
  expect([0.1 + 0.2, -0, NaN, -Infinity, 3 + 1e-15].map(num)).toEqual(["0.3", "0", "NaN", "−∞", "3"]);
});

test("values that differ look different in their column, whatever their spread", () => {
  expect(column(5000, 0.1234, 0.1451)).toEqual(["5000", "0.1234", "0.1451"]);
  expect(column(1.2, 0.000149, 0.000104)).toEqual(["1.2", "0.000149", "0.000104"]);
  expect(column(0.91234561, 0.91234562)).toEqual(["0.91234561", "0.91234562"]);
  expect(column(1e7 + 0.1, 1e7 + 0.2)).toEqual(["10000000.1", "10000000.2"]);
  expect(column(0.5, 0.25, 0)).toEqual(["0.5000", "0.2500", "0.0000"]);
  expect(column(0.3, 0.1 + 0.2, -0.4)).toEqual(["0.3000", "0.3000", "−0.4000"]);
});

test("a duration is rounded to the last unit shown", () => {
  expect([0, 999.4, 999.6, 12900, 59940, 59960, 3599900, 172799999, 1e8].map(duration)).toEqual(["0 ms", "999 ms", "1.0 s", "12.9 s", "59.9 s", "1 min 00 s", "1 h 00 min", "2 d 0 h", "27 h 47 min"]);
});

test("an axis has one unit for a thousand of another", () => {
  expect([9999, 10000, 999999.9, 1e6, 2e12, 8e12, 1e13, 1e21].map(short)).toEqual(["9999", "10k", "1M", "1M", "2T", "8T", "10T", "1e21"]);
  expect(shortAll([1000010, 1000020])).toEqual(["1000010", "1000020"]);
  expect(percent(-0.1234)).toBe("−12.3 %");
});

test("times that differ look different", () => {
  const at = new Date(2026, 10, 3, 14, 5).getTime();
  expect(timesOf([at, at + 60_000])).toEqual(["11-03 14:05", "11-03 14:06"]);
  expect(timesOf([at, at + 1000])).toEqual(["11-03 14:05:00", "11-03 14:05:01"]);
});

test("categories stand by their numbers, None last, in whatever order they come", () => {
  expect(inNaturalOrder(["16", "100", "9", "None", "8", "auto"])).toEqual(["8", "9", "16", "100", "auto", "None"]);
  expect(inNaturalOrder(["layer10", "Layer2", "layer1"])).toEqual(["layer1", "Layer2", "layer10"]);
});

test.each(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia"])("ticks across changes of the clock in %s stand at round times, each once", (zone) => {
  const before = process.env["TZ"];
  process.env["TZ"] = zone;
  try {
    for (let day = 0; day < 365; day += 1) {
      const start = Date.UTC(2026, 0, day);
      for (const hours of [3, 8, 30, 100]) {
        const ticks = timeTicks(start, start + hours * 36e5, 8);
        expect(new Set(ticks).size).toBe(ticks.length);
        expect(ticks.length).toBeGreaterThan(1);
        expect(ticks.every((at) => new Date(at).getMinutes() % 30 === 0)).toBe(true);
      }
    }
  } finally {
    if (before === undefined) delete process.env["TZ"];
    else process.env["TZ"] = before;
  }
});
