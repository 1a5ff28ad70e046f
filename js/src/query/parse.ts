/** What does a filter or an order mean? The grammar stands in nbtrack/query/parse.py; both take the same texts. */

import { columnOf, kindOf, quotedAttribute, type Kind } from "./columns";
import { lex, type Token } from "./lex";
import { found, NUMERIC, operand, TEXTUAL } from "./operands";
import { QueryError, type Column, type Key, type Node, type Value } from "./tree";
import { duration } from "./values";

const DEEPEST = 100;
const MEANT: Record<string, string> = {
  ...{ "==": "=", "<>": "!=", "=>": ">=", "=<": "<=", "!": "!=", "=!": "!=", "~": "LIKE", "===": "=", "!==": "!=" },
};
const WORD_OPERATORS = ["LIKE", "ILIKE", "RLIKE", "IN", "BETWEEN", "NOT", "IS"];

/**
 * The tree of a filter, null for one that says nothing. `names` are the columns that there are, by which bare names are
 * found; without them these stay open.
 */
export function parse(text: string, names: Iterable<string> | null = null): Node | null {
  return new Parser(text, names).filter();
}

/** One clause of an order: a column, perhaps `number(…)` around it, perhaps ASC or DESC behind it. */
export function parseKey(text: string, names: Iterable<string> | null = null): Key {
  return new Parser(text, names).key();
}

function error(message: string, token: Token): QueryError {
  return new QueryError(message, token.start, token.end);
}

/** Recursive descent; `at` is the next token. */
class Parser {
  private readonly tokens: Token[];
  private at = 0;
  private depth = 0;
  private readonly names: ReadonlySet<string> | null;

  constructor(text: string, names: Iterable<string> | null) {
    this.tokens = lex(text);
    this.names = names === null ? null : new Set(names);
  }

  private next(): Token {
    return this.tokens[this.at];
  }

  private take(): Token {
    const token = this.next();
    this.at = Math.min(this.at + 1, this.tokens.length - 1);
    return token;
  }

  /** The next token if it is one of these keywords or marks. */
  private accept(...words: string[]): Token | null {
    const { kind, text, word } = this.next();
    return words.includes(word) || (kind === "mark" && words.includes(text)) ? this.take() : null;
  }

  filter(): Node | null {
    this.skipAnds();
    if (this.next().kind === "end") return null;
    const node = this.any();
    if (this.next().kind !== "end") throw error(`Expected AND, OR or the end, but found ${found(this.next())}.`, this.next());
    return node;
  }

  private skipAnds(): void {
    while (this.accept("AND"));
  }

  private any(): Node {
    const nodes = [this.all()];
    while (this.accept("OR")) nodes.push(this.all());
    return nodes.length === 1 ? nodes[0] : { is: "or", nodes };
  }

  private all(): Node {
    const nodes = [this.one()];
    for (;;) {
      const joined = this.next().word === "AND";
      this.skipAnds();
      if (joined && this.next().kind === "end" && this.depth === 0) break;
      if (!joined && !this.startsOne()) break;
      nodes.push(this.one());
    }
    return nodes.length === 1 ? nodes[0] : { is: "and", nodes };
  }

  private startsOne(): boolean {
    const { kind, text, word } = this.next();
    return text === "(" || ((kind === "name" || kind === "text") && word !== "OR");
  }

  private one(): Node {
    let negated = false;
    while (this.accept("NOT")) negated = !negated;
    const opening = this.accept("(");
    const node = opening ? this.group(opening) : this.comparison();
    return negated ? { is: "not", node } : node;
  }

  private group(opening: Token): Node {
    if (this.depth === DEEPEST) throw error(`More than ${DEEPEST} parentheses inside each other.`, opening);
    this.depth++;
    const node = this.any();
    this.depth--;
    if (!this.accept(")")) {
      const place = `Expected ) to close the ( at character ${opening.start + 1}`;
      throw error(`${place}, but found ${found(this.next())}.`, this.next());
    }
    return node;
  }

  private comparison(): Node {
    const [column, name] = this.column();
    if (this.accept("IS")) return this.isNull(column);
    const negated = this.accept("NOT") !== null;
    const prefix = negated ? "NOT " : "";
    if (this.accept("IN")) return { is: "within", column, values: this.list(kindOf(column), `${prefix}IN`), negated };
    if (this.accept("BETWEEN")) return this.between(column, negated);
    const op = this.operator(column, name, prefix);
    return { is: "compare", column, op, value: this.value(kindOf(column), op) };
  }

  /** The column that comes next, and how it was typed. */
  private column(): [column: Column, name: string] {
    let token = this.take();
    const quoted = token.kind === "text" && token.text.startsWith('"');
    if (!(token.kind === "name" || quoted) || ["AND", "OR", "NOT"].includes(token.word)) {
      const wanted = "Expected a column such as metrics.loss, params.lr or status";
      throw error(`${wanted}, but found ${found(token)}.`, token);
    }
    if (quoted) token = quotedAttribute(token);
    const column = columnOf(token, this.names);
    return [column.family === "metrics" || column.family === "bare" ? this.atStep(column) : column, found(token)];
  }

