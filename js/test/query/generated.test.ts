import { expect, test } from "vitest";
import { mask, order } from "../../src/query";
import { answer, frameFrom, golden, rowsOf, type Answer, type Written } from "./golden";

interface Generated {
  now: number;
  frame: Written;
  filters: [string, Answer][];
  orders: [string[], Answer][];
}

const { now, frame: written, filters, orders } = golden<Generated>("query_generated");
const frame = frameFrom(written);

const BUSY_MACHINE_MS = 60_000;

test("random filters, broken ones too, are answered as Python answers them", () => {
  const ours = filters.map(([text]) => [text, answer(() => rowsOf(mask(frame, text, { now })))]);
  expect(ours).toEqual(filters);
}, BUSY_MACHINE_MS);

test("random orders put the rows where Python puts them", () => {
  const ours = orders.map(([clauses]) => [clauses, answer(() => order(frame, clauses, { now }))]);
  expect(ours).toEqual(orders);
});
