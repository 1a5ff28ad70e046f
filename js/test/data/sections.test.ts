import { expect, test } from "vitest";
import { gathered, sectionsOf, shortName } from "../../src/data/sections";

const METRICS = ["val/loss", "system/gpu", "loss", "train/loss", "acc10", "acc9", "train/acc"];

test("metrics stand in sections by prefix, those without one first and the machine's last", () => {
  expect(sectionsOf(METRICS, "")).toEqual([
    { name: "", metrics: ["acc9", "acc10", "loss"] },
    { name: "train", metrics: ["train/acc", "train/loss"] },
    { name: "val", metrics: ["val/loss"] },
    { name: "system", metrics: ["system/gpu"] },
  ]);
});

test("a search keeps names that hold all its words in any order", () => {
  expect(sectionsOf(METRICS, " LOSS tra ").flatMap(({ metrics }) => metrics)).toEqual(["train/loss"]);
  expect(sectionsOf(METRICS, "nothing")).toEqual([]);
});

test("a name that begins with a slash, or is only a prefix, stays whole", () => {
  expect(sectionsOf(["/x", "x/"], "").map(({ name }) => name)).toEqual(["", "x"]);
  expect(["train/a/b", "x/", "/x"].map(shortName)).toEqual(["a/b", "x/", "/x"]);
});

test("few metrics stand together whatever their prefixes, the machine's apart", () => {
  expect(gathered(sectionsOf(["val/loss", "loss", "system/gpu"], ""))).toEqual([
    { name: "", metrics: ["loss", "val/loss"] },
    { name: "system", metrics: ["system/gpu"] },
  ]);
  const many = sectionsOf(METRICS.concat("val/acc"), "");
  expect(gathered(many)).toEqual(many);
});

test("what was measured on train, val and test stands before the sections of devices and layers", () => {
  const metrics = ["gpu0/mem", "layer1/grad", "val/acc", "test/acc", "train/loss", "loss", "system/cpu"];
  const order = sectionsOf(metrics, "").map(({ name }) => name);
  expect(order).toEqual(["", "train", "val", "test", "gpu0", "layer1", "system"]);
});
