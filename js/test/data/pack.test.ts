/** The golden packs, written by Python, read here; tests/golden/pack.json says what is in them. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { METRIC_ARRAYS, number, readFrame, text, type FrameHeader, type MetricColumn } from "../../src/data/frame";
import { unpack } from "../../src/data/pack";
import { LONGEST, SeriesBook, type SeriesHeader } from "../../src/data/series";

const golden = (name: string) => readFileSync(`../tests/golden/${name}`);
const cases = JSON.parse(golden("pack.json").toString("utf8"));
const special: Record<string, number> = { NaN: NaN, inf: Infinity, "-inf": -Infinity };
const value = (cell: number | string) => (typeof cell === "string" ? special[cell] : cell);

for (const name of ["pack_frame.bin", "pack_frame_deflated.bin"]) {
  test(`${name} holds the frame that is written out`, async () => {
    const frame = readFrame(await unpack<FrameHeader>(golden(name)));
    expect(frame.ids).toEqual(cases.frame.run_id.cells);
    for (const [column, { kind, cells }] of Object.entries<{ kind: string; cells: never[] }>(cases.frame)) {
      expect(frame.columns.get(column)!.kind).toBe(kind);
      cells.forEach((cell: never, row) => {
        if (kind === "text") expect(text(frame, column, row)).toBe(cell);
        else if (kind === "number" || cell === null) expect(number(frame, column, row)).toBe(cell);
        else {
          const metric = frame.columns.get(column) as MetricColumn;
          for (const part of METRIC_ARRAYS) expect(metric[part][row]).toBe(value(cell[part]));
        }
      });
    }
  });
}

test("pack_series.bin adds up to the histories that are written out", async () => {
  const book = new SeriesBook();
  expect(book.add(await unpack<SeriesHeader>(golden("pack_series.bin")))).toEqual([]);
  const loss = book.get("a1", "loss")!;
  expect([...loss.value.subarray(0, loss.length)]).toEqual([1.5, NaN, 0.1, -Infinity]);
  expect([...loss.step.subarray(0, loss.length)]).toEqual([0, 1, 2, 3]);
  expect(loss.time[3]).toBe(1763700000003);
});

test("a pack at an odd place of a larger buffer is read", async () => {
  const bytes = golden("pack_frame.bin");
  const larger = new Uint8Array(bytes.length + 3);
  larger.set(bytes, 3);
  const frame = readFrame(await unpack<FrameHeader>(new DataView(larger.buffer, 3)));
  expect(frame.length).toBe(3);
});

test("bytes that are no pack are refused", async () => {
  await expect(unpack(new TextEncoder().encode("PK something"))).rejects.toThrow("not a pack");
});

test("a thinner or older whole history does not replace what came point by point", async () => {
  const book = new SeriesBook();
  const chunk = (values: number[], total: number) => ({
    header: { chunks: [{ run: "a", key: "m", from: 0, n: values.length, total, whole: true }] },
    arrays: [values, values, values].map((part) => Float64Array.from(part)),
  });
  book.add(chunk([1, 2, 3, 4], 4));
  book.add(chunk([1, 4], 4));
  book.add(chunk([1, 2], 2));
  expect(book.get("a", "m")!.length).toBe(4);
});

test("a history that grows for hours keeps its picture in bounded room, and whole where every point is wanted", () => {
  const [book, wanted] = [new SeriesBook(), new SeriesBook()];
  const hours = 8 * 3600 * 20; // points, twenty a second
  const odd = new Map([[7, 50], [100_000, -50], [300_001, NaN], [300_002, Infinity], [hours - 1, 40]]);
  for (let from = 0; from < hours; from += 2_000) {
    const step = Float64Array.from({ length: 2_000 }, (_, i) => from + i);
    const value = step.map((at) => Math.sin(at / 3_000));
    for (const [at, y] of odd) if (at >= from && at < from + 2_000) value[at - from] = y;
    const chunks = [{ run: "a", key: "m", from, n: 2_000, total: from + 2_000, whole: from === 0 }];
    for (const each of [book, wanted]) {
      expect(each.add({ header: { chunks }, arrays: [step, step, value] })).toEqual([]);
      if (each === wanted) wanted.keep("a", "m");
    }
  }
  const { length, total, step, value } = book.get("a", "m")!;
  expect(total).toBe(hours);
  expect(length).toBeLessThanOrEqual(LONGEST);
  const here = [...step.subarray(0, length)];
  expect([here[0], ...odd.keys()].every((at) => here.includes(at))).toBe(true);
  expect([...odd].every(([at, y]) => Object.is(value[here.indexOf(at)], y))).toBe(true);
  // The first hours are as fine as the later ones, and the newest points are all here.
  const gaps = here.map((at, i) => at - (here[i - 1] ?? 0));
  expect(Math.max(...gaps)).toBeLessThan(400);
  expect(gaps.slice(-1_000).every((gap) => gap === 1)).toBe(true);
  expect(wanted.get("a", "m")!.length).toBe(hours);
});
