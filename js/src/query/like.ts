/**
 * Does a text match a LIKE pattern? As nbtrack/query/like.py has it: `%` is any text, `_` one character, neither a line's
 * end; a pattern ending in % allows anything behind it, any other a single line end at the end of the text.
 */

import { TWINS } from "./twins";

const ASCII = /^[\x00-\x7f]*$/;
const PAIRS = /[\ud800-\udfff]/;

/** Lower case, character by character, so that the length stays: ß stays ß, and İ becomes i. */
export function fold(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  let folded = "";
  for (const character of text) {
    const lower = String.fromCodePoint(character.toLowerCase().codePointAt(0)!);
    folded += TWINS.get(lower) ?? lower;
  }
  return folded;
}

type Units = string | string[];

/** A test for texts. For ILIKE fold both sides first. */
export function matcher(pattern: string): (text: string) => boolean {
  const segments = pattern.split("%");
  const characters = segments.map((segment) => Array.from(segment));
  // `_` is one character, be it one half or two of JavaScript's.
  return (text) => (PAIRS.test(text) ? matches(characters, Array.from(text)) : matches(segments, text));
}

/** The leftmost place for each segment is the best one: a later one only lengthens the gap before it. */
function matches(segments: Units[], text: Units): boolean {
  const first = segments[0];
  if (!fits(text, first, 0)) return false;
  let at = first.length;
  if (segments.length === 1) return atEnd(text, at);
  for (const segment of segments.slice(1, -1)) {
    const found = find(text, segment, at);
    if (found < 0 || lineEndBetween(text, at, found)) return false;
    at = found + segment.length;
  }
  const last = segments[segments.length - 1];
  if (last.length === 0) return true;
  for (const end of [text.length - 1, text.length]) {
    const place = end - last.length;
    if (place >= at && atEnd(text, end) && fits(text, last, place)) return !lineEndBetween(text, at, place);
  }
  return false;
}

function atEnd(text: Units, at: number): boolean {
  return at === text.length || (at === text.length - 1 && text[at] === "\n");
}

function lineEndBetween(text: Units, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (text[at] === "\n") return true;
  return false;
}

function fits(text: Units, segment: Units, at: number): boolean {
  if (at + segment.length > text.length) return false;
  for (let i = 0; i < segment.length; i++) {
    const wanted = segment[i];
    if (wanted === "_" ? text[at + i] === "\n" : text[at + i] !== wanted) return false;
  }
  return true;
}

/** The first place at or after `start` where the segment fits, else -1. */
function find(text: Units, segment: Units, start: number): number {
  if (typeof text === "string" && typeof segment === "string" && !segment.includes("_")) return text.indexOf(segment, start);
  for (let at = start; at + segment.length <= text.length; at++) if (fits(text, segment, at)) return at;
  return -1;
}
