/** What does the filter say about one column, and how is that changed without touching the rest of its text? */

import { spelled } from "../data/directions";
import type { Frame } from "../data/frame";
import { parse, QueryError, unitAt, type Node } from "../query";
import { lex } from "../query/lex";
import { nameOf, type Column } from "../query/tree";

/** A range with both ends in it, an open end is null; or the values to keep. */
export type Quick = { low: number | null; high: number | null } | { values: string[] };

interface Part {
  text: string;
  node: Node;
}

/** The conditions that AND joins at the top; null where the text cannot be read, or is joined otherwise. */
function parts(text: string): Part[] | null {
  if (text.trim() === "") return [];
  try {
    if (parse(text)?.is === "or") return null;
    const found: Part[] = [];
    let from = 0;
    for (const [end, next] of joints(text)) {
      const node = readable(text.slice(from, end));
      if (node === null) continue; // the AND of a BETWEEN
      found.push({ text: text.slice(from, end).trim(), node });
      from = next;
    }
    return found;
  } catch (error) {
    if (error instanceof QueryError) return null;
    throw error;
  }
}

/** Where the ANDs outside of parentheses begin and end, and the end of the text. */
function joints(text: string): [end: number, next: number][] {
  const found: [number, number][] = [];
  let depth = 0;
  for (const { text: token, word, start, end } of lex(text)) {
    if (token === "(") depth++;
    else if (token === ")") depth--;
    else if (depth === 0 && word === "AND") found.push([unitAt(text, start), unitAt(text, end)]);
  }
  return [...found, [text.length, text.length]];
}

function readable(text: string): Node | null {
  try {
    return parse(text);
  } catch {
    return null;
  }
}

const named = ({ part, ...column }: Column): string => nameOf({ ...column, part }) + (part && part !== "last" ? `.${part}` : "");

/** A bare name means the column of any family: were there two, the filter would be an error. */
const means = (column: Column, name: string): boolean =>
  column.family === "bare" ? ["metrics", "params", "tags"].some((family) => name === `${family}.${column.key}`) : named(column) === name;

/** What one condition says about the column; null where it is about another one, or says something that is neither range nor values. */
function said(node: Node, name: string): Quick | null {
  if (!("column" in node) || !means(node.column, name)) return null;
  if (node.is === "within" && !node.negated && node.values.every((value) => typeof value === "string")) {
    return { values: node.values as string[] };
  }
  if (node.is !== "compare") return null;
  const { op, value } = node;
  if (op === "=" && typeof value === "string") return { values: [value] };
  if (typeof value !== "number") return null;
  if (op === "=") return { low: value, high: value };
  if (op === ">=" || op === ">") return { low: value, high: null };
  if (op === "<=" || op === "<") return { low: null, high: value };
  return null;
}

function saidAll(node: Node, name: string): Quick | null {
  // BETWEEN reads as two comparisons.
  if (node.is !== "and") return said(node, name);
  const found = node.nodes.map((inside) => said(inside, name));
  return found.includes(null) ? null : found.reduce(together, null);
}

function together(a: Quick | null, b: Quick | null): Quick | null {
  if (a === null || b === null || "values" in a || "values" in b) return b ?? a;
  return { low: b.low ?? a.low, high: b.high ?? a.high };
}

/** What the filter says about the column now, if that is a range or values. */
export function readQuick(text: string, name: string): Quick | null {
  return (parts(text) ?? []).map(({ node }) => saidAll(node, name)).reduce(together, null);
}

/** The filter with another condition on the column in the place of what it said; null takes it out. */
export function writeQuick(frame: Frame, text: string, name: string, quick: Quick | null, quote = number): string {
  return replaced(text, (node) => saidAll(node, name) !== null, quick === null ? "" : written(spelled(frame, name), quick, quote));
}

/** The filter with a condition in the place of those that are `mine`; an empty one takes them out. */
function replaced(text: string, mine: (node: Node) => boolean, condition: string): string {
  const found = parts(text);
  if (found === null) return [text.trim() && `(${text.trim()})`, condition].filter(Boolean).join(" and ");
  const kept = found.map((part) => (mine(part.node) ? null : part.text));
  const at = kept.indexOf(null);
  const texts = kept.map((part, i) => (i === at ? condition : part));
  if (at < 0) texts.push(condition);
  return texts.filter(Boolean).join(" and ");
}

/** `start_time > now() - '7d'`: how far back, in ms; null where a condition says something else. */
function sinceOf(node: Node, name: string): number | null {
  if (node.is !== "compare" || node.op !== ">" || named(node.column) !== name) return null;
  return typeof node.value === "object" && "now" in node.value ? -node.value.now : null;
}

/** How far back in time the filter reaches by a column, in ms; null where it does not say. */
export function readSince(text: string, name: string): number | null {
  return (parts(text) ?? []).map(({ node }) => sinceOf(node, name)).find((ms) => ms !== null) ?? null;
}

/** The filter with `span`, such as 7d, for how far back it reaches; null takes that out. */
export function writeSince(frame: Frame, text: string, name: string, span: string | null): string {
  return replaced(text, (node) => sinceOf(node, name) !== null, span === null ? "" : `${spelled(frame, name)} > now() - '${span}'`);
}

const number = (value: number): string => String(value);

function written(name: string, quick: Quick, quote: (value: number) => string): string {
  if ("values" in quick) {
    const words = quick.values.map(quoted);
    if (words.length === 0) return "";
    return words.length === 1 ? `${name} = ${words[0]}` : `${name} IN (${words.join(", ")})`;
  }
  const { low, high } = quick;
  const ends = [low !== null && `${name} >= ${quote(low)}`, high !== null && `${name} <= ${quote(high)}`];
  return ends.filter(Boolean).join(" and ");
}

/** The language has no escapes: a value with both kinds of quotes, or a backslash at its end, cannot be written. */
export function canQuote(value: string): boolean {
  return !value.endsWith("\\") && !(value.includes("'") && value.includes('"'));
}

const quoted = (value: string): string => (value.includes("'") ? `"${value}"` : `'${value}'`);

/** What a bare word, or a /pattern/, searches names for; null where the text is more than that, and so a filter already. */
export function nameFilter(text: string): string | null {
  const typed = text.trim();
  const pattern = /^\/(.+?)\/?$/.exec(typed)?.[1];
  if (pattern !== undefined) return canQuote(pattern) ? `run_name RLIKE ${quoted(`(?i)${pattern}`)}` : null;
  if (typed === "" || /[<>=!~()'"`,]/.test(typed) || /\s(and|or|not|in|is|like|ilike|rlike|between)(\s|$)/i.test(typed)) return null;
  return typed.endsWith("\\") ? null : `run_name ILIKE ${quoted(`%${typed}%`)}`;
}

/** Milliseconds of a duration, as the language takes them. */
export const inMs = (value: number): string => `'${Math.round(value)}ms'`;
