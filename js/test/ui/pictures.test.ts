import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { axisOf } from "../../src/data/analysis";
import { barsOf, boxesOf, chosenOf, courseOf, fieldOf, meanBarsOf, type Course } from "../../src/data/pictures";
import { cellsAlong } from "../../src/data/analysis";
import { change, compareRuns, type MetricPick } from "../../src/data/compare";
import { atStep } from "../../src/data/at";
import { text, type Frame } from "../../src/data/frame";
import { DEFAULT_VIEW } from "../../src/protocol";
import { createState, directionIn, setView, type State } from "../../src/state/state";
import { assemble } from "../../src/ui/charts/assemble";
import { bestPoint } from "../../src/ui/charts/best";
import { createScene } from "../../src/ui/charts/scene";
import { tickText } from "../../src/ui/analyse/pieces";
import { frameFrom, golden, historyFrom, type Written } from "../query/golden";

type Cell = number | string | null;
interface Settings {
  metric: string;
  x?: string;
  smoothing?: number;
  smoother?: string;
  group?: string[];
  band?: string;
  want: { x: number[]; y: Cell[] }[];
}

interface Case {
  frame: Written;
  chosen: { params: string[]; metrics: string[]; metric: string; columns: string[] };
  axes: [name: string, want: { words?: Cell[]; numbers?: Cell[]; log?: boolean }][];
  bars: [metric: string, want: [name: string, value: number][]][];
  means: [metric: string, columns: string[], kind: string, want: [name: string, mean: number, low: number, high: number][]][];
  labels: [name: string, want: string[]][];
  picked: [pick: MetricPick, step: number, want: Differences][];
  box: [by: string, want: number[][]][];
  grid: [x: string, y: string, want: Cell[][]][];
  course: [metric: string, want: { names: string[]; values: number[]; best: number[] }][];
  scatter: [x: string, y: string, want: [number, number][]][];
  difference: Differences;
  turned: Pick<Case, "bars" | "course" | "difference"> & {
    directions: Record<string, string>;
    chosen: string[];
    best: [metric: string, want: number[]][];
  };
  history: Settings[];
}
/** By metric: of each run but the first, in %, and whether that is better. */
type Differences = [metric: string, want: [share: number | null, turn: string][]][];

const [made] = golden<{ pictures: [Case] }>("figures").pictures;
const frame = frameFrom(made.frame);
const rows = frame.ids.map((_, row) => row);
const state = stateOf(frame);
const direction = (metric: string) => directionIn(state, metric);
const named = (row: number) => text(frame, "run_name", row)!;

function stateOf(frame: Frame): State {
  const state = createState("dashboard");
  state.received.value = frame;
  const history = historyFrom(made.frame);
  for (const run of frame.ids) {
    for (const key of Object.keys(made.frame.histories![run])) {
      const { step, timestamp, value } = history(run, key);
      const n = step.length;
      const arrays = [step, timestamp, value].map((each) => Float64Array.from(each));
      state.book.add({ header: { chunks: [{ run, key, from: 0, n, total: n, whole: true }] }, arrays });
    }
  }
  state.selected.value = frame.ids;
  return state;
}

/** What a panel draws, one pair of x and y after the other, as a plotly figure holds them. */
function drawnAs({ metric, want: _, group = [], ...chart }: Settings): { x: number[]; y: number[] }[] {
  const formulas = frame.columns.has(`metrics.${metric}`) ? [] : [metric];
  setView(state, { group, chart: { ...DEFAULT_VIEW.chart, formulas, ...chart } });
  const scene = createScene(state, null);
  const { lines } = assemble(scene, metric, 800);
  scene.stop();
  const of = (x: Float64Array, y: Float64Array) => ({ x: [...x], y: [...y] });
  const found = lines.flatMap(({ line, smooth, band }) => {
    if (band) return [of(line.x, band.high.y), of(line.x, band.low.y), of(line.x, line.y)];
    return smooth ? [of(line.x, line.y), of(line.x, smooth)] : [of(line.x, line.y)];
  });
  const best = formulas.length ? null : bestPoint(lines, direction(metric));
  return best ? [...found, { x: [best.line.line.x[best.at]], y: [best.line.line.y[best.at]] }] : found;
}

function close(found: readonly (number | null)[], want: readonly Cell[]): void {
  expect(found.length).toBe(want.length);
  want.forEach((cell, at) => {
    if (cell === null || !Number.isFinite(Number(cell))) expect(found[at]).toBe(cell === null ? null : Number(cell));
    else expect(found[at]).toBeCloseTo(Number(cell), 9);
  });
}

/** What the comparison shows, and what it says of it. */
function differences(metric: string, want: Differences[number][1], pick: MetricPick = "last", step = 0): void {
  const at = (run: string, name: string) => (state.book.get(run, name) ? atStep(state.book.get(run, name)!, step) : null);
  const told = { pick, step, direction, at, experiments: new Map(), status: () => null, ended: () => null };
  const group = compareRuns(frame, frame.ids, told).find(({ name }) => name === "Metrics")!;
  const [base, ...others] = group.rows.find(({ name }) => name === metric)!.values;
  others.forEach((value, at) => {
    const found = change(value, base, direction(metric));
    const [share, turn] = want[at];
    if (share === null) expect(found?.share ?? null).toBeNull();
    else {
      expect(found!.share! * 100).toBeCloseTo(share, 9);
      expect(found!.turn).toBe(turn);
    }
  });
}

