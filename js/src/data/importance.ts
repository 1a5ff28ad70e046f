/**
 * Which params matter for a metric? Rank correlation, and what the nearest runs explain no more without a param.
 *
 * Everything works on ranks, so that one diverged run does not speak for all, and nothing depends on the order of the
 * runs: of equally near ones each counts alike. What could be chance is said so: both measures are compared with those of
 * the same runs with their results mixed up. nbtrack/figures/importances.py is its twin, docs/numbers.md explains it.
 */

import { fnv1a } from "./hash";
import { number } from "../query/values";

export const ENOUGH = 20;
const FEW = 4;
const MOST = 400; // runs: the work grows with their square
const NEIGHBOURS = 5;
const SHUFFLES = 24; // of few runs, of which each says much; of more than MANY eight are enough
const MANY = 100;
const DRAWS = 199; // of the test against chance
const CHANCE = 0.05;
const UNIT = 1_000_000; // distances are whole numbers, so that ties are ties in every language
const WEAK = 0.1;

export interface Importance {
  param: string;
  /** Spearman's rho; for texts the root of epsilon squared of the ranks, without a sign. */
  correlation: number;
  signed: boolean;
  /** Share of the ranks' variance that is explained no more; null where that is not said. */
  permutation: number | null;
  spread: number;
}

export interface Found {
  /** The most important first. */
  importances: Importance[];
  runs: number;
  /** Share of the ranks' variance that the nearest runs explain. */
  explained: number | null;
  notes: string[];
  /** How often mixed-up results show as much. */
  chance: number | null;
}

type Texts = readonly (string | null)[];
type Params = readonly (readonly [name: string, texts: Texts])[];

/**
 * Of runs with a finite value; params that are the same everywhere are left out. Of more than MOST runs those with the
 * least hashes of their `ids` are taken, or of what they hold without ids.
 */
export function importancesOf(params: Params, values: readonly (number | null)[], ids: readonly string[] = []): Found {
  let rows = inOneOrder(params, values);
  const runs = rows.length;
  const nothing = (note: string): Found => ({ importances: [], runs, explained: null, notes: [note], chance: null });
  if (runs < FEW) return nothing(`${runsText(runs)} with a value: too few to say anything.`);
  const notes: string[] = [];
  if (runs > MOST) {
    const names = new Map(rows.map(({ row, content }) => [row, fnv1a(ids.length > 0 ? ids[row] : content.join("\n"))]));
    const kept = new Set(rows.toSorted((a, b) => names.get(a.row)! - names.get(b.row)!).slice(0, MOST));
    rows = rows.filter((each) => kept.has(each));
    notes.push(`${MOST} of ${runs} runs, chosen by a hash of their ids.`);
  }
  const target = ranks(rows.map(({ row }) => values[row]!));
  const cells = params
    .map(([name, texts]) => ({ name, texts: rows.map(({ row }) => texts[row]) }))
    .filter(({ texts }) => texts.some((text) => text !== texts[0]));
  if (cells.length === 0) return nothing("No param varies among these runs.");
  if (target.every((rank) => rank === target[0])) return nothing("The metric is the same in all these runs.");
  const measures = cells.map(({ texts }) => measureOf(texts));
  const correlations = measures.map((measure) => measure.of(target));
  const near = runs < ENOUGH ? null : permuted(cells.map(({ texts }) => codesOf(texts)), target);
  if (near === null) notes.push(`${runsText(runs)}: correlations only, and with care. Permutation importance needs ${ENOUGH}.`);
  const chance = chanceOf(measures, correlations, near, target);
  const weak = near === null || near.explained < WEAK;
  if (chance > CHANCE) notes.push(`This could be chance (p = ${chance.toFixed(2)}), so this ranking is not reliable.`);
  else if (near !== null && weak) notes.push("Similar params gave very different results: only the correlation says something here.");
  const once = cells.filter(({ texts }) => numeric(texts) === null && new Set(texts).size === texts.length).map(({ name }) => name);
  if (once.length > 0) notes.push(`Another text in each run, which says nothing: ${once.join(", ")}.`);
  const importances = cells.map(({ name }, i): Importance => ({
    param: name,
    correlation: correlations[i],
    signed: measures[i].signed,
    permutation: near?.shares[i].mean ?? null,
    spread: near?.shares[i].spread ?? 0,
  }));
  const first = (each: Importance) => (weak ? 0 : (each.permutation ?? 0));
  importances.sort((a, b) => first(b) - first(a) || Math.abs(b.correlation) - Math.abs(a.correlation) || (a.param < b.param ? -1 : 1));
  return { importances, runs, explained: near?.explained ?? null, notes, chance };
}

interface Row {
  row: number;
  content: string[];
}

/** The runs with a finite value in the order of what they hold, however they came. */
function inOneOrder(params: Params, values: readonly (number | null)[]): Row[] {
  const named = params.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const rows = values.flatMap((value, row) =>
    value !== null && Number.isFinite(value) ? [{ row, content: named.map(([name, texts]) => `${name}=${texts[row] ?? "None"}`) }] : [],
  );
  return rows.sort((a, b) => {
    for (let i = 0; i < named.length; i++) if (a.content[i] !== b.content[i]) return a.content[i] < b.content[i] ? -1 : 1;
    return values[a.row]! - values[b.row]!;
  });
}

