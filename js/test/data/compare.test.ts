import { expect, test } from "vitest";
import { bestPlaces, change, compareRuns, unlike } from "../../src/data/compare";
import { syntheticState } from "../page/synthetic";

const frame = syntheticState({ runs: 4, points: 20 }).frame.value;
const [a, b] = frame.ids;

test("runs stand side by side in sections, seldom wanted ones folded", () => {
  const groups = compareRuns(frame, [a, b]);
  expect(groups.map(({ name, folded }) => [name, folded])).toEqual([
    ["Params", false],
    ["Metrics", false],
    ["Overview", false],
    ["Tags", false],
    ["Notes", false],
    ["System metrics", true],
    ["System tags", true],
  ]);
});

test("a row says whether its values differ, and rows nobody has are left out", () => {
  const params = compareRuns(frame, [a, b]).find(({ name }) => name === "Params")!.rows;
  const differs = Object.fromEntries(params.map((row) => [row.name, row.differs]));
  expect(differs).toEqual({ batch_size: true, learning_rate: true, model: true, note: true, seed: false });
});

test("the experiment is shown by its name and the duration from start to end", () => {
  const overview = compareRuns(frame, [a], "last", new Map([["1", "digits"]])).find(({ name }) => name === "Overview")!;
  const values = Object.fromEntries(overview.rows.map((row) => [row.name, row.values[0]]));
  expect(values).toMatchObject({ experiment: "digits", duration: 8000, status: "FINISHED" });
});

test("a metric shows its last, least or largest value as asked", () => {
  const value = (pick: "last" | "min" | "max") =>
    compareRuns(frame, [a], pick).find(({ name }) => name === "Metrics")!.rows.find(({ name }) => name === "loss")!.values[0] as number;
  expect(value("min")).toBeLessThanOrEqual(value("last"));
  expect(value("max")).toBeGreaterThan(value("last"));
});

test("a run that is gone has empty cells", () => {
  const overview = compareRuns(frame, [a, "gone"]).find(({ name }) => name === "Overview")!;
  expect(overview.rows.every(({ values }) => values[1] === null)).toBe(true);
});

test("the best values are by the metric's direction, and none where all are equal", () => {
  expect(bestPlaces([3, 1, NaN, 1, null], "min")).toEqual([1, 3]);
  expect(bestPlaces([3, 1, 2], "max")).toEqual([0]);
  expect(bestPlaces([2, 2], "max")).toEqual([]);
  expect(bestPlaces([2, null, Infinity], "max")).toEqual([]);
});

test("the odd one out is marked, or whatever is unlike the baseline", () => {
  expect(unlike(["x", "x", "y"], -1)).toEqual([false, false, true]);
  expect(unlike(["x", "x", "y"], 2)).toEqual([true, true, false]);
  expect(unlike(["x", "y"], -1)).toEqual([true, true]);
  expect(unlike(["x", "y", "z"], -1)).toEqual([false, false, false]);
});

test("a difference is for the better or the worse by the metric's direction", () => {
  expect(change(0.5, 1, "min")).toEqual({ by: -0.5, share: -0.5, turn: "better" });
  expect(change(0.5, 1, "max")).toMatchObject({ turn: "worse" });
  expect(change(2, -1, "max")).toMatchObject({ by: 3, share: 3, turn: "better" });
  expect(change(1, 0, "max")).toMatchObject({ share: null });
  expect(change(1, 1, "max")).toMatchObject({ turn: "same" });
  expect(change(NaN, 1, "max")).toBeNull();
  expect(change("a", 1, "max")).toBeNull();
});
