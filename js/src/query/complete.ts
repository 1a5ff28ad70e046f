/** What may stand where the cursor is, and which columns are there at all? The answers of nbtrack/query/complete.py. */

import type { Column as Cells, Frame, TextColumn } from "../data/frame";
import { ATTRIBUTES, columnOf, DURATION, kindOf, written, type Kind } from "./columns";
import { cells } from "./evaluate";
import { lengthOf, lex, token as tokenOf, type Token } from "./lex";
import { fold } from "./like";
import { operators } from "./parse";
import { nameOf, PARTS, QueryError, type Column } from "./tree";
import { isNumber, number } from "./values";
import { comparison } from "./words";

const MOST = 20;
const EXAMPLES = 3;
/** A param with more of them is compared with a number that is typed, not chosen. */
const FEW_NUMBERS = 8;
const EXAMPLE_VALUES: Partial<Record<Kind, string[]>> = {
  time: ["now() - '1d'", "now() - '7d'"],
  duration: ["'1m'", "'1h'", "'1d'"],
};

/** `name` as a filter spells it; `count` runs have it; `examples` are its commonest words, or least and greatest. */
export interface ColumnInfo {
  name: string;
  kind: Kind;
  count: number;
  examples: (string | number)[];
}

type Wanted = "column" | "operator" | "value" | "joint";

/** Put `text` in place of the characters from `start` to `end`. `count` runs have it, 0 where that says nothing. */
export interface Suggestion {
  text: string;
  start: number;
  end: number;
  kind: Wanted;
  count: number;
  examples: (string | number)[];
}

/** What can be filtered and ordered by: attributes, then metrics, params and tags as the frame has them. */
export function columns(frame: Frame): ColumnInfo[] {
  return namesIn(frame).map((name) => info(frame, name));
}

/** What may stand at the cursor (a count of characters), the likeliest first, at most 20. */
export function complete(frame: Frame, text: string, cursor: number): Suggestion[] {
  const [before, typed] = split(Array.from(text).slice(0, cursor).join(""));
  const state = stateAfter(before, frame);
  const start = cursor - lengthOf(typed);
  const suggest = (word: string, count = 0, examples: (string | number)[] = []): Suggestion => {
    return { text: word, start, end: cursor, kind: state.wanted, count, examples };
  };
  if (state.wanted === "column") {
    return columnsFor(frame, typed).map(([{ name, count, examples }, part]) => suggest(name + part, count, examples));
  }
  if (state.wanted !== "joint" && state.column === null) return [];
  if (state.wanted === "value") return valuesFor(frame, state, typed).map(([word, count]) => suggest(word, count));
  const words =
    state.wanted === "joint" ? ["AND", "OR"] : [...operators(state.column!), "IN", "NOT IN", "IS NULL", "IS NOT NULL"];
  return words.filter((word) => word.startsWith(typed.toUpperCase())).map((word) => suggest(word));
}

function namesIn(frame: Frame): string[] {
  const names = ATTRIBUTES.filter((name) => frame.columns.has(name));
  if (frame.columns.has("start_time") && frame.columns.has("end_time")) names.push(DURATION);
  return [...names, ...[...frame.columns.keys()].filter((name) => name.includes("."))];
}

function info(frame: Frame, name: string): ColumnInfo {
  const spelled = written(name);
  const column = columnOf(tokenOf("name", spelled, 0, 0), new Set(frame.columns.keys()));
  const held = cells(column, { frame, now: 0 });
  if (held.kind !== "text") return { name: spelled, kind: kindOf(column), ...span(held) };
  const words = commonest(held);
  const count = words.reduce((sum, [, n]) => sum + n, 0);
  return { name: spelled, kind: kindOf(column), count, examples: words.slice(0, EXAMPLES).map(([word]) => word) };
}

/** Words that rows hold with their numbers, the commonest first, equals by their letters. */
function commonest({ codes, words }: TextColumn): [word: string, count: number][] {
  const counts = new Uint32Array(words.length);
  for (const code of codes) if (code >= 0) counts[code]++;
  const found = words.map((word, code): [string, number] => [word, counts[code]]).filter(([, count]) => count > 0);
  const compare = comparison(words);
  return found.sort((a, b) => b[1] - a[1] || compare(a[0], b[0]));
}

function span(held: Exclude<Cells, TextColumn>): { count: number; examples: number[] } {
  let [count, least, greatest] = [0, Infinity, -Infinity];
  held.values.forEach((value, row) => {
    if (held.missing[row]) return;
    count++;
    if (Number.isFinite(value)) [least, greatest] = [Math.min(least, value), Math.max(greatest, value)];
  });
  return { count, examples: least <= greatest ? [least, greatest] : [] };
}

/** The whole tokens before the cursor, and the unfinished one that touches it. */
function split(text: string): [before: Token[], typed: string] {
  let tokens: Token[];
  try {
    tokens = lex(text).slice(0, -1);
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    // A quote that is still open: what follows it is being typed.
    const characters = Array.from(text);
    const opened = familyBefore(characters.slice(0, error.start).join(""));
    return [lex(characters.slice(0, opened).join("")).slice(0, -1), characters.slice(opened).join("")];
  }
  const last = tokens.at(-1);
  const touches = last !== undefined && last.end === lengthOf(text) && ["name", "number", "text"].includes(last.kind);
  return touches ? [tokens.slice(0, -1), last.text] : [tokens, ""];
}