/** What must be known before the importances are believed; null where a note says it. */
export function foretold({ explained, runs, chance }: Found, metric: string): string | null {
  if (explained === null || explained < WEAK || (chance ?? 0) > CHANCE) return null;
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

/** How strongly a param goes with a target. */
interface Measure {
  signed: boolean;
  of(target: readonly number[]): number;
}

function measureOf(texts: Texts): Measure {
  const values = numeric(texts);
  if (values === null) {
    const words = [...new Set(texts)];
    const groups = texts.map((text) => words.indexOf(text));
    return { signed: false, of: (target) => epsilon(groups, words.length, target) };
  }
  const here = values.flatMap((value, at) => (value === null ? [] : [at]));
  if (here.length < FEW) return { signed: true, of: () => 0 };
  const x = centred(ranks(here.map((at) => values[at]!)));
  const own = dot(x, x);
  const of = (target: readonly number[]) => {
    const y = centred(ranks(here.map((at) => target[at])));
    const size = Math.sqrt(own * dot(y, y));
    return size === 0 ? 0 : dot(x, y) / size;
  };
  return { signed: true, of };
}

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, at) => sum + value * b[at], 0);

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function centred(values: readonly number[]): number[] {
  const middle = mean(values);
  return values.map((value) => value - middle);
}

/** The root of epsilon squared: how much of the variance lies between the texts, less what chance puts there. */
function epsilon(groups: readonly number[], count: number, target: readonly number[]): number {
  if (count >= target.length) return 0;
  const [sums, sizes] = [new Float64Array(count), new Float64Array(count)];
  groups.forEach((group, at) => {
    sums[group] += target[at];
    sizes[group]++;
  });
  const middle = mean(target);
  const within = target.reduce((sum, value, at) => sum + (value - sums[groups[at]] / sizes[groups[at]]) ** 2, 0);
  const total = target.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(Math.max(0, 1 - ((within / total) * (target.length - 1)) / (target.length - count)));
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

interface Near {
  explained: number;
  /** Of what is explained, how much no more with each param mixed up. */
  shares: { mean: number; spread: number }[];
  weights: Float64Array;
}

function permuted(columns: readonly Codes[], target: readonly number[]): Near {
  const n = target.length;
  const together = new Float64Array(n * n);
  for (const { at, ordered } of columns) {
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) together[i * n + j] += apart(ordered, at[i], at[j]);
  }
  const weights = weightsOf(together, n);
  const explained = explainedBy(weights, target);
  const moved = new Float64Array(n * n);
  const times = n > MANY ? SHUFFLES / 3 : SHUFFLES;
  const shares = columns.map(({ at, ordered }) => {
    const found: number[] = [];
    let state = 1;
    for (let k = 0; k < times; k++) {
      const shuffled = shuffle(n, state);
      state = shuffled.state;
      for (let i = 0; i < n; i++) {
        const from = at[shuffled.order[i]];
        for (let j = 0; j < n; j++) {
          const place = i * n + j;
          moved[place] = together[place] - apart(ordered, at[i], at[j]) + apart(ordered, from, at[j]);
        }
      }
      found.push(Math.max(0, explained) - Math.max(0, explainedBy(weightsOf(moved, n), target)));
    }
    const share = mean(found);
    return { mean: share, spread: Math.sqrt(found.reduce((sum, each) => sum + (each - share) ** 2, 0) / (times - 1)) };
  });
  return { shares, explained, weights };
}

/**
 * How much each other run counts for each run: 1 if it is nearer than the last neighbor; those as near as that one share
 * what is left.
 */
function weightsOf(distances: Float64Array, n: number): Float64Array {
  const weights = new Float64Array(n * n);
  const best = new Float64Array(NEIGHBOURS);
  for (let i = 0; i < n; i++) {
    best.fill(Infinity);
    for (let j = 0; j < n; j++) {
      const distance = distances[i * n + j];
      if (j === i || distance >= best[NEIGHBOURS - 1]) continue;
      let place = NEIGHBOURS - 1;
      for (; place > 0 && best[place - 1] > distance; place--) best[place] = best[place - 1];
      best[place] = distance;
    }
    const last = best[NEIGHBOURS - 1];
    let [nearer, level] = [0, 0];
    for (let j = 0; j < n; j++) {
      if (j === i) continue;
      if (distances[i * n + j] < last) nearer++;
      else if (distances[i * n + j] === last) level++;
    }
    for (let j = 0; j < n; j++) {
      if (j === i || distances[i * n + j] > last) continue;
      weights[i * n + j] = (distances[i * n + j] < last ? 1 : (NEIGHBOURS - nearer) / level) / NEIGHBOURS;
    }
  }
  return weights;
}

/** The share of the variance that the weighted other runs explain. */
function explainedBy(weights: Float64Array, target: readonly number[]): number {
  const n = target.length;
  const middle = mean(target);
  let [error, variance] = [0, 0];
  for (let i = 0; i < n; i++) {
    let near = 0;
    for (let j = 0; j < n; j++) near += weights[i * n + j] * target[j];
    error += (near - target[i]) ** 2;
    variance += (target[i] - middle) ** 2;
  }
  return 1 - error / variance;
}

/**
 * How often mixed-up results show a correlation as strong, or as much explained: the smaller of the two shares, times two
 * where both are asked.
 */
function chanceOf(measures: readonly Measure[], correlations: readonly number[], near: Near | null, target: readonly number[]): number {
  const strongest = Math.max(...correlations.map(Math.abs)) - 1e-9;
  const explained = near === null ? -Infinity : near.explained - 1e-9;
  let [state, strong, asNear] = [1, 0, 0];
  for (let draw = 0; draw < DRAWS; draw++) {
    const shuffled = shuffle(target.length, state);
    state = shuffled.state;
    const mixed = shuffled.order.map((at) => target[at]);
    if (measures.some((measure) => Math.abs(measure.of(mixed)) >= strongest)) strong++;
    if (near !== null && explainedBy(near.weights, mixed) >= explained) asNear++;
  }
  const shares = near === null ? [strong] : [strong, asNear];
  return Math.min(1, (shares.length * (1 + Math.min(...shares))) / (DRAWS + 1));
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
