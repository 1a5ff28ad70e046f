import { expect, test } from "vitest";
import { sharedFiles } from "../../src/data/shared_files";

const image = (key: string, step: number, time: number, compressed = false) =>
  `images/${key}+step+${step}+timestamp+${time}+0a1b2c3d-0000-4000-8000-00000000000${step}${compressed ? "+compressed.webp" : ".png"}`;
const sizes = (paths: readonly string[]) => new Map(paths.map((path): [string, number] => [path, 1000]));

test("images logged under a key pair up, whatever their steps and times", () => {
  const runs = new Map([
    ["a", sizes([image("sample", 0, 1700000000000), image("sample", 0, 1700000000000, true), image("sample", 10, 1700000000900)])],
    ["b", sizes([image("sample", 0, 1800000000000), "notes.txt"])],
  ]);
  const [first, ...others] = sharedFiles(runs, (run) => run);
  expect(first.name).toBe("sample");
  expect([...first.paths.keys()]).toEqual(["a", "b"]);
  expect(first.medium!.runs.get("a")!.map(({ step }) => step)).toEqual([0, 10]);
  expect(first.medium!.runs.get("a")![0].small).toBeNull(); // a small picture is shown itself
  expect(others.map(({ name }) => name)).toEqual(["notes.txt"]);
});

test("files that are named after their run pair up, others keep their path", () => {
  const runs = new Map([
    ["1", sizes(["plots/first-run.png", "same.csv"])],
    ["2", sizes(["plots/second-run.png", "same.csv", "only-second-run.txt"])],
  ]);
  const found = sharedFiles(runs, (run) => (run === "1" ? "first-run" : "second-run"));
  expect(found.map(({ name, paths }) => [name, paths.size])).toEqual([
    ["plots/{run}.png", 2],
    ["same.csv", 2],
    ["only-second-run.txt", 1],
  ]);
  expect(found[0].paths.get("2")).toBe("plots/second-run.png");
});
