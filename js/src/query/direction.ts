/**
 * Is less of a metric better, or more, or can nobody tell? nbtrack/query/direction.py is the twin of this module.
 *
 * What the runs' tags say wins (a library or `%%track -m loss:min` wrote them), then what was set in the dashboard, then
 * the known names of schema/directions.json. A metric that none of them knows has no best value.
 */

import type { Frame, TextColumn } from "../data/frame";
import * as names from "./direction_names";

export type Direction = "min" | "max";
type Way = Direction | "void";

const TAG = "tags.nbtrack.metric.";
const PHRASES = new Map<string, Way>(Object.entries(names.PHRASES));
const FINAL = new Map<string, Way>(Object.entries(names.FINAL));
const WEAK = new Map<string, Way>(Object.entries(names.WEAK));
const [RAISING, NEGATIONS, JOINS, POSITIONS] = [names.RAISING, names.NEGATIONS, names.JOINS, names.POSITIONS].map((words) => new Set<string>(words));
const ENDINGS = Object.entries(names.ENDINGS) as [Direction, readonly string[]][];
const CAMEL = /[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*|[0-9]+/g;
const LONGEST = Math.max(...[...PHRASES.keys()].map((phrase) => phrase.split(" ").length));

/**
 * Which way a metric of these runs is better; null where nobody says. Runs whose tags contradict each other say nothing,
 * and then the name says nothing either.
 */
export function directionOf(frame: Frame, key: string, chosen: Readonly<Record<string, string>> = {}): Direction | null {
  const told = tagged(frame, key);
  if (told.length === 1 && told[0] !== "none") return told[0];
  if (Object.hasOwn(chosen, key)) return wayOf(chosen[key]);
  return told.length > 0 ? null : direction(key);
}

/** A library may know that no direction is better. */
type Tagged = Direction | "none";
const seen = new WeakMap<TextColumn, Tagged[]>();

/** What the runs' own tags say of the metric. */
export function tagged(frame: Frame, key: string): readonly Tagged[] {
  const column = frame.columns.get(TAG + key);
  if (column?.kind !== "text") return [];
  let ways = seen.get(column);
  if (!ways) {
    const codes = new Set(column.codes);
    const words = new Set([...codes].filter((code) => code >= 0).map((code) => column.words[code]));
    ways = (["min", "max", "none"] as const).filter((way) => words.has(way));
    seen.set(column, ways);
  }
  return ways;
}

/** Of each run what its own tag says, else what holds for all. */
export function directionsByRow(frame: Frame, key: string): (row: number) => Direction | null {
  const common = directionOf(frame, key);
  const column = frame.columns.get(TAG + key);
  if (column?.kind !== "text") return () => common;
  const ways = column.words.map((word) => (word === "none" ? null : (wayOf(word) ?? common)));
  return (row) => (column.codes[row] < 0 ? common : ways[column.codes[row]]);
}

const wayOf = (text: string): Direction | null => (text === "min" || text === "max" ? text : null);

/** By the words of the name, the last part of a path first: `loss/train` is a loss. null for an unknown one. */
export function direction(key: string): Direction | null {
  let known = cache.get(key);
  if (known === undefined) cache.set(key, (known = byName(key)));
  return known;
}

const cache = new Map<string, Direction | null>();

function byName(key: string): Direction | null {
  if (key.startsWith("system/")) return null;
  for (const part of key.replaceAll("²", "2").split("/").reverse()) {
    const way = ofPart(part);
    if (way !== null) return way === "void" ? null : way;
  }
  return null;
}

/** Words from `start` to `end` that the table knows. */
interface Match {
  start: number;
  end: number;
  way: Way;
  weak: boolean;
}

function ofPart(part: string): Way | null {
  for (const words of [part.toLowerCase().match(/[a-z0-9]+/g) ?? [], (part.match(CAMEL) ?? []).map((word) => word.toLowerCase())]) {
    const found = matches(words);
    if (found.length > 0) return decided(words, found);
  }
  return null;
}

/** From left to right the longest phrases, none of which overlap. */
function matches(words: readonly string[]): Match[] {
  const found: Match[] = [];
  const last = words.findLastIndex((word) => !/^[0-9]+$/.test(word));
  for (let at = 0; at < words.length; ) {
    const match = matchAt(words, at, last);
    if (match) found.push(match);
    at = match ? match.end : at + 1;
  }
  return found;
}

function matchAt(words: readonly string[], at: number, last: number): Match | null {
  for (let n = Math.min(LONGEST, words.length - at); n > 0; n--) {
    const way = PHRASES.get(words.slice(at, at + n).join(" "));
    if (way) return { start: at, end: at + n, way, weak: false };
  }
  for (const word of [words[at], words[at].replace(/[0-9]+$/, "")]) {
    const way = PHRASES.get(word) ?? (at === last ? FINAL.get(word) : undefined) ?? WEAK.get(word);
    if (way) return { start: at, end: at + 1, way, weak: WEAK.has(word) };
  }
  for (const [way, endings] of ENDINGS) if (endings.some((ending) => words[at].endsWith(ending))) return { start: at, end: at + 1, way, weak: false };
  return null;
}

/** The last match says it: an accuracy_loss is a loss. "void" where the name judges nothing. */
function decided(words: readonly string[], found: readonly Match[]): Way {
  if (found.some(({ way }) => way === "void")) return "void";
  if (words[0] === "best" && POSITIONS.has(words[words.length - 1])) return "void";
  if (found.some(({ start, end }) => words.slice(start, end).some((word) => RAISING.has(word)))) return "max";
  const strong = found.filter(({ weak }) => !weak);
  const match = head(words, strong.length > 0 ? strong : found);
  const negated = words.findLastIndex((word, at) => at < match.start && NEGATIONS.has(word) && !inside(found, at));
  if (negated < 0) return match.way;
  // A loss of negatives is usual in contrastive learning, an accuracy of the negative class as well.
  const contrastive = words.slice(match.start, match.end).join(" ") === "loss" && negated === match.start - 1;
  return match.way === "min" && !contrastive ? "max" : "void";
}

const inside = (found: readonly Match[], at: number): boolean => found.some(({ start, end }) => start <= at && at < end);

/** Of `loss_at_best_accuracy` the loss: what follows a joining word only describes. */
function head(words: readonly string[], found: readonly Match[]): Match {
  for (const [at, word] of words.entries()) {
    const before = found.filter(({ end }) => end <= at);
    if (JOINS.has(word) && !inside(found, at) && before.length > 0) return before[before.length - 1];
  }
  return found[found.length - 1];
}
