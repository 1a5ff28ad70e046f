/** What are runs called beside their lines? */

import { expect, test } from "vitest";
import { frameOf, type Column } from "../../src/data/frame";
import { namesOf } from "../../src/ui/drawn";

const words = (...values: string[]): Column => ({ kind: "text", words: [...new Set(values)], codes: Int32Array.from(values, (v) => [...new Set(values)].indexOf(v)) });

test("runs of one name are told apart by the beginning of their ids, as in Python's figures", () => {
  const ids = ["aaaaaaaa11", "bbbbbbbb22", "cccccccc33"];
  const frame = frameOf(3, new Map([["run_id", words(...ids)], ["run_name", words("forest", "forest", "loop")]]));
  expect([...namesOf(frame, ids).values()]).toEqual(["forest aaaaaa", "forest bbbbbb", "loop"]);
  expect([...namesOf(frame, ids.slice(1)).values()]).toEqual(["forest", "loop"]);
});
