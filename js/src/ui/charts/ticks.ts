/** Where are the ticks of an axis, and what stands at them? */

import type uPlot from "uplot";
import type { XAxis } from "../../data/line";
import { DAY, logTicks, timeTicks } from "../../data/ticks";
import { UNITS } from "../../data/format_rules";
import { aligned, digitsOf } from "../column_format";
import { dateTime, exponent, num, zone } from "../format";

const DECADES = Array.from({ length: 16 }, (_, power) => [1, 2, 5].map((n) => n * 10 ** power)).flat();
const SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800]
  .concat([1, 2, 3, 6, 12, 24, 48, 120, 240, 480, 1200, 2400].map((hours) => hours * 3600));

/** What stands below the axis. A duration has its unit at each tick. */
export function axisTitle(axis: XAxis): string {
  if (axis === "time") return `time (${zone()})`;
  return axis === "relative" ? "since the start" : axis;
}

export function xTicks(axis: XAxis, log: boolean): Partial<uPlot.Axis> {
  if (axis === "time") return { size: 34, splits: (u, _, min, max) => timeTicks(min, max, Math.max(2, Math.floor(u.width / 76))), values: timeTexts as uPlot.Axis.Values };
  const values = (_: uPlot, splits: (number | null)[]) => (axis === "relative" ? splits.map((at) => (at === null ? "" : seconds(at))) : shortAll(splits));
  if (log) return { values: values as uPlot.Axis.Values, ...ofLog((u) => u.width / 56) };
  return { ...(axis === "step" ? { incrs: DECADES } : axis === "relative" ? { incrs: SECONDS } : {}), values: values as uPlot.Axis.Values, space: 56 };
}

export function yTicks(log: boolean): Partial<uPlot.Axis> {
  return {
    values: ((_: uPlot, splits: (number | null)[]) => shortAll(splits)) as uPlot.Axis.Values,
    size: (_, values) => 14 + 6.4 * Math.max(3, ...(values ?? []).map((value) => value?.length ?? 0)),
    ...(log ? ofLog((u) => u.height / 24) : { space: 34 }),
  };
}

/** 14:05, with the day below where it is another one than before. */
function timeTexts(_: uPlot, splits: number[]): string[] {
  const by = splits[1] - splits[0];
  let before = "";
  return splits.map((at) => {
    const [day, clock] = dateTime(at).split(" ");
    const told = before === "" ? day : day === before ? "" : day.slice(5);
    before = day;
    if (by >= DAY) return told || day;
    const fine = by < 1000 ? `${clock.slice(6)}.${String(at % 1000).padStart(3, "0")}` : by < 60_000 ? clock : clock.slice(0, 5);
    return told ? `${fine}\n${told}` : fine;
  });
}

/** uPlot's own begin where the axis does, which is seldom a round number, and crowd where it is long. */
function ofLog(most: (u: uPlot) => number): Partial<uPlot.Axis> {
  return { splits: (u, _, min, max) => logTicks(min, max, Math.max(2, Math.floor(most(u)))), filter: (_, splits) => splits };
}

/** 12k · 3.5M · 2T, and `num` below 10,000 and from 10^21 on. */
export function short(value: number): string {
  const size = Math.abs(value);
  if (size < 1e4 || size >= 1e21 || !Number.isFinite(value)) return num(value);
  const power = Math.floor(exponent(Number(size.toPrecision(5))) / 3); // 999,999.9 is 1M
  return num(Number((value / 1000 ** power).toPrecision(5))) + UNITS[power - 1];
}

/** The same for the ticks of an axis, with all digits where they would look alike. */
export function shortAll(ticks: readonly (number | null)[]): string[] {
  const known = ticks.filter((at) => at !== null);
  const alike = new Set(known.map(short)).size < new Set(known).size;
  const digits = alike ? digitsOf(Float64Array.from(known)) : null;
  return ticks.map((at) => (at === null ? "" : alike ? aligned(at, digits) : short(at)));
}

/** 0.5 s · 90 s · 5 min · 2 h · 3 d */
export function seconds(value: number): string {
  const size = Math.abs(value);
  if (size < 120) return `${num(value)} s`;
  if (size < 7200) return `${num(value / 60)} min`;
  if (size < 172_800) return `${num(value / 3600)} h`;
  return `${num(value / 86_400)} d`;
}
