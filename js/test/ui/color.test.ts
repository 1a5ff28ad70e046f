/** Which colour is a run's? */

import { expect, test } from "vitest";
import { inks } from "../../src/ui/color";

const ids = Array.from({ length: 40 }, (_, i) => `run ${i}`);

test("a run keeps its ink when others come, go and change their order", () => {
  const first = inks(ids.slice(0, 10));
  for (const shown of [ids.slice(5, 15), ids.slice(0, 10).reverse(), ids.slice(3, 4)]) {
    const now = inks(shown);
    for (const [id, ink] of now) if (first.has(id)) expect(ink).toEqual(first.get(id));
  }
});

test("no two of 32 runs in one picture share an ink", () => {
  const told = (from: number) => [...inks(ids.slice(from, from + 32)).values()].map((ink) => JSON.stringify(ink));
  for (const from of [0, 8, 4]) expect(new Set(told(from)).size).toBe(32);
});
