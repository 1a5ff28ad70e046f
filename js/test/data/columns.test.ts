import { expect, test } from "vitest";
import { automatic, durations, groupOf, internal, label, STORE, worthShowing } from "../../src/data/columns";
import { frameOf, type Column, type NumberColumn, type TextColumn } from "../../src/data/frame";
import { sortings, toggled } from "../../src/data/order";

const words = (...values: (string | null)[]): TextColumn => {
  const distinct = [...new Set(values.filter((value) => value !== null))];
  return { kind: "text", words: distinct, codes: Int32Array.from(values, (v) => (v === null ? -1 : distinct.indexOf(v))) };
};
const numbers = (...values: (number | null)[]): NumberColumn => ({
  kind: "number",
  values: Float64Array.from(values, (value) => value ?? NaN),
  missing: Uint8Array.from(values, (value) => +(value === null)),
});
const metric = (...values: (number | null)[]): Column => {
  const plain = numbers(...values);
  const { values: all } = plain;
  return { ...plain, kind: "metric", step: all, min: all, max: all, first: all, count: all };
};

const frame = frameOf(
  3,
  new Map<string, Column>([
    ["run_id", words("a", "b", "c")],
    ["experiment_id", words("1", "1", "2")],
    ["run_name", words("x", "y", "z")],
    ["status", words("FINISHED", "RUNNING", "FAILED")],
    ["start_time", numbers(1000, 2000, 3000)],
    ["end_time", numbers(1500, null, null)],
    ["metrics.loss", metric(1, 2, 3)],
    ["metrics.never", metric(null, null, null)],
    ["metrics.system/cpu", metric(1, 2, 3)],
    ["params.lr", words("0.1", "0.2", "0.1")],
    ["params.seed", words("1", "1", "1")],
    ["params.extra", words("1", null, "1")],
    ["tags.team", words("a", "a", "b")],
    ["tags.mlflow.user", words("u", "v", "w")],
  ]),
);

test("unasked, a table shows what was varied and what came of it, without MLflow's own tags", () => {
  const shown = automatic(frame, Uint32Array.of(0, 1, 2));
  expect(shown).toEqual([
    ...["run_name", "status", "params.lr", "params.extra", "metrics.loss", "tags.team"],
    ...["start_time", "duration", "experiment_id"],
  ]);
});

test("one experiment needs no column of its own, and what is the same in its runs is left out", () => {
  expect(automatic(frame, Uint32Array.of(0, 1))).not.toContain("experiment_id");
  expect(automatic(frame, Uint32Array.of(0, 2))).not.toContain("params.lr");
});

test("of a search beside other models, what its runs share comes before what only its trials have", () => {
  const mixed = frameOf(
    3,
    new Map<string, Column>([
      ["run_id", words("search", "trial", "other")],
      ["run_name", words("search", "trial", "other")],
      ["metrics.trial_score", metric(null, 1, null)],
      ["metrics.score", metric(2, null, 3)],
      ["params.booster", words("gbdt", "gbdt", null)],
      ["params.rate", words("1", "2", null)],
      ["params.rates", words("[1, 2]", null, null)], // what only the search has is empty in every other line
      ["tags.mlflow.parentRunId", words(null, "search", null)],
    ]),
  );
  const shown = automatic(mixed, Uint32Array.of(0, 1, 2));
  expect(shown).toEqual(["run_name", "params.rate", "params.booster", "metrics.score", "metrics.trial_score", "duration"]);
});

test("families stay together, and in each what most runs have comes first", () => {
  const sparse = frameOf(
    4,
    new Map<string, Column>([
      ["run_id", words("a", "b", "c", "d")],
      ["metrics.zero", metric(null, null, 1, null)],
      ["params.rare", words(null, "1", null, null)],
      ["tags.stage", words("dev", "prod", null, "dev")],
      ["metrics.acc", metric(1, 2, null, 3)],
      ["params.lr", words("1", "2", "3", null)],
      ["params.arch", words("x", "y", "x", "y")],
    ]),
  );
  const rows = Uint32Array.of(0, 1, 2, 3);
  const families = ["params.arch", "params.lr", "params.rare", "metrics.acc", "metrics.zero", "tags.stage"];
  expect(automatic(sparse, rows)).toEqual(["run_name", ...families, "duration"]);
  expect(automatic(sparse, rows, ["metrics.zero"]).slice(4, 6)).toEqual(["metrics.zero", "metrics.acc"]);
});

