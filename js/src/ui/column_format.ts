/** How are the numbers of one column written, so that those that differ look different? nbtrack/formats.py has the same rules. */

import { COLUMN_DIGITS, COLUMN_DIGITS_MANY, COLUMN_DIGITS_MOST, COLUMN_MANY, LEAST_PLAIN, MOST_PLAIN, MOST_WHOLE } from "../data/format_rules";
import { equal } from "../data/noise";
import { exponent, isWhole, num, plain, power, signed } from "./format";

/** `decimals`: as many behind every point, which then stand below each other. `digits`: significant ones of each number. null: as num(). */
export type Digits = { decimals: number } | { digits: number } | null;

const known = new WeakMap<Float64Array, Digits>();

/** As few as tell all values of a column apart; of more than 200 values at most seven significant digits. */
export function digitsOf(values: Float64Array): Digits {
  let found = known.get(values);
  if (found === undefined) known.set(values, (found = chosen(distinct(values))));
  return found;
}

/** A number as its column writes numbers. */
export function aligned(value: number, digits: Digits): string {
  if (digits === null || !Number.isFinite(value) || value === 0) return digits && "decimals" in digits && value === 0 ? (0).toFixed(digits.decimals) : num(value);
  return "decimals" in digits ? fixed(value, digits.decimals) : significant(value, digits.digits);
}

const fixed = (value: number, decimals: number) => signed(value, Math.abs(value).toFixed(decimals));

function significant(value: number, digits: number): string {
  const size = Math.abs(value);
  if (size < MOST_WHOLE && isWhole(size)) return num(value);
  return signed(value, size >= LEAST_PLAIN && size < MOST_PLAIN ? plain(size, digits) : power(size, digits));
}

/** The finite values in order, each once, and of those that differ by rounding noise only one. */
function distinct(values: Float64Array): Float64Array {
  const sorted = values.filter(Number.isFinite).sort();
  let last = NaN;
  return sorted.filter((value) => !equal(value, last) && ((last = value), true));
}

function chosen(values: Float64Array): Digits {
  const most = values.reduce((size, value) => Math.max(size, Math.abs(value)), 0);
  const least = values.reduce((size, value) => (value === 0 ? size : Math.min(size, Math.abs(value))), Infinity);
  const plainly = most < 0.01 || values.every((value) => isWhole(Math.abs(value)));
  if (plainly && differ(values, num)) return null;
  // Three significant digits of the least number, at most one decimal more than the greatest asks for.
  const few = decimalsFor(most);
  const needed = Number.isFinite(least) ? 2 - exponent(least) : 0;
  if (!plainly && most < MOST_SPREAD && needed <= few + 1) {
    for (let decimals = Math.max(few, needed); decimals <= COLUMN_DIGITS_MANY; decimals++) {
      if (differ(values, (value) => fixed(value, decimals))) return { decimals };
    }
  }
  const limit = values.length > COLUMN_MANY ? COLUMN_DIGITS_MANY : COLUMN_DIGITS_MOST;
  let digits = COLUMN_DIGITS;
  while (digits < limit && !differ(values, (value) => significant(value, digits))) digits++;
  return { digits };
}

/** From here on a few decimals behind every number are a false precision. */
const MOST_SPREAD = 1e6;

const decimalsFor = (most: number) => Math.max(1, COLUMN_DIGITS - Math.max(0, exponent(most)));

/** Are the texts of ascending values all different? Equal texts are neighbors. */
function differ(values: Float64Array, write: (value: number) => string): boolean {
  let last = "";
  for (const value of values) {
    const text = write(value);
    if (text === last) return false;
    last = text;
  }
  return true;
}