/** Where the token begins that an open quote continues: `metrics.` in front of a quoted key. */
function familyBefore(text: string): number {
  const last = lex(text).at(-2);
  const length = lengthOf(text);
  return last !== undefined && last.end === length && last.text.endsWith(".") ? last.start : length;
}

/** Which kind of word comes next, and the column and operator that it is about. */
interface State {
  wanted: Wanted;
  column: Column | null;
  op: string;
}

function stateAfter(tokens: Token[], frame: Frame): State {
  const state: State = { wanted: "column", column: null, op: "" };
  for (const token of tokens) step(state, token, token.word || token.text, frame);
  return state;
}

function step(state: State, token: Token, word: string, frame: Frame): void {
  if (state.wanted === "column") {
    if (token.kind !== "name" || ["AND", "OR", "NOT"].includes(word)) return;
    Object.assign(state, { wanted: "operator", column: read(token, frame), op: "" });
  } else if (state.wanted === "operator") {
    if (word === "NULL") state.wanted = "joint";
    else if (token.kind === "op" || ["LIKE", "ILIKE", "RLIKE", "IN", "BETWEEN"].includes(word)) {
      Object.assign(state, { wanted: "value", op: word });
    }
  } else if (state.wanted === "value") {
    // now() ends with its parenthesis, and goes on behind a sign.
    const whole = ["text", "number", "name"].includes(token.kind) && word !== "NOW";
    if (whole || (word === ")" && state.op !== "IN")) state.wanted = "joint";
  } else if (word === "+" || word === "-") Object.assign(state, { wanted: "value", op: word });
  else if (word === "," && state.op === "IN") state.wanted = "value";
  else if (word === "AND" && state.op === "BETWEEN") Object.assign(state, { wanted: "value", op: "<=" });
  else if (word === "AND" || word === "OR") state.wanted = "column";
}

function read(token: Token, frame: Frame): Column | null {
  try {
    return columnOf(token, new Set(frame.columns.keys()));
  } catch (error) {
    if (error instanceof QueryError) return null;
    throw error;
  }
}

/**
 * Names that begin with what was typed, then those whose key does, then those that hold it somewhere. Behind
 * `metrics.loss.` stand the parts of its history.
 */
function columnsFor(frame: Frame, typed: string): [info: ColumnInfo, part: string][] {
  const sought = fold(typed.replaceAll(/[`"']/g, ""));
  const ranked: [name: string, part: string][][] = [[], [], []];
  for (const name of namesIn(frame)) {
    const whole = fold(name);
    const key = whole.slice(whole.indexOf(".") + 1);
    if (whole.includes(sought)) {
      ranked[whole.startsWith(sought) ? 0 : key.startsWith(sought) ? 1 : 2].push([name, ""]);
    } else if (sought.startsWith(`${whole}.`) && frame.columns.get(name)?.kind === "metric") {
      const begun = sought.slice(whole.length + 1);
      // A metric of that name wins over the part, and is suggested as such.
      const parts = PARTS.filter((part) => part.startsWith(begun) && !frame.columns.has(`${name}.${part}`));
      for (const part of parts) ranked[0].push([name, `.${part}`]);
    }
  }
  return ranked.flat().slice(0, MOST).map(([name, part]) => [info(frame, name), part]);
}

function valuesFor(frame: Frame, state: State, typed: string): [word: string, count: number][] {
  const column = state.column!;
  const examples = EXAMPLE_VALUES["+-".includes(state.op || " ") ? "duration" : kindOf(column)];
  if (examples !== undefined) return typed ? [] : examples.map((text) => [text, 0]);
  const held = frame.columns.get(nameOf(column));
  if (held?.kind !== "text") return [];
  const numeric = ["<", "<=", ">", ">=", "BETWEEN"].includes(state.op);
  const sought = fold(typed.replaceAll(/^['"]+|['"]+$/g, ""));
  const all = commonest(held);
  if (!/^['"]/.test(typed) && areManyNumbers(all.map(([word]) => word))) return [];
  const found = all.filter(([word]) => fold(word).includes(sought));
  found.sort((a, b) => +!fold(a[0]).startsWith(sought) - +!fold(b[0]).startsWith(sought));
  const spelledWords = found.map(([word, count]): [string, number] => [spelled(word, numeric), count]);
  return spelledWords.filter(([word]) => word !== "").slice(0, MOST);
}

function areManyNumbers(words: string[]): boolean {
  const numbers = words.filter((word) => number(word) !== null);
  return numbers.length > FEW_NUMBERS && 2 * numbers.length > words.length;
}

/** The word as a filter spells it; nothing where no spelling would do. */
function spelled(word: string, numeric: boolean): string {
  if (numeric) return isNumber(word) ? word : "";
  if (word.endsWith("\\")) return "";
  const quote = ["'", '"'].find((mark) => !word.includes(mark));
  return quote === undefined ? "" : `${quote}${word}${quote}`;
}
