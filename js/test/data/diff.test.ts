import fc from "fast-check";
import { expect, test } from "vitest";
import { diffLines, diffWords, excerpt, hunks } from "../../src/data/diff";

const plain = (left: string, right: string) =>
  diffLines(left, right).map(({ kind, text }) => ({ same: " ", out: "-", in: "+" })[kind] + text);

test("a changed line is one out and one in, between equal ones", () => {
  expect(plain("a\nb\nc\n", "a\nB\nc\n")).toEqual([" a", "-b", "+B", " c"]);
});

test("added and removed lines are found with their numbers", () => {
  const lines = diffLines("a\nb\nc", "b\nc\nd");
  expect(lines.map(({ kind, left, right }) => [kind, left, right])).toEqual([
    ["out", 1, null],
    ["same", 2, 1],
    ["same", 3, 2],
    ["in", null, 3],
  ]);
});

test("texts that differ in line ends alone are equal", () => {
  expect(diffLines("a\r\nb\r\n", "a\nb").every(({ kind }) => kind === "same")).toBe(true);
  expect(diffLines("", "")).toEqual([]);
});

test("from the difference both texts can be read again", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c", ""), { maxLength: 30 }).map((lines) => lines.map((line) => `${line}\n`).join(""));
  fc.assert(
    fc.property(text, text, (left, right) => {
      const lines = diffLines(left, right);
      const read = (without: string) => lines.filter(({ kind }) => kind !== without).map((line) => `${line.text}\n`).join("");
      expect(read("in")).toBe(left);
      expect(read("out")).toBe(right);
    }),
  );
});

test("texts too large to compare in detail are shown as replaced, not refused", () => {
  const many = (word: string) => Array.from({ length: 3000 }, (_, i) => `${word}${i}`).join("\n");
  const lines = diffLines(`same\n${many("a")}`, `same\n${many("b")}`);
  expect(lines.filter(({ kind }) => kind === "same").length).toBe(1);
  expect(lines.length).toBe(6001);
});

test("long equal stretches are counted, with a few lines kept around a change", () => {
  const left = Array.from({ length: 40 }, (_, i) => `line ${i}`);
  const right = left.with(20, "changed");
  const found = hunks(diffLines(left.join("\n"), right.join("\n")));
  expect(found.map((hunk) => ("skipped" in hunk ? hunk.skipped : hunk.lines.length))).toEqual([17, 8, 16]);
});

test("of a changed line the words that changed are told from those that did not", () => {
  const [left, right] = diffWords("lr = 0.1  # slow", "lr = 0.3  # slow");
  expect(left.filter(({ changed }) => changed).map(({ text }) => text)).toEqual(["1"]);
  expect(right.filter(({ changed }) => changed).map(({ text }) => text)).toEqual(["3"]);
  expect(right.map(({ text }) => text).join("")).toBe("lr = 0.3  # slow");
});

test("of a long text only what differs is shown, with a little around it", () => {
  const same = "You are a helpful assistant. ".repeat(10);
  const [, right] = diffWords(`${same}Answer briefly.`, `${same}Answer at length.`);
  const shown = excerpt(right).map(({ text }) => text).join("");
  expect(shown.startsWith("…")).toBe(true);
  expect(shown.endsWith("at length.")).toBe(true);
  expect(shown.length).toBeLessThan(60);
  expect(excerpt(right).filter(({ changed }) => changed).map(({ text }) => text).join(" ")).toContain("length");
});
