import { expect, test } from "vitest";
import { DEFAULT_STATUS, type View } from "../../src/protocol";
import { codeFor } from "../../src/state/code";
import { completeView, createState } from "../../src/state/state";
import { frameFrom, golden, type Written } from "../query/golden";

interface Cases {
  frame: Written;
  cases: { view: Partial<View>; rows: number[]; code: string }[];
}

test("every view shows the rows that Python gives, in their order, and the code for them", () => {
  const { frame, cases } = golden<Cases>("table_cases");
  const state = createState("dashboard");
  state.received.value = frameFrom(frame);
  const experiments = ["1", "2"].map((id) => ({ id, name: id, stage: "active", runs: 0, created: null }));
  state.status.value = { ...DEFAULT_STATUS, experiments, store: { label: "~/mlruns", kind: "file", read_only: false } };
  const ours = cases.map(({ view }) => {
    state.view.value = completeView(view);
    const rows = state.table.inOrder.value.map((id) => state.frame.value.rowOf.get(id));
    return { view, rows, code: codeFor(state) };
  });
  expect(ours).toEqual(cases);
});
