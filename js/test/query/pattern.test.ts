import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { searcher } from "../../src/query/pattern";

const golden = JSON.parse(readFileSync(new URL("../../../tests/golden/patterns.json", import.meta.url), "utf8")) as {
  texts: string[];
  cases: [pattern: string, found: number[] | null][];
};

test("a regular expression finds the texts that it finds in Python, and is refused where it is there", () => {
  const wrong = golden.cases.filter(([pattern, found]) => {
    const matches = searcher(pattern);
    const here = matches && golden.texts.flatMap((text, place) => (matches(text) ? [place] : []));
    return JSON.stringify(here) !== JSON.stringify(found);
  });
  expect(wrong).toEqual([]);
});
