/** Does the browser compute what scipy, pandas and numpy say? The answers are those of tests/reference/definitions.py. */

import { describe, expect, it } from "vitest";
import { quartiles } from "../../src/data/analysis";
import { bandOf, type Band } from "../../src/data/bands";
import { bins } from "../../src/data/bins";
import { importancesOf } from "../../src/data/importance";
import { smoothed } from "../../src/data/smooth";
import { student } from "../../src/data/student";
import { num } from "../../src/ui/format";
import { golden } from "../query/golden";

type Cell = number | string;

interface Cases {
  smooth: { y: Cell[]; weight: number; how: string; want: Cell[] }[];
  band: ({ kind: string; lines: [Cell[], Cell[]][] } & Record<"x" | "mean" | "low" | "high" | "n", Cell[]>)[];
  student: [freedom: number, want: number][];
  box: { values: number[]; want: number[] }[];
  importance: { params: Record<string, string[]>; values: number[]; correlations: Record<string, number>; explained: number | null }[];
  histogram: { values: number[]; edges: number[]; counts: number[] }[];
  number: [value: number, want: number][];
}

const cases = golden<Cases>("reference");
const read = (cells: readonly Cell[]) => Float64Array.from(cells, Number);

function close(found: ArrayLike<number>, want: readonly Cell[]): void {
  expect(found.length).toBe(want.length);
  want.map(Number).forEach((value, at) => {
    if (Number.isFinite(value)) expect(Math.abs(found[at] - value)).toBeLessThanOrEqual(1e-7 * Math.max(1, Math.abs(value)));
    else expect(found[at]).toBe(value);
  });
}

describe("statistics of the browser are those of the references", () => {
  it.each(cases.smooth)("$how with weight $weight", ({ y, weight, how, want }) => close(smoothed(read(y), weight, how), want));

  it.each(cases.band)("a band $kind of several runs", ({ kind, lines, ...want }) => {
    const found: Band = bandOf(lines.map(([x, y]) => ({ x: read(x), y: read(y) })), kind);
    for (const name of ["x", "mean", "low", "high", "n"] as const) close(found[name], want[name]);
  });

  it.each(cases.student)("the 97.5 %% point of t with %d degrees of freedom", (freedom, want) => close([student(freedom)], [want]));

  it.each(cases.box)("quartiles of $values.length values", ({ values, want }) => close(quartiles(values), want));

  it.each(cases.importance)("correlations and what the nearest of $values.length runs explain", ({ params, values, correlations, explained }) => {
    const { importances } = importancesOf(Object.entries(params), values);
    for (const { param, correlation } of importances) close([correlation], [correlations[param]]);
    if (explained !== null) close([importancesOf(Object.entries(params).slice(0, 2), values).explained!], [explained]);
  });

  it.each(cases.histogram)("a histogram of $values.length values", ({ values, edges, counts }) => {
    const found = bins(values, counts.length)!;
    close(found.edges, edges);
    expect(found.counts).toEqual(counts);
  });

  it.each(cases.number)("the text of %d spells %d", (value, want) => expect(Number(num(value).replaceAll("−", "-"))).toBe(want));
});
