import { expect, test } from "vitest";
import { frameOf, type Column, type TextColumn } from "../../src/data/frame";
import { CONTEXT, flat, FOLDED, nested, PARENT, parents, PINNED, type Shape } from "../../src/data/tree";

function column(values: (string | null)[]): TextColumn {
  const words = [...new Set(values.filter((value) => value !== null))];
  return { kind: "text", words, codes: Int32Array.from(values, (value) => (value === null ? -1 : words.indexOf(value))) };
}

/** Runs by name, each with the name of its parent. */
function shape(tree: Record<string, string | null>, change: Partial<Shape> = {}): Shape & { ids: readonly string[] } {
  const columns = new Map<string, Column>([
    ["run_id", column(Object.keys(tree))],
    ["tags.mlflow.parentRunId", column(Object.values(tree))],
  ]);
  const frame = frameOf(Object.keys(tree).length, columns);
  const all = new Uint8Array(frame.length).fill(1);
  const order = Uint32Array.from(frame.ids, (_, row) => row);
  const none = new Set<number>();
  return { order, match: all, scope: all, parent: parents(frame), folded: none, pinned: none, ids: frame.ids, ...change };
}

const said = (made: Shape & { ids: readonly string[] }) => {
  const { rows, depth } = nested(made);
  return Array.from(rows, (row, line) => "-".repeat(depth[line]) + made.ids[row]).join(" ");
};

const FAMILY = { a: null, b: null, a1: "a", b1: "b", a2: "a", a11: "a1" };

test("children stand under their parent, ordered among themselves", () => {
  expect(said(shape(FAMILY))).toBe("a -a1 --a11 -a2 b -b1");
});

test("the nesting holds when the order is turned around, and a run stands where the first of its family would", () => {
  expect(said(shape(FAMILY, { order: Uint32Array.of(5, 4, 3, 2, 1, 0) }))).toBe("a -a1 --a11 -a2 b -b1");
  expect(said(shape(FAMILY, { order: Uint32Array.of(3, 4, 0, 1, 2, 5) }))).toBe("b -b1 a -a2 -a1 --a11");
});

test("what is shown for context does not say where its family stands", () => {
  const made = shape(FAMILY, { match: Uint8Array.of(0, 0, 0, 1, 0, 1), order: Uint32Array.of(0, 1, 2, 3, 4, 5) });
  expect(said(made)).toBe("b -b1 a -a1 --a11");
});

test("the parents of a match are shown for context and not counted", () => {
  const made = shape(FAMILY, { match: Uint8Array.of(0, 0, 0, 0, 0, 1) });
  const { marks, matches } = nested(made);
  expect(said(made)).toBe("a -a1 --a11");
  expect([...marks]).toEqual([CONTEXT | PARENT, CONTEXT | PARENT, 0]);
  expect(matches).toBe(1);
});

test("a parent out of scope leaves its children at the top", () => {
  const scope = Uint8Array.of(0, 1, 1, 1, 1, 1);
  expect(said(shape(FAMILY, { scope, match: scope }))).toBe("b -b1 a1 -a11 a2");
});

test("a folded parent hides all under it, and says that it is folded", () => {
  const made = shape(FAMILY, { folded: new Set([0]) });
  expect(said(made)).toBe("a b -b1");
  expect(nested(made).marks[0]).toBe(PARENT | FOLDED);
  expect(nested(made).matches).toBe(6);
});

test("pinned runs come first with what is under them, even where they do not match", () => {
  const match = Uint8Array.of(1, 0, 1, 0, 1, 1);
  const made = shape(FAMILY, { match, pinned: new Set([1]) });
  expect(said(made)).toBe("b a -a1 --a11 -a2");
  expect(nested(made).marks[0]).toBe(PINNED | CONTEXT);
});

test("runs that are each other's parents are all shown, once", () => {
  const made = shape({ a: "c", b: "a", c: "b", d: "d", e: "gone" });
  expect([...nested(made).rows].sort()).toEqual([0, 1, 2, 3, 4]);
});

test("without the tree the order alone counts, and only matches are shown", () => {
  const { rows, matches } = flat(shape(FAMILY, { order: Uint32Array.of(5, 4, 3, 2, 1, 0), match: Uint8Array.of(1, 0, 1, 0, 0, 1) }));
  expect([...rows]).toEqual([5, 2, 0]);
  expect(matches).toBe(3);
});

test("a chain of three thousand runs is no trouble", () => {
  const tree = Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`r${i}`, i > 0 ? `r${i - 1}` : null]));
  expect(nested(shape(tree)).rows.length).toBe(3_000);
});
