/**
 * Which params matter for a metric? Rank correlation, and what k nearest runs lose without a param.
 *
 * Everything works on ranks, so that one diverged run does not speak for all. Few runs say little: below FEW nothing is
 * said, below ENOUGH no permutation importance, and where the nearest runs do not foretell the metric, that is told.
 * nbtrack/figures/importances.py is its twin.
 */

import { number } from "../query/values";

export const ENOUGH = 20;
const FEW = 4;
const MOST = 400; // runs: the work grows with their square
const NEIGHBOURS = 5;
const SHUFFLES = 8;
const UNIT = 1_000_000; // distances are whole numbers, so that ties are ties in every language
const WEAK = 0.1;

export interface Importance {
  param: string;
  /** Spearman's rho; for texts the correlation ratio of the ranks, without a sign. */
  correlation: number;
  signed: boolean;
  /** Share of the ranks' variance that is foretold no more; null where that is not said. */
  permutation: number | null;
  spread: number;
}

export interface Found {
  /** The most important first. */
  importances: Importance[];
  runs: number;
  /** Share of the ranks' variance that the nearest runs foretell. */
  explained: number | null;
  notes: string[];
}

type Texts = readonly (string | null)[];

/** Of runs with a finite value; params that are the same everywhere are left out. */
export function importancesOf(params: readonly (readonly [name: string, texts: Texts])[], values: readonly (number | null)[]): Found {
  let rows = values.flatMap((value, row) => (value !== null && Number.isFinite(value) ? [row] : []));
  const runs = rows.length;
  const nothing = (note: string): Found => ({ importances: [], runs, explained: null, notes: [note] });
  if (runs < FEW) return nothing(`${runsText(runs)} with a value: too few to say anything.`);
  const notes: string[] = [];
  if (runs > MOST) {
    rows = Array.from({ length: MOST }, (_, place) => rows[Math.floor((place * runs) / MOST)]);
    notes.push(`${MOST} of ${runs} runs, evenly chosen.`);
  }
  const target = ranks(rows.map((row) => values[row]!));
  const cells = params
    .map(([name, texts]) => ({ name, texts: rows.map((row) => texts[row]) }))
    .filter(({ texts }) => texts.some((text) => text !== texts[0]));
  if (cells.length === 0) return nothing("No param varies among these runs.");
  if (target.every((rank) => rank === target[0])) return nothing("The metric is the same in all these runs.");
  let lost: ReturnType<typeof permuted> | null = null;
  if (runs < ENOUGH) notes.push(`${runsText(runs)}: correlations only, and with care. Permutation importance needs ${ENOUGH}.`);
  else {
    lost = permuted(cells.map(({ texts }) => codesOf(texts)), target);
    if (lost.explained < WEAK) notes.push("Similar params gave very different results, so this ranking is not reliable.");
  }
  const importances = cells.map(({ name, texts }, i): Importance => {
    const { correlation, signed } = correlate(texts, target);
    return { param: name, correlation, signed, permutation: lost?.shares[i].mean ?? null, spread: lost?.shares[i].spread ?? 0 };
  });
  importances.sort((a, b) => (b.permutation ?? 0) - (a.permutation ?? 0) || Math.abs(b.correlation) - Math.abs(a.correlation));
  return { importances, runs, explained: lost?.explained ?? null, notes };
}

/** What must be known before the importances are believed; null where a note says it. */
export function foretold({ explained, runs }: Found, metric: string): string | null {
  if (explained === null || explained < WEAK) return null;
  return `Params explain ${Math.round(100 * explained)} % of the ranking by ${metric} (${runs} runs, nearest neighbors).`;
}

/** From 0; equal values share the mean of their ranks. */
export function ranks(values: readonly number[]): number[] {
  const order = values.map((_, at) => at).sort((a, b) => values[a] - values[b] || a - b);
  const found = new Array<number>(values.length);
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && values[order[end]] === values[order[start]]) end++;
    for (let i = start; i < end; i++) found[order[i]] = (start + end - 1) / 2;
  }
  return found;
}

/** The numbers of a param, null where it is missing; null as a whole where one of them is no finite number. */
export function numeric(texts: Texts): (number | null)[] | null {
  const found = texts.map((text) => (text === null ? null : number(text)));
  return found.some((value, at) => texts[at] !== null && (value === null || !Number.isFinite(value))) ? null : found;
}