describe("a chart of the dashboard holds what the plotly figure of the same runs holds", () => {
  it("what is chosen where nothing was", () => expect(chosenOf(frame, rows, direction)).toEqual(made.chosen));

  it.each(made.axes)("the axis of %s", (name, want) => {
    const axis = axisOf(frame, name, rows)!;
    if (want.words) expect(axis.values.map((value) => (value === null ? null : axis.words![value]))).toEqual(want.words);
    else {
      close(axis.values, want.numbers!);
      expect(axis.log).toBe(want.log);
    }
  });

  it.each(made.bars)("bars of %s", (metric, want) => {
    const bars = barsOf(frame, rows, metric, direction(metric)).filter(({ value }) => Number.isFinite(value));
    expect(bars.map(({ row, value }) => [named(row), value])).toEqual(want);
  });

  it.each(made.means)("bars of %s by %s with %s", (metric, columns, kind, want) => {
    const bars = meanBarsOf(frame, rows, metric, direction(metric), columns, kind).filter(({ n }) => n > 0);
    expect(bars.map(({ name, n, of }) => `${name} (${n < of ? `${n} of ${of}` : n})`)).toEqual(want.map(([name]) => name));
    bars.forEach(({ value, low, high }, at) => close([value, low, high], want[at].slice(1) as number[]));
  });

  it.each(made.labels)("the cells of %s as the store has them", (name, want) => {
    const axis = axisOf(frame, name, rows)!;
    expect(cellsAlong(axis).labels.map((value) => tickText(axis, value))).toEqual(want);
  });

  it.each(made.picked.flatMap(([pick, step, all]) => all.map(([metric, want]) => [pick, step, metric, want] as const)))(
    "by the %s value (%i): how %s differs",
    (pick, step, metric, want) => differences(metric, want, pick, step),
  );

  it.each(made.box)("boxes by %s", (by, want) => {
    const boxes = boxesOf(axisOf(frame, "metrics.acc", rows)!, axisOf(frame, by, rows)!);
    expect(boxes.map(({ values }) => values)).toEqual(want);
  });

  it.each(made.grid)("cells of %s and %s", (x, y, want) => {
    const [a, b] = [axisOf(frame, x, rows)!, axisOf(frame, y, rows)!];
    const found = want.map((line) => line.map((): number | null => null));
    expect([found[0].length, found.length]).toEqual([a, b].map((axis) => cellsAlong(axis).labels.length));
    for (const { column, line, mean } of fieldOf(a, b, axisOf(frame, "metrics.acc", rows)!)) found[line][column] = mean;
    found.forEach((line, at) => close(line, want[at]));
  });

  it.each(made.course)("the course of %s", (metric, want) => {
    const { rows: order, values, best }: Course = courseOf(frame, rows, metric, direction(metric));
    expect({ names: order.map(named), values, best }).toEqual(want);
  });

  it.each(made.difference)("how %s differs", (metric, want) => differences(metric, want));

  describe("with the directions that were set in the table", () => {
    beforeAll(() => setView(state, { directions: made.turned.directions }));
    afterAll(() => setView(state, { directions: {} }));

    it("what is chosen", () => expect(chosenOf(frame, rows, direction).columns).toEqual(made.turned.chosen));

    it.each(made.turned.bars)("bars of %s", (metric, want) => {
      const bars = barsOf(frame, rows, metric, direction(metric)).filter(({ value }) => Number.isFinite(value));
      expect(bars.map(({ row, value }) => [named(row), value])).toEqual(want);
    });

    it.each(made.turned.course)("the course of %s", (metric, want) => {
      const { rows: order, values, best }: Course = courseOf(frame, rows, metric, direction(metric));
      expect({ names: order.map(named), values, best }).toEqual(want);
    });

    it.each(made.turned.best)("the best point of %s", (metric, want) => {
      vi.stubGlobal("cancelAnimationFrame", () => undefined);
      const { x, y } = drawnAs({ metric, want: [] }).at(-1)!;
      expect([...x, ...y]).toEqual(want);
    });

    it.each(made.turned.difference)("how %s differs", (metric, want) => differences(metric, want));
  });

  it.each(made.scatter)("dots of %s and %s", (x, y, want) => {
    const [a, b] = [axisOf(frame, x, rows)!, axisOf(frame, y, rows)!];
    const dots = rows.map((at) => [a.values[at], b.values[at]]).filter(([p, q]) => p !== null && q !== null);
    expect(dots).toEqual(want);
  });

  it.each(made.history)("the panel $metric with $x $smoothing $smoother $group $band", (settings) => {
    vi.stubGlobal("cancelAnimationFrame", () => undefined);
    const found = drawnAs(settings);
    expect(found.length).toBe(settings.want.length);
    found.forEach(({ x, y }, at) => {
      close(x, settings.want[at].x);
      close(y, settings.want[at].y);
    });
  });
});
