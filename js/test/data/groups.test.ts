import { expect, test } from "vitest";
import { bandOf } from "../../src/data/bands";
import { groupLines, grouped, repeats, spreadOf, summary } from "../../src/data/groups";
import { frameOf, type Column } from "../../src/data/frame";
import { FOLDED, GROUP, PARENT, PINNED } from "../../src/data/tree";
import { nameFilter } from "../../src/state/quick";

const words = (list: string[]): Column => {
  const known = [...new Set(list)];
  return { kind: "text", words: known, codes: Int32Array.from(list, (word) => known.indexOf(word)) };
};
const frame = frameOf(6, new Map([["run_id", words(["0", "1", "2", "3", "4", "5"])], ["params.model", words(["a", "a", "b", "a", "b", "a"])]]));
const order = Uint32Array.of(0, 1, 2, 3, 4, 5);
const groups = grouped(frame, ["params.model"], order);
// 1 and 2 stand under 0, 3 under 1: 2 is of another group.
const shape = {
  order,
  match: new Uint8Array(6).fill(1),
  scope: new Uint8Array(6).fill(1),
  parent: Int32Array.of(-1, 0, 0, 1, -1, -1),
  folded: new Set<number>(),
  pinned: new Set<number>(),
};
const open = new Set(groups.map(({ key }) => key));

test("runs are nested in those of the same group, to any depth", () => {
  const { rows, depth } = groupLines(shape, groups, open, true);
  expect([...rows]).toEqual([0, 0, 1, 3, 5, 1, 2, 4]);
  expect([...depth]).toEqual([0, 1, 2, 3, 1, 0, 1, 1]);
  expect([...groupLines(shape, groups, open, false).depth]).toEqual([0, 1, 1, 1, 1, 0, 1, 1]);
});

test("rows repeat where some of them have the same values", () => {
  expect(repeats(frame, ["params.model"], order)).toBe(true);
  expect(repeats(frame, ["run_id"], order)).toBe(false);
});

test("a folded run hides what is under it in its group, a pinned one stands on top", () => {
  const { rows, marks } = groupLines({ ...shape, folded: new Set([1]), pinned: new Set([5]) }, groups, open, true);
  expect([...rows]).toEqual([5, 0, 0, 1, 1, 2, 4]);
  expect(marks[0]).toBe(PINNED);
  expect(marks[1]).toBe(GROUP | PARENT);
  expect(marks[3]).toBe(PARENT | FOLDED);
});

test("a mean has its deviation, its interval or its ends beside it, and nothing where there is one value", () => {
  const column: Column = { kind: "number", values: Float64Array.of(1, 2, 3, 4, NaN, 9), missing: Uint8Array.of(0, 0, 0, 0, 0, 1) };
  const found = summary(column, order);
  expect(found).toMatchObject({ n: 4, mean: 2.5, min: 1, max: 4 });
  expect(spreadOf(found, "sd")).toEqual({ half: Math.sqrt(5 / 3) });
  expect(spreadOf(found, "ci")).toEqual({ half: (Math.sqrt(5 / 3) * 3.182446305) / 2 });
  expect(spreadOf(found, "minmax")).toEqual({ low: 1, high: 4 });
  expect(spreadOf(summary(column, Uint32Array.of(1)), "ci")).toBeNull();
});

test("a bare word or a pattern searches names; a condition is one", () => {
  expect(nameFilter(" brisk fox ")).toBe("run_name ILIKE '%brisk fox%'");
  expect(nameFilter("/^run-[0-9]+$/")).toBe("run_name RLIKE '(?i)^run-[0-9]+$'");
  expect(nameFilter("/it's")).toBe(`run_name RLIKE "(?i)it's"`);
  for (const text of ["", "loss < 1", "a = 'b'", "status in", "metrics.x is null", "not (a)"]) expect(nameFilter(text)).toBeNull();
});

test("a mean has a gap where no run counts, and says of how many runs it is", () => {
  const line = (...y: number[]) => ({ x: Float64Array.from(y, (_, i) => i), y: Float64Array.from(y) });
  const found = bandOf([line(1, 1, NaN, NaN, 1), line(3, 3, 3, Infinity, 3), line(5, 5)], "minmax");
  expect([...found.n]).toEqual([3, 3, 1, 0, 2]);
  expect([...found.mean]).toEqual([3, 3, 3, NaN, 2]);
  expect([...found.low]).toEqual([1, 1, 3, NaN, 1]);
});

test("a min–max band holds every spike of a history with more points than it has places", () => {
  const y = new Float64Array(50_001).fill(0.5);
  y[31_417] = 1000;
  const found = bandOf([{ x: Float64Array.from(y, (_, i) => i), y }, { x: Float64Array.of(0, 50_000), y: Float64Array.of(0, 0) }], "minmax");
  expect(found.x.length).toBeLessThan(50_001);
  expect(Math.max(...found.high)).toBe(1000);
});