  /** `metrics.loss.at(10)`: the parenthesis touches the name. */
  private atStep(column: Column): Column {
    const bare = !column.quoted && column.key.endsWith(".at") && column.key.length > 3;
    if (!bare && column.part !== "at") return column;
    if (this.next().text !== "(" || this.next().start !== column.end) {
      if (bare) return column;
      throw error("Expected a step behind at, such as at(10).", this.next());
    }
    this.take();
    const step = this.take();
    if (step.kind !== "number" || !/^[+-]?[0-9]+$/.test(step.text)) {
      throw error(`Expected a step, a whole number, but found ${found(step)}.`, step);
    }
    if (this.next().text !== ")") throw error(`Expected ) behind the step, but found ${found(this.next())}.`, this.next());
    const { end } = this.take();
    const key = bare ? column.key.slice(0, -3) : column.key;
    return { ...column, family: "metrics", key, part: "at", step: Number(step.text), quoted: true, end };
  }

  private isNull(column: Column): Node {
    const negated = this.accept("NOT") !== null;
    if (!this.accept("NULL")) {
      const wanted = negated ? "NULL" : "NULL or NOT NULL";
      throw error(`Expected ${wanted} after IS, but found ${found(this.next())}.`, this.next());
    }
    return { is: "null", column, negated };
  }

  private operator(column: Column, name: string, prefix: string): string {
    const token = this.take();
    const text = token.word || token.text;
    const op = prefix + text;
    if (token.kind === "op" && text in MEANT) {
      throw error(`${text} is not an operator. Did you mean ${MEANT[text]}?`, token);
    }
    const allowed = operators(column);
    if (allowed.includes(op)) return op;
    const listed = `${allowed.join(", ")}, IN, IS NULL`;
    if (token.kind === "op" || WORD_OPERATORS.includes(text)) {
      throw error(`${op} does not apply to ${name}. It takes ${listed}.`, token);
    }
    throw error(`Expected an operator after ${name}, one of ${listed}, but found ${found(token)}.`, token);
  }

  private list(kind: Kind, op: string): Value[] {
    if (!this.accept("(")) {
      throw error(`Expected a list in parentheses after ${op}, but found ${found(this.next())}.`, this.next());
    }
    const values = [this.value(kind, op)];
    while (this.accept(",")) {
      if (this.next().text === ")") break;
      values.push(this.value(kind, op));
    }
    if (!this.accept(")")) throw error(`Expected a comma or ) in the list, but found ${found(this.next())}.`, this.next());
    return values;
  }

  private between(column: Column, negated: boolean): Node {
    const kind = kindOf(column);
    const low = this.value(kind, "BETWEEN");
    if (!this.accept("AND")) throw error(`Expected AND and the upper end, but found ${found(this.next())}.`, this.next());
    const high = this.value(kind, "BETWEEN");
    if (!NUMERIC.every((op) => operators(column).includes(op))) {
      throw new QueryError("BETWEEN compares numbers and times only.", column.start, this.tokens[this.at - 1].end);
    }
    const [below, above] = negated ? ["<", ">"] : [">=", "<="];
    const nodes: Node[] = [
      { is: "compare", column, op: below, value: low },
      { is: "compare", column, op: above, value: high },
    ];
    return { is: negated ? "or" : "and", nodes };
  }

  private value(kind: Kind, op: string): Value {
    const token = this.take();
    if (kind === "time" && token.word === "NOW" && this.next().text === "(") return this.now();
    return operand(token, kind, op);
  }

  private now(): Value {
    this.take();
    if (!this.accept(")")) throw error(`Expected ) behind now(, but found ${found(this.next())}.`, this.next());
    const sign = this.accept("+", "-");
    if (sign === null) return { now: 0 };
    const token = this.take();
    const ms = token.kind === "text" ? duration(token.text.slice(1, -1)) : null;
    if (ms === null) {
      const wanted = `Expected a duration in quotes such as '7d' after ${sign.text}`;
      throw error(`${wanted}, but found ${found(token)}.`, token);
    }
    return { now: sign.text === "-" ? -ms : ms };
  }

  key(): Key {
    const asNumber = this.next().word === "NUMBER" && this.tokens[this.at + 1].text === "(";
    if (asNumber) this.at += 2;
    const [column] = this.column();
    if (column.family === "dataset") {
      const message = "Runs cannot be ordered by their datasets, of which one run may have many.";
      throw new QueryError(message, column.start, column.end);
    }
    if (asNumber && !this.accept(")")) {
      throw error(`Expected ) behind the column, but found ${found(this.next())}.`, this.next());
    }
    const direction = this.accept("ASC", "DESC");
    if (this.next().kind !== "end") {
      const advice = this.next().text === "," ? " Give each column a text of its own in the list." : "";
      const wanted = direction ? "the end" : "ASC, DESC or the end";
      throw error(`Expected ${wanted}, but found ${found(this.next())}.${advice}`, this.next());
    }
    return { column, descending: direction?.word === "DESC", asNumber };
  }
}

/** What may stand behind the column, beside IN and IS NULL. */
export function operators(column: Column): string[] {
  const kind = kindOf(column);
  if (kind === "label") return [...NUMERIC, ...TEXTUAL.slice(2)];
  return kind === "text" ? TEXTUAL : NUMERIC;
}
