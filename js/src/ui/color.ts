/** Which colour is a run's? Always the same for the same id, far from its neighbours, told apart with colour-blind eyes. */

/** Eight hues of Okabe and Ito, shifted to read on white and on near-black alike. */
const HUES = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8c6bb1", "#999933"];

/** Lines of the same hue are told apart by dashes, in this order. */
const DASHES = [[], [6, 3], [2, 2], [8, 3, 2, 3]];

export interface Ink {
  color: string;
  dash: number[];
}

// What an id once had on this page: a line keeps its colour when others come into the picture or the table is sorted.
const places = new Map<string, number>();
const MANY = 20_000;

/**
 * The ink of each id: the one that it had before, where two had the same the first of them; else the place that its hash
 * names, or the next free one, so that the first 32 ids of one picture never share an ink.
 */
export function inks(ids: readonly string[]): ReadonlyMap<string, Ink> {
  const same = ids.join("\n");
  const known = made.get(same) ?? inksOf(ids);
  made.delete(same);
  made.set(same, known);
  if (made.size > MOST_KEPT) made.delete(made.keys().next().value!);
  return known;
}

/** Every picture of the page asks again with each point that comes, and for the same few lists. */
const made = new Map<string, ReadonlyMap<string, Ink>>();
const MOST_KEPT = 20;

function inksOf(ids: readonly string[]): ReadonlyMap<string, Ink> {
  const size = HUES.length * DASHES.length;
  if (places.size > MANY) places.clear();
  const taken = new Map<number, string>();
  for (const id of ids) {
    const place = places.get(id);
    if (place !== undefined && !taken.has(place)) taken.set(place, id);
  }
  const found = new Map<string, Ink>();
  for (const id of ids) {
    let place = places.get(id) ?? hash(id) % HUES.length;
    if (taken.size < size) while (taken.has(place) && taken.get(place) !== id) place = (place + 1) % size;
    taken.set(place, id);
    if (!places.has(id)) places.set(id, place);
    found.set(id, { color: HUES[place % HUES.length], dash: DASHES[Math.floor(place / HUES.length) % DASHES.length] });
  }
  return found;
}

function hash(text: string): number {
  let h = 2166136261;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16777619);
  return h >>> 0;
}
