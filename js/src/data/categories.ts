/** In which order do categories stand? Numbers by size, other texts with the numbers in them by size, "None" last. */

import { number as numberIn } from "../query/values";

const NOTHING = new Set(["", "none", "null", "nan", "na", "n/a"]);

interface Key {
  kind: 0 | 1 | 2;
  number: number;
  parts: (number | string)[];
}

/** Each once, in the order of nbtrack/figures/categories.py, whatever the order they are given in. */
export function inNaturalOrder(words: Iterable<string>): string[] {
  const keyed = [...new Set(words)].map((word) => ({ word, key: keyOf(word) }));
  return keyed.sort((a, b) => compare(a.key, b.key) || order(a.word, b.word)).map(({ word }) => word);
}

function keyOf(word: string): Key {
  if (NOTHING.has(word.trim().toLowerCase())) return { kind: 2, number: 0, parts: [] };
  const read = numberIn(word.trim());
  if (read !== null && !Number.isNaN(read)) return { kind: 0, number: read, parts: [] };
  const parts = word.split(/([0-9]+)/).filter((part) => part !== "");
  return { kind: 1, number: 0, parts: parts.map((part) => (/^[0-9]+$/.test(part) ? Number(part) : part.toLowerCase())) };
}

const order = (a: number | string, b: number | string) => (a < b ? -1 : a > b ? 1 : 0);

function compare(a: Key, b: Key): number {
  if (a.kind !== b.kind) return a.kind - b.kind;
  if (a.number !== b.number) return order(a.number, b.number);
  for (let i = 0; i < Math.min(a.parts.length, b.parts.length); i++) {
    const [x, y] = [a.parts[i], b.parts[i]];
    if (typeof x !== typeof y) return typeof x === "number" ? -1 : 1;
    if (x !== y) return order(x, y);
  }
  return a.parts.length - b.parts.length;
}
