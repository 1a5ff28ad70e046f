/** Which number does a text spell: a plain number, a duration, a date? Reads exactly what nbtrack/query/values.py reads. */

const NUMBER = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const WORD = /^([+-]?)(?:(inf|infinity)|nan)$/i;
const PIECE = / *([0-9]+(?:\.[0-9]+)?) *([A-Za-z]+) */y;
const DATE =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?$/;
const SECOND = 1000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
export const DAY = 86_400_000;

const UNITS = new Map<string, number>();
for (const [size, units] of [
  [1, "ms millisecond milliseconds"],
  [SECOND, "s sec secs second seconds"],
  [MINUTE, "m min mins minute minutes"],
  [HOUR, "h hr hrs hour hours"],
  [DAY, "d day days"],
  [7 * DAY, "w week weeks"],
] as const) {
  for (const unit of units.split(" ")) UNITS.set(unit, size);
}

/** Is the whole text a decimal number, as a filter may hold it? */
export function isNumber(text: string): boolean {
  return NUMBER.test(text);
}

/** The number that the whole text spells ("0.1", "1e-3", "-inf", "NaN"), else null. */
export function number(text: string): number | null {
  if (isNumber(text)) return Number(text);
  const word = WORD.exec(text);
  if (word === null) return null;
  if (word[2] === undefined) return NaN;
  return word[1] === "-" ? -Infinity : Infinity;
}

const WHOLE = /^[+-]?[0-9]{16,25}$/;

/** As `number`; a whole number that a double might round is a bigint, so that seeds and ids of 64 bits stay apart. */
export function exact(text: string): number | bigint | null {
  return WHOLE.test(text) ? BigInt(text.replace("+", "")) : number(text);
}

/** Milliseconds: "90s", "1h30m", "1.5 hours", "7d"; else null. */
export function duration(text: string): number | null {
  let total = 0;
  let at = 0;
  while (at < text.length) {
    PIECE.lastIndex = at;
    const piece = PIECE.exec(text);
    const unit = piece ? UNITS.get(piece[2].toLowerCase()) : undefined;
    if (piece === null || unit === undefined) return null;
    total += Number(piece[1]) * unit;
    at = PIECE.lastIndex;
  }
  return at > 0 ? total : null;
}

/** Milliseconds since 1970 of an ISO date or datetime, and whether it is a whole day. UTC unless it has an offset. */
export function date(text: string): { ms: number; whole: boolean } | null {
  const match = DATE.exec(text);
  if (match === null) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  const midnight = daysSince1970(year, month, day) * DAY;
  if (match[4] === undefined) return { ms: midnight, whole: true };
  const [hour, minute, second] = [Number(match[4]), Number(match[5]), Number(match[6] ?? 0)];
  if (hour > 23 || minute > 59 || second > 59) return null;
  const fraction = Number((match[7] ?? "0").padEnd(6, "0")) / 1000;
  const offset = offsetOf(match[8]);
  if (offset === null) return null;
  return { ms: midnight + hour * HOUR + minute * MINUTE + second * SECOND + fraction - offset, whole: false };
}

function offsetOf(zone: string | undefined): number | null {
  if (zone === undefined || zone === "Z") return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))];
  if (hours > 23 || minutes > 59) return null;
  return (hours * HOUR + minutes * MINUTE) * (zone[0] === "-" ? -1 : 1);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Days of the Gregorian calendar, counted with years that begin in March so that the leap day comes last. */
function daysSince1970(year: number, month: number, day: number): number {
  const shifted = year - (month <= 2 ? 1 : 0);
  const leaps = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400);
  const ofYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return shifted * 365 + leaps + ofYear - 719468;
}
