/** How do bars become a picture of their own? */

import type { Found } from "../../data/importance";
import { num } from "../format";
import { barsSvg, looksOf } from "../svg_out";
import { bandText, extentOf, type BarShown } from "./bars";

/** The bars of a metric as they stand on the page. `kind` is that of the bands around groups' means. */
export function barsPicture(metric: string, bars: readonly BarShown[], kind: string, near: Element): string {
  const out = bars.map((bar) => {
    const words = [num(bar.value), bandText(bar, kind)].filter(Boolean).join(" ");
    return { name: bar.name, value: bar.value, color: bar.ink.color, words, ends: bar.band && ([bar.band.low, bar.band.high] as const) };
  });
  return barsSvg(metric, out, extentOf(bars), looksOf(near));
}

/** The importances of params; where the runs are too few for them, the correlations. */
export function importancePicture({ importances }: Found, metric: string, near: Element): string {
  const known = importances.some(({ permutation }) => permutation !== null);
  const out = importances.map(({ param, permutation, correlation }) => {
    const value = (known ? permutation : correlation) ?? 0;
    return { name: param, value, color: value < 0 ? "#e69f00" : "#0072b2", words: num(Number(value.toPrecision(2))), ends: null, band: null };
  });
  return barsSvg(`${known ? "Permutation importance" : "Rank correlation"} for ${metric}`, out, extentOf(out), looksOf(near));
}
