/** Which value may stand behind which column and operator? The rules and words of nbtrack/query/operands.py. */

import type { Kind } from "./columns";
import type { Token } from "./lex";
import { refused, searcher } from "./pattern";
import { QueryError, type Value } from "./tree";
import { date, duration, exact, number } from "./values";

export const NUMERIC = ["=", "!=", "<", "<=", ">", ">="];
export const TEXTUAL = ["=", "!=", "LIKE", "ILIKE", "NOT LIKE", "NOT ILIKE", "RLIKE", "NOT RLIKE"];
const EXPECTED: Record<Kind, string> = {
  number: "a number such as 0.5",
  time: "a date such as '2026-11-01', now() - '7d', or milliseconds since 1970",
  duration: "a duration in quotes such as '90s', '2h' or '1h30m'",
  text: "a text in quotes such as 'abc'",
  label: "a text in quotes such as 'abc', or a number",
};
const SHORTEST = 40;
const ORDERED = ["<", "<=", ">", ">=", "BETWEEN"];

/** The value that a token spells, where the column holds `kind`. */
export function operand(token: Token, kind: Kind, op: string): Value {
  const value = read(token, kind);
  if (value === null) {
    const message = `Expected ${EXPECTED[kind]} after ${op}, but found ${found(token)}.${advice(token, kind)}`;
    throw new QueryError(message, token.start, token.end);
  }
  if (kind === "label") checkLabel(token, value, op);
  if (op.endsWith("RLIKE") && typeof value === "string" && searcher(value) === null) {
    const lacking = refused(value);
    const message =
      lacking === null
        ? `RLIKE takes a regular expression such as '^run-[0-9]+$', and ${found(token)} is none.`
        : `RLIKE takes no ${lacking}, so that no text holds it up: found ${found(token)}.`;
    throw new QueryError(message, token.start, token.end);
  }
  return value;
}

/** How a message speaks of a token. */
export function found(token: Token): string {
  if (token.kind === "end") return "the end";
  const characters = Array.from(token.text);
  return characters.length <= SHORTEST ? token.text : `${characters.slice(0, SHORTEST).join("")}…`;
}

function read(token: Token, kind: Kind): Value | null {
  if (token.kind === "number") {
    if (kind === "label") return exact(token.text);
    return kind === "duration" || kind === "text" ? null : Number(token.text);
  }
  if (token.kind !== "text") return null;
  const text = token.text.slice(1, -1);
  if (kind === "duration") return duration(text);
  if (kind === "time") {
    const at = date(text);
    return at === null ? null : at.whole ? { day: at.ms } : at.ms;
  }
  return kind === "number" ? null : text;
}

/** Params and tags are text: < and > compare the numbers that they spell, LIKE their letters. */
function checkLabel(token: Token, value: Value, op: string): void {
  const text = typeof value === "string";
  let message: string;
  if (text && ORDERED.includes(op)) {
    message = `${op} compares numbers: expected a number without quotes, but found ${found(token)}.`;
  } else if (!text && op.includes("LIKE")) {
    message = `Expected a text in quotes after ${op}, but found ${found(token)}.`;
  } else return;
  throw new QueryError(message, token.start, token.end);
}

function advice(token: Token, kind: Kind): string {
  const inner = token.text.slice(1, -1);
  if (kind === "number" && token.kind === "text" && number(inner) !== null) return " Leave the quotes out.";
  if (kind === "time" && token.kind === "text" && duration(inner) !== null) {
    return ` For a time ago write now() - ${token.text}.`;
  }
  const plain = token.kind === "number" || (token.kind === "name" && !"`'\"".includes(token.text[0]));
  return (kind === "text" || kind === "label") && plain ? ` Did you mean '${found(token)}'?` : "";
}
