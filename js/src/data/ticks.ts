/** Where do round values stand along an axis? */

/** Multiples of 1, 2 or 5 of a power of ten from `min` to `max`, about `most` of them at most. */
export function evenTicks(min: number, max: number, most: number, least = 0): number[] {
  const rough = (max - min) / Math.max(1, most - 1);
  const unit = 10 ** Math.floor(Math.log10(rough));
  const by = Math.max([1, 2, 5, 10].find((n) => n * unit >= rough * (1 - 1e-9))! * unit, least);
  return multiples(min, max, by);
}

function multiples(min: number, max: number, by: number): number[] {
  const first = Math.ceil(min / by - 1e-9);
  const count = Math.max(0, Math.floor(max / by + 1e-9) - first + 1);
  return Array.from({ length: count }, (_, i) => Number(((first + i) * by).toPrecision(12)));
}

/** Of a logarithmic axis: 1, 2, 5 of each decade, or decades, or every second, … ; even ones within less than a decade. */
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

const [SECOND, MINUTE, HOUR] = [1000, 60_000, 3_600_000];
export const DAY = 24 * HOUR;
const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 365, 730, 1825, 3650].map((n) => n * DAY),
];

/** Round times of the reader's own clock, in ms, each once. At least two, where a step that is finer by one gives so many. */
export function timeTicks(min: number, max: number, most: number): number[] {
  const first = STEPS.findIndex((step) => (max - min) / step <= most);
  const at = first < 0 ? STEPS.length - 1 : first;
  const ticks = timesEvery(STEPS[at], min, max);
  return ticks.length < 2 && at > 0 ? timesEvery(STEPS[at - 1], min, max) : ticks;
}

function timesEvery(by: number, min: number, max: number): number[] {
  const next = by <= HOUR ? evenly(min, by) : by < DAY ? byTheClock(min, by / HOUR) : byTheCalendar(min, by / DAY);
  const found: number[] = [];
  for (let i = 0; i < MOST_STEPS; i++) {
    const at = next(i);
    if (at > max) break;
    // In an hour that the clock leaves out there is no such time, and Date gives one beside it.
    if (at >= min && at > (found[found.length - 1] ?? -Infinity)) found.push(at);
  }
  return found;
}

const MOST_STEPS = 2000;

/** Clocks change by whole hours, or by half ones, which steps of up to an hour keep to or come back to at the next day. */
function evenly(min: number, by: number): (i: number) => number {
  const offset = new Date(min).getTimezoneOffset() * MINUTE;
  const first = Math.ceil((min - offset) / by) * by + offset;
  return (i) => first + i * by;
}

/** Every so many hours from midnight on, of each day anew. */
function byTheClock(min: number, hours: number): (i: number) => number {
  const [day, perDay] = [new Date(min), Math.floor(24 / hours)];
  return (i) => new Date(day.getFullYear(), day.getMonth(), day.getDate() + Math.floor(i / perDay), (i % perDay) * hours).getTime();
}

/** Midnights: those whose number since 1970 can be divided, so that the ticks do not move with the view. */
function byTheCalendar(min: number, days: number): (i: number) => number {
  const start = new Date(min);
  const since = Math.floor(Date.UTC(start.getFullYear(), start.getMonth(), start.getDate()) / DAY);
  const first = Math.floor(since / days) * days;
  return (i) => new Date(1970, 0, 1 + first + i * days).getTime();
}
