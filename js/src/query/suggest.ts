/** Which known name did the person mean? As nbtrack/query/suggest.py decides. */

import { fold } from "./like";

/**
 * The name closest to what was typed, or null when none is close; the first of equals. A third of the letters may differ;
 * failing that, a name that begins with what was typed will do.
 */
export function nearest(typed: string, names: Iterable<string>): string | null {
  const wanted = fold(typed);
  const letters = Array.from(wanted);
  let best: string | null = null;
  let longer: string | null = null;
  let closest = Math.floor(letters.length / 3) + 1;
  for (const name of names) {
    const whole = fold(name);
    for (const candidate of [whole, whole.slice(whole.indexOf(".") + 1)]) {
      const far = distance(letters, Array.from(candidate), closest);
      if (far < closest) [best, closest] = [name, far];
      if (letters.length > 1 && candidate.startsWith(wanted)) longer ??= name;
    }
  }
  return best ?? longer;
}

/** How many letters must be changed, added, dropped or swapped with their neighbour; `limit` when at least that. */
export function distance(a: string[], b: string[], limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const earlier = before;
    before = row;
    row = [i];
    for (let j = 1; j <= b.length; j++) {
      let cost = Math.min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, earlier[j - 2] + 1);
      row.push(cost);
    }
    if (Math.min(...row) >= limit) return limit;
  }
  return Math.min(row[b.length], limit);
}
