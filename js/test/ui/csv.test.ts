import { expect, test } from "vitest";
import { frameOf, type Column, type TextColumn } from "../../src/data/frame";
import { createState } from "../../src/state/state";
import { csvText, linesToCsv, toCsv } from "../../src/ui/charts/save";
import { csv, tsv } from "../../src/ui/grid/copy";

const FORMULA = '=HYPERLINK("https://evil.test","look")';
const KEPT = `"'=HYPERLINK(""https://evil.test"",""look"")"`;
const words = (...words: string[]): TextColumn => ({ kind: "text", words, codes: Int32Array.from(words.keys()) });
const one = Float64Array.of(1);
const frame = frameOf(
  1,
  new Map<string, Column>([
    ["run_id", words("a")],
    ["run_name", words(FORMULA)],
    ["params.@SUM(1)", words("-2+3+cmd|' /C calc'!A0")],
    ["params.lr", words("-1.5e-3")],
    [
      "metrics.+loss",
      { kind: "metric", missing: Uint8Array.of(0), values: one, step: one, min: one, max: one, first: one, count: one },
    ],
  ]),
);
const columns = ["run_name", "params.@SUM(1)", "params.lr"];

test("a copied table holds formulas as text and numbers as numbers", () => {
  expect(csv(frame, [0], columns).split("\n")[1]).toBe(`${KEPT},'-2+3+cmd|' /C calc'!A0,-1.5e-3`);
  expect(csv(frame, [0], columns).split("\n")[0]).toContain("'@SUM(1)");
  expect(tsv(frame, [0], columns).split("\n")[1]).toBe(`${KEPT}\t'-2+3+cmd|' /C calc'!A0\t-1.5e-3`);
});

test("what would begin a formula behind a tab or a line break is text, too", () => {
  expect(csvText([["\t=1+1", "\r=1+1", "\n=1+1", "+1", "-a"]])).toBe(`"'\t=1+1","'\r=1+1","'\n=1+1",+1,'-a\n`);
});

test("the points of a chart name runs and metrics as text", () => {
  const state = createState("dashboard");
  state.received.value = frame;
  expect(toCsv(state, "+loss", ["a"])).toBe(`run_id,run_name,step,time,'+loss\na,${KEPT},1,,1\n`);
  const line = { x: Float64Array.of(0), y: Float64Array.of(-1) };
  const drawn = { run: "a", name: FORMULA, line } as unknown as Parameters<typeof linesToCsv>[2][number];
  expect(linesToCsv("=a/b", "step", [drawn])).toBe(`run_id,run_name,step,'=a/b\na,${KEPT},0,-1\n`);
});
