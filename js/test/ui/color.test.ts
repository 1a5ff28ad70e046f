/** The color of a run: one for ever, whoever is shown beside it. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { frameOf, type Column } from "../../src/data/frame";
import { COLOR_TAG, COLORS } from "../../src/palette";
import { chosenColors, inks, orderedInks } from "../../src/ui/color";

const ids = Array.from({ length: 40 }, (_, i) => `run ${i}`);

test("a run has one color, whichever runs are shown and in whatever order", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 40 }), fc.nat(), (names, seed) => {
      const alone = names.map((name) => inks([name]).get(name)!.color);
      const shuffled = names.toSorted((a, b) => ((a.length * 31 + seed) % 7) - ((b.length * 31 + seed) % 7));
      expect(names.map((name) => inks(names).get(name)!.color)).toEqual(alone);
      expect(names.map((name) => inks(shuffled).get(name)!.color)).toEqual(alone);
    }),
  );
});

test("shown runs of one color differ in dash and marker, as long as there are styles", () => {
  const shown = inks(ids);
  for (const color of COLORS) {
    const first = [...shown.values()].filter((ink) => ink.color === color).slice(0, 4);
    expect(new Set(first.map(({ dash }) => dash.join())).size).toBe(first.length);
    expect(new Set(first.map(({ marker }) => marker)).size).toBe(first.length);
  }
});

test("a color near another is told apart by its dash", () => {
  const chosen = new Map([["a", "#0072b2"], ["b", "#0673b4"], ["c", "#f0681c"]]);
  const shown = inks(["a", "b", "c"], chosen);
  expect(shown.get("a")!.dash).not.toEqual(shown.get("b")!.dash);
  expect(shown.get("c")!.dash).toEqual([]);
});

test("groups take the palette in their order", () => {
  expect([...orderedInks(["x", "y", "z"]).values()].map(({ color }) => color)).toEqual(COLORS.slice(0, 3));
});

test("a chosen color is that of the tag, else the one kept for a read-only store; what is no color is passed over", () => {
  const text = (words: string[]): Column => ({ kind: "text", codes: Int32Array.from(words.keys()), words });
  const tags = ["#ABCDEF", "red;background:url(x)", "#12345", "#000000"];
  const frame = frameOf(4, new Map([["run_id", text(["a", "b", "c", "d"])], [`tags.${COLOR_TAG}`, text(tags)]]));
  const found = chosenColors(frame, ["a", "b", "c", "d", "e"], { a: "#111111", e: "#222222" });
  expect(Object.fromEntries(found)).toEqual({ a: "#abcdef", d: "#000000", e: "#222222" });
});
