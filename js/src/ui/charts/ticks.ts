/** Where are the ticks of an axis, and what stands at them? */

import type uPlot from "uplot";
import type { XAxis } from "../../data/line";
import { num } from "../format";

const DECADES = Array.from({ length: 16 }, (_, power) => [1, 2, 5].map((n) => n * 10 ** power)).flat();
const SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800]
  .concat([1, 2, 3, 6, 12, 24, 48, 120, 240, 480, 1200, 2400].map((hours) => hours * 3600));

export function xTicks(axis: XAxis, log: boolean): Pick<uPlot.Axis, "incrs" | "values" | "space"> {
  if (axis === "time") return { space: 76 };
  const values = (_: uPlot, splits: (number | null)[]) => splits.map((at) => (at === null ? "" : axis === "relative" ? seconds(at) : short(at)));
  if (log) return { values: values as uPlot.Axis.Values, space: 40 };
  return { ...(axis === "step" ? { incrs: DECADES } : axis === "relative" ? { incrs: SECONDS } : {}), values: values as uPlot.Axis.Values, space: 56 };
}

export function yTicks(log: boolean): Pick<uPlot.Axis, "values" | "size" | "space"> {
  return {
    values: ((_: uPlot, splits: (number | null)[]) => splits.map((at) => (at === null ? "" : short(at)))) as uPlot.Axis.Values,
    space: log ? 22 : 34,
    size: (_, values) => 14 + 6.4 * Math.max(3, ...(values ?? []).map((value) => value?.length ?? 0)),
  };
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
