import { expect, test } from "vitest";
import { totalText } from "../../src/ui/purge";

const run = (files: number, bytes: number) => ({ run: "a", files, bytes, elsewhere: "" });

test("what is removed is told with its runs, files and size", () => {
  expect(totalText({ runs: [run(1, 1000)], running: [], command: "" })).toMatch(/^1 run with 1 file \(1(\.0)? kB\)$/);
  expect(totalText({ runs: [run(2, 1_000_000), run(0, 0)], running: [], command: "" })).toMatch(/^2 runs with 2 files \(1(\.0)? MB\)$/);
  expect(totalText({ runs: [], running: ["a"], command: "" })).toMatch(/^0 runs with 0 files/);
});

test("of a server only the files go", () => {
  expect(totalText({ runs: [run(3, 0)], running: [], command: "mlflow gc" })).toMatch(/^3 files of 1 run/);
});
