/** Which whole histories do the filter and the order ask for by `metrics.loss.at(100)`, and how do they come here? */

import { effect } from "@preact/signals";
import { parse, parseKey, type Node } from "../query";
import type { Column } from "../query/tree";
import { fetchWhole, isLacking } from "./histories";
import type { State } from "./state";

/** Points that are asked of the kernel for it; more take too long and too much room. */
const MOST = 2_000_000;

/** Has them sent while the view asks for them; says so where they are too many. Returns what stops it. */
export function followSteps(state: State): () => void {
  let asking = false;
  const without = new Set<string>(); // asked for, and not to be had
  return effect(() => {
    const { filter, order } = state.view.value;
    if (!filter.includes("at(") && !order.some((clause) => clause.includes("at("))) return;
    state.seriesRev.value; // once the last answer is here, what came meanwhile is asked for
    if (state.life.value !== "live" || asking) return;
    const { ids } = state.frame.value;
    const runs = Array.from(state.table.scopeRows.value, (row) => ids[row]);
    const asks = (run: string, key: string) => isLacking(state, run, key) && !without.has(`${run} ${key}`);
    const wanted = keysAsked(filter, order).map((key) => ({ key, runs: runs.filter((run) => asks(run, key)) }));
    const lacking = wanted.filter(({ runs }) => runs.length > 0);
    if (lacking.length === 0) return;
    if (lacking.reduce((sum, { key, runs }) => sum + pointsOf(state, key, runs), 0) > MOST) {
      const words = "at() reads whole histories, and these are too many: runs whose history is not here do not match. Choose fewer experiments.";
      queueMicrotask(() => (state.edits.notice.value = { words, bad: true }));
      return;
    }
    asking = true;
    void Promise.all(lacking.map(({ key, runs }) => fetchWhole(state, key, runs))).then(() => {
      asking = false;
      for (const { key, runs } of lacking) for (const run of runs) if (isLacking(state, run, key)) without.add(`${run} ${key}`);
    });
  });
}

function pointsOf(state: State, key: string, runs: readonly string[]): number {
  const column = state.frame.peek().columns.get(`metrics.${key}`);
  if (column?.kind !== "metric") return 0;
  return runs.reduce((sum, run) => sum + column.count[state.frame.peek().rowOf.get(run)!], 0);
}

/** The metrics whose value at a step is asked for. */
export function keysAsked(filter: string, order: readonly string[]): string[] {
  const columns = [...columnsOf(tried(() => parse(filter))), ...order.flatMap((clause) => tried(() => parseKey(clause))?.column ?? [])];
  return [...new Set(columns.filter(({ part }) => part === "at").map(({ key }) => key))];
}

function columnsOf(node: Node | null): Column[] {
  if (node === null) return [];
  if ("column" in node) return [node.column];
  return node.is === "not" ? columnsOf(node.node) : node.nodes.flatMap(columnsOf);
}

function tried<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
