/** Where are the ticks of an axis, and what stands at them? */

import type uPlot from "uplot";
import type { XAxis } from "../../data/line";
import { num } from "../format";

const DECADES = Array.from({ length: 16 }, (_, power) => [1, 2, 5].map((n) => n * 10 ** power)).flat();
const SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800]
  .concat([1, 2, 3, 6, 12, 24, 48, 120, 240, 480, 1200, 2400].map((hours) => hours * 3600));

export function xTicks(axis: XAxis, log: boolean): Partial<uPlot.Axis> {
  if (axis === "time") return { space: 76 };
  const values = (_: uPlot, splits: (number | null)[]) => splits.map((at) => (at === null ? "" : axis === "relative" ? seconds(at) : short(at)));
  if (log) return { values: values as uPlot.Axis.Values, ...ofLog((u) => u.width / 56) };
  return { ...(axis === "step" ? { incrs: DECADES } : axis === "relative" ? { incrs: SECONDS } : {}), values: values as uPlot.Axis.Values, space: 56 };
}

export function yTicks(log: boolean): Partial<uPlot.Axis> {
  return {
    values: ((_: uPlot, splits: (number | null)[]) => splits.map((at) => (at === null ? "" : short(at)))) as uPlot.Axis.Values,
    size: (_, values) => 14 + 6.4 * Math.max(3, ...(values ?? []).map((value) => value?.length ?? 0)),
    ...(log ? ofLog((u) => u.height / 30) : { space: 34 }),
  };
}

/** uPlot's own begin where the axis does, which is seldom a round number, and crowd where it is long. */
function ofLog(most: (u: uPlot) => number): Partial<uPlot.Axis> {
  return { splits: (u, _, min, max) => logTicks(min, max, Math.max(2, Math.floor(most(u)))), filter: (_, splits) => splits };
}

/** Round numbers between `min` and `max`, at most `most`: 1, 2, 5 of each decade, or decades, or every second, … */
export function logTicks(min: number, max: number, most: number): number[] {
  const [first, last] = [Math.floor(Math.log10(min)), Math.ceil(Math.log10(max))];
  const inside = (ticks: number[]) => ticks.filter((at) => at >= min && at <= max);
  const decades = (every: number) => {
    const powers = Array.from({ length: last - first + 1 }, (_, i) => first + i);
    return powers.filter((power) => power % every === 0).map((power) => Number(`1e${power}`));
  };
  const close = inside(decades(1).flatMap((at) => [1, 2, 5].map((n) => Number((n * at).toPrecision(3)))));
  if (close.length <= most) return close.length >= 3 || last - first > 2 ? close : inside(evenTicks(min, max, most));
  let every = 1;
  while (inside(decades(every)).length > most) every++;
  return inside(decades(every));
}

function evenTicks(min: number, max: number, most: number): number[] {
  const rough = (max - min) / (most - 1);
  const unit = 10 ** Math.floor(Math.log10(rough));
  const by = unit * [1, 2, 5, 10].find((n) => n * unit >= rough)!;
  return Array.from({ length: Math.floor(max / by) - Math.ceil(min / by) + 1 }, (_, i) => Number(((Math.ceil(min / by) + i) * by).toPrecision(12)));
}

/** 12k · 3.5M, and `num` otherwise. */
export function short(value: number): string {
  const size = Math.abs(value);
  for (const [unit, name] of [[1e9, "G"], [1e6, "M"], [1e4, "k"]] as const) {
    if (size >= unit && size < 1e13) return num(value / (name === "k" ? 1e3 : unit)) + name;
  }
  return num(value);
}

/** 0.5 s · 90 s · 5 min · 2 h · 3 d */
export function seconds(value: number): string {
  const size = Math.abs(value);
  if (size < 120) return `${num(value)} s`;
  if (size < 7200) return `${num(value / 60)} min`;
  if (size < 172_800) return `${num(value / 3600)} h`;
  return `${num(value / 86_400)} d`;
}
