import { expect, test, vi } from "vitest";
import { createHistories } from "../../src/state/histories";
import type { Ask } from "../../src/state/outlet";
import { createState } from "../../src/state/state";

function make(answer: () => Promise<unknown>) {
  const state = createState("chart");
  const asked: Ask[] = [];
  state.life.value = "live";
  state.outlet.need = (ask) => (asked.push(ask), answer());
  return { state, asked, histories: createHistories(state) };
}

test("wishes of one moment are one request for runs that want the same, and are asked once", async () => {
  const { asked, histories } = make(() => Promise.resolve(null));
  for (const run of ["r1", "r2"]) for (const key of ["loss", "acc"]) histories.want(run, key, false);
  histories.want("r3", "loss", false);
  histories.want("r1", "loss", false);
  expect(histories.standing("r1", "loss")).toBe("waiting");
  await vi.waitFor(() => expect(histories.standing("r1", "loss")).toBe("settled"));
  histories.want("r1", "loss", false);
  await new Promise((done) => setTimeout(done, 60));
  expect(asked).toEqual([
    { what: "series", runs: ["r1", "r2"], keys: ["acc", "loss"], width: 4000 },
    { what: "series", runs: ["r3"], keys: ["loss"], width: 4000 },
  ]);
  histories.stop();
});

test("without a kernel a wish is refused, and asked again when a kernel comes", async () => {
  const { state, asked, histories } = make(() => Promise.reject(new Error("No kernel")));
  histories.want("r1", "loss", false);
  await vi.waitFor(() => expect(histories.standing("r1", "loss")).toBe("refused"));
  state.life.value = "lost";
  state.life.value = "live";
  expect(histories.standing("r1", "loss")).toBe("unasked");
  histories.want("r1", "loss", false);
  await vi.waitFor(() => expect(asked.length).toBe(2));
  histories.stop();
});

test("a history that came thinned is asked for again, whole, when it is looked at closely", async () => {
  const { asked, histories } = make(() => Promise.resolve(null));
  histories.want("r1", "loss", false);
  await vi.waitFor(() => expect(histories.standing("r1", "loss")).toBe("settled"));
  histories.want("r1", "loss", true);
  histories.want("r1", "loss", true);
  histories.want("r1", "loss", false);
  await vi.waitFor(() => expect(asked.length).toBe(2));
  expect(asked[1]).toEqual({ what: "series", runs: ["r1"], keys: ["loss"] });
  histories.stop();
});
