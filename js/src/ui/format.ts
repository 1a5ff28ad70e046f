/**
 * How are numbers, durations, times and counts written for people? nbtrack/formats.py writes the same texts.
 *
 * The limits are those of schema/formats.json. A rounded number never reads like an exact whole one: 123456.7 is
 * 123456.7, 0.999999 is 1.0000, and 1 is 1. The minus sign is U+2212 everywhere, in exponents too.
 */

import { DIGITS, LEAST_PLAIN, MINUS, MOST_PLAIN, MOST_SHORT, MOST_WHOLE } from "../data/format_rules";
import { equal } from "../data/noise";

/**
 * Five significant digits, and of a number from 10,000 on all digits before the point and one behind it. Whole numbers
 * below 10^15 are whole: from 10^7 on as 2.5e12 where that is as exact. Below 0.0001, and numbers that are not whole from
 * 10^10 on, as powers of ten.
 */
export function num(value: number | null): string {
  if (value === null) return "";
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : `${MINUS}∞`;
  const size = Math.abs(value);
  if (size < MOST_WHOLE && isWhole(size)) return signed(value, whole(Math.round(size)));
  return signed(value, size >= LEAST_PLAIN && size < MOST_PLAIN ? plain(size, DIGITS) : power(size, DIGITS));
}

/** Up to rounding noise, a whole number from 0.5 on, or 0. */
export function isWhole(value: number): boolean {
  const near = Math.floor(value + 0.5);
  return value === near || (near > 0 && equal(value, near));
}

/** All digits; from 10^7 on those of a power of ten where no more than five remain. */
function whole(value: number): string {
  const text = String(value);
  const digits = text.replace(/0+$/, "");
  if (value < MOST_SHORT || digits.length > DIGITS) return text;
  return `${digits[0]}${digits.length > 1 ? "." : ""}${digits.slice(1)}e${text.length - 1}`;
}

/** At least `digits` significant ones, and one behind the point; zeros at the end are cut unless none would remain. */
export function plain(size: number, digits: number): string {
  const text = size.toFixed(Math.max(1, digits - 1 - exponent(Number(size.toPrecision(digits)))));
  const cut = text.replace(/0+$/, "");
  return cut.endsWith(".") ? text : cut;
}

export function power(size: number, digits: number): string {
  const [mantissa, by] = size.toExponential(digits - 1).split("e");
  const short = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
  return `${short}e${by.startsWith("-") ? MINUS : ""}${by.slice(1)}`;
}

/** The power of ten of the first digit; 0 of zero. */
export function exponent(size: number): number {
  return Number(size.toExponential(20).split("e")[1]);
}

/** The minus sign before a text that is not zero. */
export function signed(value: number, text: string): string {
  return value < 0 && /[1-9]/.test(text.split("e")[0]) ? `${MINUS}${text}` : text;
}

/** A param as a cell has room for it: of a fraction with more digits than anyone reads five, all of other texts. */
export function brief(word: string): string {
  return word.length > 9 && /^[-+]?\d*\.\d+(e[-+]?\d+)?$/i.test(word) ? num(Number(word)) : word;
}

// Control characters, line and paragraph separators, directional marks, marks without width: as `visible` in errors.py.
const STEERS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** The text with what would hide or reorder the text around it shown as an escape, such as `\u202e`. */
export function visible(text: string): string {
  return text.replace(STEERS, (letter) => {
    const code = letter.charCodeAt(0);
    return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

const [SECOND, MINUTE, HOUR] = [1000, 60_000, 3_600_000];

/** 850 ms · 12.4 s · 3 min 20 s · 2 h 05 min · 3 d 4 h: rounded to the last unit shown. */
export function duration(length: number | null): string {
  if (length === null || Number.isNaN(length)) return "";
  const ms = Math.max(0, length);
  if (ms === Infinity) return "∞";
  if (round(ms) < SECOND) return `${round(ms)} ms`;
  if (round(ms / 100) < 600) return `${Math.floor(round(ms / 100) / 10)}.${round(ms / 100) % 10} s`;
  const two = (n: number) => String(n).padStart(2, "0");
  const seconds = round(ms / SECOND);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  const minutes = round(ms / MINUTE);
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
  const hours = round(ms / HOUR);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

const round = (value: number) => Math.floor(value + 0.5);

/** just now · 5 min ago · 3 h ago · yesterday · 12 days ago · 2026-03-01 */
export function ago(ms: number | null, now: number): string {
  if (ms === null || Number.isNaN(ms)) return "";
  const min = Math.floor((now - ms) / 60_000);
  if (min < 1) return "just now";
  if (min < 60) return `${min} min ago`;
  const h = Math.floor(min / 60);
  if (h < 24) return `${h} h ago`;
  const days = Math.floor(h / 24);
  if (days < 2) return "yesterday";
  if (days < 31) return `${days} days ago`;
  return dateTime(ms).slice(0, 10);
}

/** 2026-03-01 14:05:09, in the reader's own time zone. */
export function dateTime(ms: number | null): string {
  if (ms === null || !Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return "";
  const date = new Date(ms);
  const two = (n: number) => String(n).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** Times in ms as short as tells them apart: 11-03 14:05, with seconds or the year where these differ. */
export function timesOf(times: readonly number[]): string[] {
  const whole = times.map((ms) => `${dateTime(ms)}.${String(Math.floor(ms) - 1000 * Math.floor(ms / 1000)).padStart(3, "0")}`);
  const distinct = new Set(whole).size;
  for (const [first, last] of [[5, 16], [5, 19], [5, 23], [0, 23]]) {
    const found = whole.map((text) => text.slice(first, last));
    if (new Set(found).size === distinct) return found;
  }
  return whole;
}

/** The zone of the clock that times are shown by, such as Europe/Berlin. */
export const zone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** 12.3 % · 0.05 %: three significant digits of a share of 1. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return `${num(share)} %`;
  return `${signed(share, num(Number((Math.abs(share) * 100).toPrecision(3))))} %`;
}
