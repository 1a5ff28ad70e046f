/** How long do filter and order of 100,000 runs take in the browser's language? Run by `make bench`. */

import { expect, test } from "vitest";
import { select } from "../src/query";
import { table } from "./frame";

const ROWS = 100_000;

test("a hundred thousand runs are filtered and sorted within 120 ms", { timeout: 60_000 }, () => {
  const frame = table(ROWS);
  const asked: [filter: string, order: string[]][] = [
    ["", []],
    ["metrics.loss < 0.5 AND params.lr < 0.3", ["metrics.loss DESC"]],
    ["status = 'FINISHED' OR params.lr > 0.9", ["number(params.lr)"]],
    ["run_name LIKE '%7%1%'", ["run_name", "status DESC"]],
    ["NOT run_name ILIKE 'BOLD-_5%'", ["status", "metrics.loss"]],
  ];
  for (const [filter, order] of asked) {
    const times = Array.from({ length: 8 }, () => {
      const from = performance.now();
      select(frame, filter, order);
      return performance.now() - from;
    });
    const [first, ...again] = times.map((ms) => Math.round(ms));
    console.log(`${filter || "everything"} · ${order.join(", ") || "newest first"}: first ${first} ms, then ${Math.min(...again)} ms`);
    expect(Math.min(...times), `${filter} ordered by ${order}`).toBeLessThan(120);
  }
});
