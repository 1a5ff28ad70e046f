import { describe, expect, it } from "vitest";
import { mediaOf, stepsOf, stillAt } from "../../src/data/media";

const uuid = "0c9a2c5e-1111-4222-8333-944444444444";

describe("files as things at several steps", () => {
  it("images under a key are one thing, as MLflow 3 and MLflow 2 name them, with their small copies", () => {
    const [{ name, runs }] = mediaOf({
      a: [`images/val~sample+step+2+timestamp+100+${uuid}.png`, `images/val~sample+step+2+timestamp+100+${uuid}+compressed.webp`],
      b: [`images/val#sample%step%10%timestamp%100%${uuid}.png`, `images/val#sample%step%9%timestamp%90%${uuid}.png`],
    });
    expect(name).toBe("val/sample");
    expect(runs.get("a")).toEqual([{ path: `images/val~sample+step+2+timestamp+100+${uuid}.png`, step: 2, small: `images/val~sample+step+2+timestamp+100+${uuid}+compressed.webp` }]);
    expect(runs.get("b")!.map(({ step }) => step)).toEqual([9, 10]);
  });

  it("of two images at one step the later one counts", () => {
    const [{ runs }] = mediaOf({ a: [`images/k+step+1+timestamp+5+${uuid}.png`, `images/k+step+1+timestamp+9+${uuid}.png`, `images/k+step+1+timestamp+7+${uuid}.png`] });
    expect(runs.get("a")).toEqual([{ path: `images/k+step+1+timestamp+9+${uuid}.png`, step: 1, small: null }]);
  });

  it("names that differ in a number are one thing: the last number of the name, else of its folders", () => {
    const found = mediaOf({ a: ["plots/roc-10.png", "plots/roc-9.png", "epoch_1/conf.csv", "epoch_2/conf.csv", "v2/x3_y4.html", "once.png"] });
    expect(found.map(({ name }) => name)).toEqual(["plots/roc-#.png", "epoch_#/conf.csv", "once.png", "v2/x3_y#.html"]);
    expect(found[0].runs.get("a")!.map(({ path }) => path)).toEqual(["plots/roc-9.png", "plots/roc-10.png"]);
    expect(found[2].runs.get("a")![0].step).toBe(null);
  });

  it("models, cells and other files are left out", () => {
    expect(mediaOf({ a: ["model/data.json", "cell.py", "model.bin", "environment.json", "notes.txt"] })).toEqual([]);
  });

  it("a run shows its last thing up to a step", () => {
    const [medium] = mediaOf({ a: ["p-1.png", "p-5.png"], b: ["p-3.png"] });
    expect(stepsOf(medium)).toEqual([1, 3, 5]);
    expect(["a", "b"].map((run) => stillAt(medium.runs.get(run)!, 4)?.path)).toEqual(["p-1.png", "p-3.png"]);
    expect(stillAt(medium.runs.get("b")!, 2)).toBe(null);
  });
});
