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

/** Round times of the reader's own clock, in ms. */
export function timeTicks(min: number, max: number, most: number): number[] {
  const by = STEPS.find((step) => (max - min) / step <= most) ?? STEPS[STEPS.length - 1];
  // Of each day anew, because the clocks may change in between.
  const found: number[] = [];
  const offset = (at: number) => new Date(at).getTimezoneOffset() * MINUTE;
  for (let at = Math.ceil((min - offset(min)) / by) * by; found.length < 1000; at += by) {
    const there = at + offset(at + offset(min));
    if (there > max) break;
    if (there >= min) found.push(there);
  }
  return found;
}
