import { describe, expect, test } from "vitest";
import { columns, complete, direction, mask, order, parse, placeAt, unitAt, unknown } from "../../src/query";
import { nameOf } from "../../src/query/tree";
import { answer, frameFrom, golden, historyFrom, rowsOf, type Answer, type Written } from "./golden";

interface Cases {
  now: number;
  frame: Written;
  filters: [string, Answer][];
  withoutHistory: [string, Answer][];
  orders: [string[], Answer][];
  directions: [string, string][];
  unknown: [string, [string, string | null][]][];
  columns: unknown[];
  completions: [string, number, unknown[][]][];
}

const cases = golden<Cases>("query");
const frame = frameFrom(cases.frame);
const around = { now: cases.now, history: historyFrom(cases.frame) };

describe("the golden cases that Python replays too", () => {
  test.each(cases.filters)("filter %s", (text, expected) => {
    expect(answer(() => rowsOf(mask(frame, text, around)))).toEqual(expected);
  });
  test.each(cases.withoutHistory)("without histories, %s says what else to ask", (text, expected) => {
    expect(answer(() => rowsOf(mask(frame, text, { now: cases.now })))).toEqual(expected);
  });
  test.each(cases.orders)("order by %s", (clauses, expected) => {
    expect(answer(() => order(frame, clauses, around))).toEqual(expected);
  });
  test.each(cases.directions)("which way is %s better: %s", (key, expected) => expect(direction(key)).toBe(expected));
  test.each(cases.unknown)("columns that no run has in %s", (text, expected) => {
    expect(unknown(parse(text)!, frame).map(({ column, nearest }) => [nameOf(column), nearest])).toEqual(expected);
  });
  test("the best of a metric goes by the direction it was tracked with", () => {
    const tag = { kind: "text" as const, codes: new Int32Array(frame.length), words: ["min"] };
    const turned = { ...frame, columns: new Map(frame.columns).set("tags.nbtrack.metric.accuracy", tag) };
    const least = rowsOf(mask(frame, "metrics.accuracy.min < 0.8"));
    expect(rowsOf(mask(turned, "metrics.accuracy.best < 0.8"))).toEqual(least);
    expect(rowsOf(mask(frame, "metrics.accuracy.best < 0.8"))).not.toEqual(least);
  });
  test("the columns with counts and examples", () => expect(columns(frame)).toEqual(cases.columns));
  test.each(cases.completions)("behind %s at %d", (text, cursor, expected) => {
    expect(complete(frame, text, cursor).map((suggestion) => Object.values(suggestion))).toEqual(expected);
  });
});

test("places count characters and lead back to the input's own count", () => {
  expect(unitAt("a😀b", 2)).toBe(3);
  expect(placeAt("a😀b", 3)).toBe(2);
});

test("filtering and ordering leave the frame and earlier answers as they were", () => {
  const first = order(frame, [], around);
  const kept = Array.from(first);
  order(frame, ["metrics.loss DESC"], around);
  first.fill(0);
  expect(Array.from(order(frame, [], around))).toEqual(kept);
});

test("a param of many numbers is typed and not chosen from a list", () => {
  const few = { text: Array.from({ length: 9 }, (_, i) => String(1 + (i % 3))) };
  const many = { text: Array.from({ length: 9 }, (_, i) => String(i / 7)) };
  const frame = frameFrom({ length: 9, columns: { "params.few": few, "params.many": many } });
  const texts = ["params.few < ", "params.many < ", "params.many < 0.", "params.many = ", "params.many = '0.1"];
  expect(texts.map((text) => complete(frame, text, text.length).length)).toEqual([3, 0, 0, 0, 1]);
});
