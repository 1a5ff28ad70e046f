import { describe, expect, it } from "vitest";
import { bandOf, type Band } from "../../src/data/bands";
import { ruler, thin } from "../../src/data/downsample";
import { evaluate, namesIn, parseExpression } from "../../src/data/expression";
import { importancesOf } from "../../src/data/importance";
import { byMetric, lineOf, type Points } from "../../src/data/line";
import { smoothed } from "../../src/data/smooth";
import { inks } from "../../src/ui/color";
import { golden } from "../query/golden";

type Cell = number | string;
type Triples = [step: number, time: number, value: Cell][];
const read = (cells: readonly Cell[]) => Float64Array.from(cells, Number);

interface Cases {
  smooth: { y: Cell[]; weight: number; how: string; want: Cell[] }[];
  line: { points: Triples; axis: string; start: number | null; x: Cell[]; y: Cell[] }[];
  by_metric: { points: Triples; other: Triples; x: Cell[]; y: Cell[] }[];
  thin: { x: Cell[]; y: Cell[]; columns: number; log: boolean; want: number[] }[];
  band: ({ kind: string; lines: [Cell[], Cell[]][] } & Record<keyof Band, Cell[]>)[];
  expression: {
    text: string;
    known: string[];
    error?: string;
    names: string[];
    histories: Record<string, Triples>;
    want: [Cell[], Cell[], Cell[]];
  }[];
  importance: {
    params: Record<string, (string | null)[]>;
    values: (Cell | null)[];
    want: [string, number, boolean, number | null, number][];
    runs: number;
    explained: number | null;
    notes: string[];
  }[];
  inks: { ids: string[]; want: [string, string, string][] }[];
}

const cases = golden<Cases>("figures");

function pointsOf(points: Triples): Points {
  const column = (at: 0 | 1 | 2) => Float64Array.from(points, (point) => Number(point[at]));
  return { step: column(0), time: column(1), value: column(2), length: points.length };
}

function close(found: ArrayLike<number>, want: readonly Cell[]): void {
  expect(found.length).toBe(want.length);
  want.forEach((cell, at) => {
    if (Number.isFinite(Number(cell))) expect(found[at]).toBeCloseTo(Number(cell), 9);
    else expect(found[at]).toBe(Number(cell));
  });
}

describe("charts in the browser draw the same data as figures in Python", () => {
  it.each(cases.smooth)("$how with weight $weight", ({ y, weight, how, want }) => close(smoothed(read(y), weight, how), want));

  it.each(cases.line)("a history over its $axis", ({ points, axis, start, x, y }) => {
    const line = lineOf(pointsOf(points), axis, start);
    close(line.x, x);
    close(line.y, y);
  });

  it.each(cases.by_metric)("a history over another metric", ({ points, other, x, y }) => {
    const line = byMetric(pointsOf(points), pointsOf(other));
    close(line.x, x);
    close(line.y, y);
  });

  it.each(cases.thin)("the points kept in $columns columns", ({ x: cells, y, columns, log, want }) => {
    const x = read(cells);
    expect([...thin(x, read(y), 0, x.length, ruler(x[0], x[x.length - 1], 0, columns, log))]).toEqual(want);
  });

  it.each(cases.band)("a band of $kind", ({ kind, lines, ...want }) => {
    const found = bandOf(lines.map(([x, y]) => ({ x: read(x), y: read(y) })), kind);
    for (const name of ["x", "mean", "low", "high", "n"] as const) close(found[name], want[name]);
  });

  it.each(cases.expression)("the expression $text", ({ text, known, error, names, histories, want }) => {
    if (error !== undefined) return void expect(() => parseExpression(text, known)).toThrow(error);
    const tree = parseExpression(text, known);
    expect(namesIn(tree)).toEqual(names);
    const found = evaluate(tree, new Map(Object.entries(histories).map(([name, points]) => [name, pointsOf(points)])));
    [found.step, found.time, found.value].forEach((column, at) => close(column, want[at]));
  });

  it.each(cases.importance)("what a metric of $runs runs hangs on", ({ params, values, want, runs, explained, notes }) => {
    const found = importancesOf(Object.entries(params), values.map((cell) => (cell === null ? null : Number(cell))));
    expect(found).toMatchObject({ runs, notes });
    close([found.explained ?? 0], [explained ?? 0]);
    expect(found.importances.map(({ param, signed }) => [param, signed])).toEqual(want.map(([param, , signed]) => [param, signed]));
    found.importances.forEach(({ correlation, permutation, spread }, at) => {
      close([correlation, permutation ?? -9, spread], [want[at][1], want[at][3] ?? -9, want[at][4]]);
    });
  });

  it.each(cases.inks)("the inks of runs", ({ ids, want }) => {
    const css = (dash: number[]) => (dash.length ? dash.map((size) => `${size}px`).join(",") : "solid");
    expect([...inks(ids).values()].map(({ color, dash, marker }) => [color, css(dash), marker === "triangle" ? "triangle-up" : marker])).toEqual(want);
  });
});
