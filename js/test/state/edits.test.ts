import { expect, test } from "vitest";
import { createState } from "../../src/state/state";
import { frameFrom } from "../query/golden";

const runs = (...names: string[]) =>
  frameFrom({ length: names.length, columns: { run_id: { text: names.map((_, i) => `id${i}`) }, run_name: { text: names } } });

const names = (state: ReturnType<typeof createState>) => {
  const column = state.frame.value.columns.get("run_name");
  return column?.kind === "text" ? Array.from(column.codes, (code) => column.words[code]) : [];
};

const soon = () => new Promise((resolve) => setTimeout(resolve));

test("what was taken back stays so, though the kernel's rows never show the change that was", async () => {
  const state = createState("dashboard");
  state.received.value = runs("a", "b", "c");
  const answers: ((conflicts?: object) => void)[] = [];
  state.outlet.edit = () => new Promise((resolve) => answers.push((conflicts = {}) => resolve({ conflicts })));
  void state.edits.make({ what: "rename", runs: ["id0", "id1", "id2"], value: "all" });
  void state.edits.undo();
  expect(names(state)).toEqual(["a", "b", "c"]);
  for (const answer of answers) answer();
  await soon();
  state.received.value = runs("a", "b", "c"); // news that were written after both
  await soon();
  expect(names(state)).toEqual(["a", "b", "c"]);
});

test("where one of several runs was changed by another writer the others can be taken back", async () => {
  const state = createState("dashboard");
  state.received.value = runs("a", "b", "c");
  state.outlet.edit = async () => ({ conflicts: { id1: "theirs" } });
  await state.edits.make({ what: "rename", runs: ["id0", "id1", "id2"], value: "all" });
  expect(state.edits.notice.value).toMatchObject({
    words: "b was changed meanwhile to “theirs”, and left so. The other 2 were changed.",
    undo: [{ runs: ["id0"], value: "a" }, { runs: ["id2"], value: "c" }],
    anyway: { runs: ["id1"], value: "all" },
  });
});