function correlate(texts: Texts, target: readonly number[]): { correlation: number; signed: boolean } {
  const values = numeric(texts);
  if (values === null) return { correlation: ratio(texts, target), signed: false };
  const here = values.flatMap((value, at) => (value === null ? [] : [at]));
  if (here.length < FEW) return { correlation: 0, signed: true };
  const x = centred(ranks(here.map((at) => values[at]!)));
  const y = centred(ranks(here.map((at) => target[at])));
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, at) => sum + value * b[at], 0);
  const size = Math.sqrt(dot(x, x) * dot(y, y));
  return { correlation: size === 0 ? 0 : dot(x, y) / size, signed: true };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function centred(values: readonly number[]): number[] {
  const middle = mean(values);
  return values.map((value) => value - middle);
}

/** How much of the variance lies between the texts. */
function ratio(texts: Texts, target: readonly number[]): number {
  const groups = new Map<string | null, number[]>();
  texts.forEach((text, at) => groups.set(text, [...(groups.get(text) ?? []), target[at]]));
  const middle = mean(target);
  let between = 0;
  for (const group of groups.values()) between += group.length * (mean(group) - middle) ** 2;
  return Math.sqrt(between / target.reduce((sum, value) => sum + (value - middle) ** 2, 0));
}

interface Codes {
  /** The rank in 0 … UNIT, or the number of the text; -1 where missing. */
  at: Int32Array;
  ordered: boolean;
}

function codesOf(texts: Texts): Codes {
  const values = numeric(texts);
  if (values === null) {
    const words = [...new Set(texts.filter((text) => text !== null))];
    return { at: Int32Array.from(texts, (text) => (text === null ? -1 : words.indexOf(text))), ordered: false };
  }
  const here = values.flatMap((value, at) => (value === null ? [] : [at]));
  const held = ranks(here.map((at) => values[at]!));
  const at = new Int32Array(values.length).fill(-1);
  here.forEach((place, i) => (at[place] = Math.floor((held[i] * UNIT) / Math.max(1, here.length - 1))));
  return { at, ordered: true };
}

const apart = (ordered: boolean, a: number, b: number) => (!ordered || a < 0 || b < 0 ? (a === b ? 0 : UNIT) : Math.abs(a - b));

function permuted(columns: readonly Codes[], target: readonly number[]) {
  const n = target.length;
  const together = new Float64Array(n * n);
  for (const { at, ordered } of columns) {
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) together[i * n + j] += apart(ordered, at[i], at[j]);
  }
  const middle = mean(target);
  const variance = mean(target.map((value) => (value - middle) ** 2));
  const base = errorOf(together, target);
  const moved = new Float64Array(n * n);
  let state = 1;
  const shares = columns.map(({ at, ordered }) => {
    const errors: number[] = [];
    for (let k = 0; k < SHUFFLES; k++) {
      const shuffled = shuffle(n, state);
      state = shuffled.state;
      for (let i = 0; i < n; i++) {
        const from = at[shuffled.order[i]];
        for (let j = 0; j < n; j++) {
          const place = i * n + j;
          moved[place] = together[place] - apart(ordered, at[i], at[j]) + apart(ordered, from, at[j]);
        }
      }
      errors.push((errorOf(moved, target) - base) / variance);
    }
    const share = mean(errors);
    return { mean: share, spread: Math.sqrt(errors.reduce((sum, error) => sum + (error - share) ** 2, 0) / (SHUFFLES - 1)) };
  });
  return { shares, explained: 1 - base / variance };
}

/** The mean squared error of foretelling each run from its nearest others; of runs as near the first ones. */
function errorOf(distances: Float64Array, target: readonly number[]): number {
  const n = target.length;
  let sum = 0;
  const best = new Float64Array(NEIGHBOURS);
  const who = new Int32Array(NEIGHBOURS);
  for (let i = 0; i < n; i++) {
    best.fill(Infinity);
    for (let j = 0; j < n; j++) {
      const distance = distances[i * n + j];
      if (j === i || distance >= best[NEIGHBOURS - 1]) continue;
      let place = NEIGHBOURS - 1;
      for (; place > 0 && best[place - 1] > distance; place--) {
        best[place] = best[place - 1];
        who[place] = who[place - 1];
      }
      best[place] = distance;
      who[place] = j;
    }
    let near = 0;
    for (const each of who) near += target[each];
    sum += (near / NEIGHBOURS - target[i]) ** 2;
  }
  return sum / n;
}

/** A permutation, the same in both languages, and the state from which to go on. */
function shuffle(n: number, from: number): { order: number[]; state: number } {
  const order = Array.from({ length: n }, (_, at) => at);
  let state = from;
  for (let last = n - 1; last > 0; last--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const other = Math.floor((state * (last + 1)) / 2 ** 32);
    [order[last], order[other]] = [order[other], order[last]];
  }
  return { order, state };
}

const runsText = (n: number) => (n === 1 ? "1 run" : `${n} runs`);
