/** How do bars become a picture of their own? */

import type { Found } from "../../data/importance";
import { barsOf } from "../../data/pictures";
import { directionIn, type State } from "../../state/state";
import { inks, type Ink } from "../color";
import { runName } from "../drawn";
import { num } from "../format";
import { barsSvg, looksOf } from "../svg_out";

/** The bars of a metric, the best first; each in the ink of its run where none are given. */
export function barsPicture(
  { frame, view }: Pick<State, "frame" | "view">,
  rows: readonly number[],
  metric: string,
  near: Element,
  given?: ReadonlyMap<string, Ink>,
): string {
  const held = frame.value;
  const colors = given ?? inks(rows.map((row) => held.ids[row]));
  const bars = barsOf(held, rows, metric, directionIn({ frame, view }, metric));
  const out = bars.map(({ row, value }) => ({ name: runName(held, held.ids[row]), value, color: colors.get(held.ids[row])!.color, words: num(value) }));
  return barsSvg(metric, out, looksOf(near));
}

/** The importances of params; where the runs are too few for them, the correlations. */
export function importancePicture({ importances }: Found, metric: string, near: Element): string {
  const known = importances.some(({ permutation }) => permutation !== null);
  const out = importances.map(({ param, permutation, correlation }) => {
    const value = (known ? permutation : correlation) ?? 0;
    return { name: param, value, color: value < 0 ? "#e69f00" : "#0072b2", words: num(Number(value.toPrecision(2))) };
  });
  return barsSvg(`${known ? "Permutation importance" : "Rank correlation"} for ${metric}`, out, looksOf(near));
}
