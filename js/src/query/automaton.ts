/**
 * Does a regular expression occur in a text, in time that grows with the text's length and no faster?
 *
 * A nondeterministic automaton whose states are followed all at once (Thompson 1968): nothing is tried and taken back. It
 * takes what pattern.ts has translated. nbtrack/query/automaton.py is its twin.
 */

const MOST_STATES = 20_000;
const MOST_CACHED = 5_000;
const TOKEN = /\\x[0-9a-f]{2}|\\[a-zA-Z]|\[\^?(?:\\x[0-9a-f]{2}|\\[a-z]|[^\]\\])*\]|\(\?:|[*+?]\??|\{[0-9]+(?:,[0-9]*)?\}\??|./gsu;
const ATOM = /\\x[0-9a-f]{2}|\\[a-z]|./gsu;
const CONTROL: Record<string, string> = { "\\t": "\t", "\\n": "\n", "\\r": "\r", "\\f": "\f", "\\v": "\v" };
/** Conditions, as bits. */
const [START, END, EDGE] = [1, 2, 4];
const CONDITIONS: Record<string, number> = { "^": START, $: END, "\\Z": END, "\\b": EDGE };
const DASH = 45;

/** More states than a filter may have. */
export class TooLargeError extends Error {}

interface Signs {
  ranges: [low: number, high: number][];
  negated: boolean;
}

/** With signs and the state behind them, or free ways to others, perhaps on a condition. State 0 has matched. */
interface State {
  ways: number[];
  signs: Signs | null;
  condition: number;
}

/** The state in which the part begins, from the one that follows it. */
type Part = (to: State[], then: number) => number;

/** A test of texts. `source` is a sound expression as pattern.ts makes it; TooLargeError where it repeats too much. */
export function compiled(source: string): (text: string) => boolean {
  const states: State[] = [{ ways: [], signs: null, condition: 0 }];
  const begin = new Reader(source.match(TOKEN) ?? []).alternatives()(states, 0);
  return searcherOf(states, begin);
}

function add(to: State[], ways: number[], signs: Signs | null = null, condition = 0): number {
  if (to.length >= MOST_STATES) throw new TooLargeError();
  return to.push({ ways, signs, condition }) - 1;
}

class Reader {
  private at = 0;

  constructor(private readonly tokens: readonly string[]) {}

  private next(): string {
    return this.tokens[this.at] ?? "";
  }

  alternatives(): Part {
    const parts = [this.sequence()];
    while (this.next() === "|") {
      this.at++;
      parts.push(this.sequence());
    }
    return parts.length === 1 ? parts[0] : (to, then) => add(to, parts.map((part) => part(to, then)));
  }

  private sequence(): Part {
    const parts: Part[] = [];
    while (!["", "|", ")"].includes(this.next())) parts.push(this.repeated(this.one()));
    return (to, then) => parts.reduceRight((behind, part) => part(to, behind), then);
  }

  private one(): Part {
    const token = this.tokens[this.at++];
    if (token === "(" || token === "(?:") {
      const inside = this.alternatives();
      this.at++; // the )
      return inside;
    }
    const condition = CONDITIONS[token];
    if (condition !== undefined) return (to, then) => add(to, [then], null, condition);
    const signs: Signs = token.startsWith("[") && token.length > 1 ? classOf(token) : { ranges: [[signOf(token), signOf(token)]], negated: false };
    return (to, then) => add(to, [then], signs);
  }

  private repeated(part: Part): Part {
    const token = this.next();
    if (!/^[*+?]|^\{./.test(token)) return part;
    this.at++;
    const [least, most] = timesOf(token);
    return (to, then) => repeat(to, then, part, least, most);
  }
}

function timesOf(token: string): [least: number, most: number] {
  if (token[0] === "*") return [0, Infinity];
  if (token[0] === "+") return [1, Infinity];
  if (token[0] === "?") return [0, 1];
  const [low, high] = token.replace(/[{}?]/g, "").split(",");
  return [Number(low), high === undefined ? Number(low) : high === "" ? Infinity : Number(high)];
}

function repeat(to: State[], then: number, part: Part, least: number, most: number): number {
  let begin = then;
  if (most === Infinity) {
    begin = add(to, [then]);
    const inside = part(to, begin);
    to[begin].ways.push(inside);
  } else for (let i = least; i < most; i++) begin = add(to, [part(to, begin), then]);
  for (let i = 0; i < least; i++) begin = part(to, begin);
  return begin;
}

function classOf(token: string): Signs {
  const negated = token.startsWith("[^");
  const atoms = (token.slice(negated ? 2 : 1, -1).match(ATOM) ?? []).map((atom) => (atom === "-" ? -1 : signOf(atom)));
  const ranges: [number, number][] = [];
  const sign = (atom: number) => (atom < 0 ? DASH : atom);
  for (let at = 0; at < atoms.length; ) {
    const isRange = at + 2 < atoms.length && atoms[at + 1] < 0;
    ranges.push([sign(atoms[at]), sign(atoms[at + (isRange ? 2 : 0)])]);
    at += isRange ? 3 : 1;
  }
  return { ranges, negated };
}

function signOf(token: string): number {
  return token.startsWith("\\x") ? Number.parseInt(token.slice(2), 16) : (CONTROL[token] ?? token).codePointAt(0)!;
}

interface Place {
  states: number[];
  matched: boolean;
  /** By the sign that follows. */
  steps: Map<number, string>;
}

/** The states of one place are worked out once for each set of states and surroundings, and remembered. */
function searcherOf(automaton: readonly State[], begin: number): (text: string) => boolean {
  const places = new Map<string, Place>();
  let size = 0;
  return (text) => {
    const signs = Array.from(text, (sign) => sign.codePointAt(0)!);
    let states = "";
    for (let at = 0; at <= signs.length; at++) {
      const around = surroundings(signs, at);
      const key = `${around} ${states}`;
      let place = places.get(key);
      if (!place) {
        place = placeOf(automaton, states === "" ? [begin] : [begin, ...states.split(",").map(Number)], around);
        places.set(key, place);
        size++;
      }
      if (place.matched) return true;
      if (at === signs.length) break;
      let behind = place.steps.get(signs[at]);
      if (behind === undefined) {
        behind = stepOf(automaton, place.states, signs[at]);
        place.steps.set(signs[at], behind);
        size++;
      }
      states = behind;
      if (size > MOST_CACHED) {
        places.clear();
        size = 0;
      }
    }
    return false;
  };
}

const isWord = (sign: number | undefined): boolean =>
  sign !== undefined && ((sign >= 48 && sign <= 57) || (sign >= 65 && sign <= 90) || (sign >= 97 && sign <= 122) || sign === 95);

/** Which conditions hold between two signs. */
function surroundings(signs: readonly number[], at: number): number {
  return (at === 0 ? START : 0) | (at === signs.length ? END : 0) | (isWord(signs[at - 1]) !== isWord(signs[at]) ? EDGE : 0);
}

function placeOf(automaton: readonly State[], from: readonly number[], around: number): Place {
  const found = new Set(from);
  const waiting = [...found];
  for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
    const { signs, condition, ways } = automaton[state];
    if (signs !== null || (condition !== 0 && (condition & around) === 0)) continue;
    for (const way of ways) {
      if (found.has(way)) continue;
      found.add(way);
      waiting.push(way);
    }
  }
  return { states: [...found].filter((state) => automaton[state].signs !== null), matched: found.has(0), steps: new Map() };
}

function stepOf(automaton: readonly State[], states: readonly number[], sign: number): string {
  const found = new Set<number>();
  for (const state of states) {
    const { ranges, negated } = automaton[state].signs!;
    if (ranges.some(([low, high]) => low <= sign && sign <= high) !== negated) found.add(automaton[state].ways[0]);
  }
  return [...found].sort((a, b) => a - b).join(",");
}
