/** Into which words does a filter fall? The expressions are those of nbtrack/query/lex.py. */

import { QueryError } from "./tree";

const SPACE = String.raw`\t\n\v\f\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000`;
const OTHER = String.raw`(?:(?![${SPACE}\x80-\xa0\xb4\u2018-\u201f])[^\x00-\x7f])`;
const LETTER = `(?:[A-Za-z0-9_$#@]|${OTHER})`;
const TAIL = String.raw`(?:[A-Za-z0-9_$#@.:/\-]|${OTHER})`;
const SINGLE = String.raw`'(?:''|\\'|[^'])*'`;
const DOUBLE = String.raw`"(?:""|\\"|[^"])*"`;
const BACK = "`(?:``|[^`])*`";

export const QUOTED = new RegExp(`${BACK}|${DOUBLE}|${SINGLE}`, "yu");
const TOKEN = new RegExp(
  `(?<space>[${SPACE}]+)` +
    String.raw`|(?<number>[+\-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+\-]?[0-9]+)?(?!${LETTER}))` +
    String.raw`|(?<name>(?:${LETTER}+|${BACK})(?:\.(?:(?:${BACK}|${DOUBLE}|${SINGLE})(?:\.[A-Za-z]+)?|${TAIL}*))?)` +
    `|(?<text>${SINGLE}|${DOUBLE})` +
    `|(?<op>[<>=!~]+)` +
    String.raw`|(?<mark>[(),+\-])`,
  "yu",
);
const ASCII = /^[\x00-\x7f]*$/;

type Kind = "name" | "number" | "text" | "op" | "mark" | "end";

export interface Token {
  kind: Kind;
  text: string;
  start: number;
  end: number;
  /** The token in capitals when it may be a keyword, else nothing. */
  word: string;
}

/** Places count characters (code points), as Python does, and not the halves of which JavaScript makes its strings. */
export function lengthOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  let length = 0;
  for (const _ of text) length++;
  return length;
}

/** Where in a JavaScript string the character number `place` begins, and back: for the cursor of an input. */
export function unitAt(text: string, place: number): number {
  return Array.from(text).slice(0, place).join("").length;
}

export function placeAt(text: string, unit: number): number {
  return lengthOf(text.slice(0, unit));
}

export function token(kind: Kind, text: string, start: number, end: number): Token {
  return { kind, text, start, end, word: kind === "name" && ASCII.test(text) ? text.toUpperCase() : "" };
}

/** The tokens of `text`, closed by one of kind "end". */
export function lex(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let place = 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) throw stray(text.slice(at), place);
    const end = place + lengthOf(match[0]);
    const kind = Object.entries(match.groups!).find(([, found]) => found !== undefined)![0];
    if (kind !== "space") tokens.push(token(kind as Kind, match[0], place, end));
    at += match[0].length;
    place = end;
  }
  tokens.push(token("end", "", place, place));
  return tokens;
}

const ADVICE: Record<string, string> = {
  "&": "Write AND.",
  "|": "Write OR.",
  ";": "A filter is one expression; join its parts with AND or OR.",
};

function stray(rest: string, place: number): QueryError {
  const character = String.fromCodePoint(rest.codePointAt(0)!);
  if ("'\"`".includes(character)) {
    return new QueryError(`The quote ${character} is never closed.`, place, place + lengthOf(rest));
  }
  const advice = /[´\u2018-\u201f]/.test(character)
    ? "Use straight quotes: '…' for text, `…` for a name."
    : (ADVICE[character] ?? "Quote a name that holds it: metrics.`…`.");
  return new QueryError(`${character} has no meaning here. ${advice}`, place, place + 1);
}
