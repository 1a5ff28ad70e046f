/**
 * What is `val_loss - loss`? Sums, differences, products and quotients of metrics, joined by their steps.
 *
 * A small language of its own, nothing is evaluated by JavaScript: numbers, metric names, + - * / and parentheses. A name
 * stands plain where it is letters, digits, _ and dots, or where there is a metric of that name (`val/loss`); else in
 * "quotes". nbtrack/figures/expression.py is its twin.
 */

import { lastOfSteps, type Points } from "./line";

export type Tree = number | string | { sign: string; left: Tree; right: Tree };

interface Token {
  kind: "number" | "name" | "sign";
  text: string;
}

const NUMBER = /\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?/y;
const NAME = /[A-Za-z_][A-Za-z0-9_.]*/y;
const QUOTED = /"([^"]*)"|`([^`]*)`/y;
const LETTER = /[A-Za-z0-9_.]/;
const DEEPEST = 50;

export class ExpressionError extends Error {}

/** The metrics that a tree speaks of, each once. */
export function namesIn(tree: Tree): string[] {
  if (typeof tree === "string") return [tree];
  return typeof tree === "number" ? [] : [...new Set([...namesIn(tree.left), ...namesIn(tree.right)])];
}

/** Throws ExpressionError where the text is no expression. */
export function parseExpression(text: string, known: Iterable<string> = []): Tree {
  const tokens = tokensOf(text, [...known].sort((a, b) => b.length - a.length));
  let at = 0;
  const stray = () =>
    new ExpressionError(`Can't read '${text}': unexpected ${tokens[at] ? `'${tokens[at].text}'` : "end"}. Use metric names, numbers and + − * / ( ).`);
  const sign = (signs: string) => {
    const token = tokens[at];
    if (token?.kind !== "sign" || !signs.includes(token.text)) return null;
    at++;
    return token.text;
  };
  const chain = (signs: string, part: (depth: number) => Tree) => (depth: number) => {
    let tree = part(depth);
    for (let found = sign(signs); found; found = sign(signs)) tree = { sign: found, left: tree, right: part(depth) };
    return tree;
  };
  const factor = (depth: number): Tree => {
    if (depth > DEEPEST) throw new ExpressionError(`The expression is nested more than ${DEEPEST} deep.`);
    if (sign("-")) return { sign: "-", left: 0, right: factor(depth + 1) };
    if (sign("(")) {
      const tree = sum(depth + 1);
      if (!sign(")")) throw stray();
      return tree;
    }
    const token = tokens[at];
    if (!token || token.kind === "sign") throw stray();
    at++;
    return token.kind === "number" ? Number(token.text) : token.text;
  };
  const product = chain("*/", factor);
  const sum = chain("+-", product);
  const tree = sum(0);
  if (at < tokens.length) throw stray();
  return tree;
}

/** The value at each step that all metrics have; where a step has several points, of the latest one. */
export function evaluate(tree: Tree, histories: ReadonlyMap<string, Points>): Points {
  const names = namesIn(tree);
  const places = names.map((name) => {
    const history = histories.get(name)!;
    return new Map(Array.from(lastOfSteps(history), (at) => [history.step[at], at]));
  });
  const [first, ...others] = places;
  const steps = [...(first?.keys() ?? [])].filter((step) => others.every((map) => map.has(step)));
  const cells = new Map<string, number>();
  const time = new Float64Array(steps.length).fill(-Infinity);
  const value = Float64Array.from(steps, (step, i) => {
    names.forEach((name, which) => {
      const history = histories.get(name)!;
      const at = places[which].get(step)!;
      cells.set(name, history.value[at]);
      time[i] = Math.max(time[i], history.time[at]);
    });
    return valueOf(tree, cells);
  });
  return { step: Float64Array.from(steps), time, value, length: steps.length };
}

function valueOf(tree: Tree, cells: ReadonlyMap<string, number>): number {
  if (typeof tree === "number") return tree;
  if (typeof tree === "string") return cells.get(tree)!;
  const left = valueOf(tree.left, cells);
  const right = valueOf(tree.right, cells);
  if (tree.sign === "+") return left + right;
  if (tree.sign === "-") return left - right;
  return tree.sign === "*" ? left * right : left / right;
}

function tokensOf(text: string, longest: readonly string[]): Token[] {
  const found: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const match = (pattern: RegExp) => {
      pattern.lastIndex = at;
      return pattern.exec(text);
    };
    const put = (kind: Token["kind"], name: string, length = name.length) => {
      found.push({ kind, text: name });
      at += length;
    };
    const known = longest.find((name) => stands(text, at, name));
    let here: RegExpExecArray | null;
    if (/\s/.test(text[at])) at++;
    else if (known !== undefined) put("name", known);
    else if ((here = match(NUMBER))) put("number", here[0]);
    else if ((here = match(NAME))) put("name", here[0]);
    else if ((here = match(QUOTED))) put("name", here[1] ?? here[2], here[0].length);
    else if ("+-*/()".includes(text[at])) put("sign", text[at]);
    else throw new ExpressionError(`'${text}': ${text[at]} has no meaning here. Metrics, numbers and + - * / ( ) do.`);
  }
  return found;
}

/** Is the name here, and not only the beginning of a longer one? A number is one, whatever is called so. */
function stands(text: string, at: number, name: string): boolean {
  if (!name || !text.startsWith(name, at)) return false;
  NUMBER.lastIndex = 0;
  if (NUMBER.exec(name)?.[0] === name) return false;
  const next = text[at + name.length];
  return !(next && LETTER.test(next) && LETTER.test(name[name.length - 1]));
}