test("the order of columns does not depend on the order in which a store names them", () => {
  const turned = frameOf(3, new Map([...frame.columns].reverse()));
  const rows = Uint32Array.of(0, 1, 2);
  expect(automatic(turned, rows)).toEqual(automatic(frame, rows));
});

test("what the code logs comes before what was read off a model", () => {
  const read = frameOf(
    3,
    new Map<string, Column>([
      ["run_id", words("a", "b", "of a fit")],
      ["params.tol", words("0.1", "0.2", "0.1")],
      ["params.lr", words("1", "2", null)],
      ["metrics.f1", metric(0.8, null, 0.7)],
      ["metrics.acc", metric(0.7, 0.9, null)],
      ["metrics.training_score", metric(1, 0.99, 1)],
      ["metrics.val", metric(0.5, null, null)],
      ["tags.mlflow.autologging", words(null, null, "sklearn")],
      ["tags.nbtrack.autologging.names", words('{"params":["tol"],"metrics":["training_score","f1","acc"]}', '{"params":["tol"],"metrics":["training_score"]}', null)],
    ]),
  );
  const shown = automatic(read, Uint32Array.of(0, 1, 2)).filter((name) => name.startsWith("metrics."));
  expect(shown).toEqual(["metrics.acc", "metrics.val", "metrics.f1", "metrics.training_score"]);
  expect(automatic(read, Uint32Array.of(0, 1, 2)).slice(1, 3)).toEqual(["params.lr", "params.tol"]);
});

test("a single run shows all of its params", () => {
  expect(automatic(frame, Uint32Array.of(0))).toContain("params.seed");
});

test("a running run has lasted until now; a failed one without an end has no duration", () => {
  const { values, missing } = durations(frame, 5000);
  expect([...values.subarray(0, 2)]).toEqual([500, 3000]);
  expect([...missing]).toEqual([0, 0, 1]);
});

test("a column goes by its key, and a key with dots stays whole", () => {
  expect(groupOf("metrics.val.loss")).toBe("metrics");
  expect(label("metrics.val.loss")).toBe("val.loss");
  expect(groupOf("start_time")).toBe("attributes");
});

test("clicks on a heading make it ascend, descend, and leave the order", () => {
  expect(toggled([], "metrics.loss", false)).toEqual(["metrics.loss ASC"]);
  expect(toggled(["metrics.loss ASC"], "metrics.loss", false)).toEqual(["metrics.loss DESC"]);
  expect(toggled(["metrics.loss DESC"], "metrics.loss", false)).toEqual([]);
  expect(toggled(["metrics.loss DESC"], "params.lr", false)).toEqual(["params.lr ASC"]);
});

test("with shift the other keys stay where they are", () => {
  const both = toggled(["metrics.loss DESC"], "metrics.val/acc", true);
  expect(both).toEqual(["metrics.loss DESC", "metrics.`val/acc` ASC"]);
  expect(toggled(both, "metrics.loss", true)).toEqual(["metrics.`val/acc` ASC"]);
  expect(sortings(both)[1]).toEqual({ name: "metrics.val/acc", descending: false });
});

test("a key that cannot be read sorts by nothing and is no error", () => {
  expect(sortings(["lss ASC"])).toEqual([null]);
});

test("of a metric that should be high the greatest come first at the first click", () => {
  const how = { spelled: "metrics.acc", falling: true };
  expect(toggled([], "metrics.acc", false, how)).toEqual(["metrics.acc DESC"]);
  expect(toggled(["metrics.acc DESC"], "metrics.acc", false, how)).toEqual(["metrics.acc ASC"]);
  expect(toggled(["metrics.acc ASC"], "metrics.acc", false, how)).toEqual([]);
});

test("the store of runs of several stores is a column that is shown first among the tags, and no tag of its own", () => {
  const several = frameOf(
    2,
    new Map<string, Column>([
      ["run_id", words("a", "b")],
      ["run_name", words("x", "y")],
      ["status", words("FINISHED", "FINISHED")],
      ["tags.kind", words("one", "other")],
      ["tags.nbtrack.process", words("p", "q")],
      [STORE, words("./mlruns", "git+.")],
    ]),
  );
  expect(label(STORE)).toBe("Store");
  expect(internal(STORE)).toBe(false);
  expect(worthShowing(several, Uint32Array.of(0, 1), "tags")).toEqual([STORE, "tags.kind"]);
  expect(worthShowing(several, Uint32Array.of(0), "tags")).toEqual([]);
});
