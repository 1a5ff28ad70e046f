import { expect, test } from "vitest";
import { bestPlaces, change, compareRuns, unlike, type MetricPick, type Told } from "../../src/data/compare";
import { number, text } from "../../src/data/frame";
import { syntheticState } from "../page/synthetic";

const frame = syntheticState({ runs: 4, points: 20 }).frame.value;
const [a, b] = frame.ids;
const told = (pick: MetricPick, more: Partial<Told> = {}): Told => ({
  pick,
  step: 0,
  direction: (metric) => (metric.includes("loss") ? "min" : "max"),
  at: () => null,
  experiments: new Map([["1", "digits"]]),
  status: (run) => text(frame, "status", frame.rowOf.get(run)!),
  ended: (run) => number(frame, "end_time", frame.rowOf.get(run)!),
  ...more,
});
const last = told("last");

test("runs stand side by side in sections, seldom wanted ones folded", () => {
  const groups = compareRuns(frame, [a, b], last);
  expect(groups.map(({ name, folded }) => [name, folded])).toEqual([
    ["Metrics", false],
    ["Params", false],
    ["Overview", false],
    ["Tags", false],
    ["Notes", false],
    ["Environment", false],
    ["System metrics", true],
    ["System tags", true],
  ]);
});

test("a row says whether its values differ, and rows nobody has are left out", () => {
  const params = compareRuns(frame, [a, b], last).find(({ name }) => name === "Params")!.rows;
  const differs = Object.fromEntries(params.map((row) => [row.name, row.differs]));
  expect(differs).toEqual({ batch_size: true, learning_rate: true, model: true, note: true, seed: false });
});

test("the experiment is shown by its name and the duration from start to end", () => {
  const overview = compareRuns(frame, [a], last).find(({ name }) => name === "Overview")!;
  const values = Object.fromEntries(overview.rows.map((row) => [row.name, row.values[0]]));
  expect(values).toMatchObject({ experiment: "digits", duration: 8000, status: "FINISHED" });
});

test("a metric shows its last, least or largest value as asked", () => {
  const value = (pick: MetricPick) =>
    compareRuns(frame, [a], told(pick)).find(({ name }) => name === "Metrics")!.rows.find(({ name }) => name === "loss")!.values[0] as number;
  expect(value("min")).toBeLessThanOrEqual(value("last"));
  expect(value("max")).toBeGreaterThan(value("last"));
  expect(value("best")).toBe(value("min"));
});

test("a metric at a step is what stood there, with the step it is of where that is another one", () => {
  const at = (run: string) => (run === a ? { value: 1, step: 7 } : { value: 2, step: 6 });
  const { values, steps, differs } = compareRuns(frame, [a, b], told("step", { step: 7, at })).find(({ name }) => name === "Metrics")!.rows.find(({ name }) => name === "loss")!;
  expect([values, steps, differs]).toEqual([[1, 2], [null, 6], true]);
});

test("a run that is gone has empty cells", () => {
  const overview = compareRuns(frame, [a, "gone"], last).find(({ name }) => name === "Overview")!;
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
