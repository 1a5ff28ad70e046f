/** What is known about the distinct words of a text column? Found once for each list of words and kept while it lives. */

import { fold } from "./like";
import { exact } from "./values";

interface Numbers {
  values: Float64Array;
  spelled: Uint8Array;
  /** Whole numbers that a double might round, by the place of their word. */
  whole: Map<number, bigint>;
}

const numbersOf = new WeakMap<readonly string[], Numbers>();
const foldedOf = new WeakMap<readonly string[], string[]>();
const ranksOf = new WeakMap<readonly string[], Uint32Array>();
const PAIRS = /[\ud800-\udfff]/;

/** The number that each word spells, and whether it spells one. */
export function numbers(words: readonly string[]): Numbers {
  let known = numbersOf.get(words);
  if (known === undefined) {
    known = { values: new Float64Array(words.length), spelled: new Uint8Array(words.length), whole: new Map() };
    for (let code = 0; code < words.length; code++) {
      const value = exact(words[code]);
      if (typeof value === "bigint") known.whole.set(code, value);
      known.values[code] = value === null ? NaN : Number(value);
      known.spelled[code] = value === null ? 0 : 1;
    }
    numbersOf.set(words, known);
  }
  return known;
}

/** Each word as ILIKE sees it. */
export function folded(words: readonly string[]): string[] {
  let known = foldedOf.get(words);
  if (known === undefined) foldedOf.set(words, (known = words.map(fold)));
  return known;
}

/** The place of each word among all of them, by code points. */
export function ranks(words: readonly string[]): Uint32Array {
  let known = ranksOf.get(words);
  if (known === undefined) {
    known = new Uint32Array(words.length);
    const sorted = hasPairs(words) ? words.toSorted(byCodePoints) : words.toSorted();
    const codeOf = new Map(words.map((word, code) => [word, code]));
    for (let rank = 0; rank < sorted.length; rank++) known[codeOf.get(sorted[rank])!] = rank;
    ranksOf.set(words, known);
  }
  return known;
}

function hasPairs(words: readonly string[]): boolean {
  return words.some((word) => PAIRS.test(word));
}

/** The quickest comparison that orders these words by code points. */
export function comparison(words: readonly string[]): (a: string, b: string) => number {
  return hasPairs(words) ? byCodePoints : (a, b) => (a < b ? -1 : a > b ? 1 : 0);
}

/** As Python compares texts. JavaScript compares halves, which puts 😀 before ﬀ. */
function byCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return beyondHalves(x) - beyondHalves(y);
  }
  return a.length - b.length;
}

/** Halves of a pair stand for characters beyond all those that need one half only. */
function beyondHalves(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
