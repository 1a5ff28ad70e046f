/** When are two numbers the same? */

import { NOISE } from "./format_rules";

/** Up to the rounding noise of computing them. NaN is like NaN here. */
export function equal(a: number, b: number): boolean {
  if (Object.is(a, b) || a === b) return true;
  return Number.isFinite(a) && Number.isFinite(b) && Math.abs(a - b) <= NOISE * Math.max(Math.abs(a), Math.abs(b));
}
