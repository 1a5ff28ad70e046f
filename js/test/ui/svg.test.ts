import { expect, test } from "vitest";
import { barsSvg } from "../../src/ui/svg_out";

test("a name with what XML cannot hold leaves a picture that can be read", () => {
  const bar = { name: "\x1b[31m<red>\ud800 😀", value: 1, color: "#000", words: "1\0", ends: null };
  const svg = barsSvg("loss", [bar], [0, 1], { text: "#000", bg: "#fff", font: "serif" });
  expect(svg).toContain("\ufffd[31m&#60;red&#62;\ufffd 😀");
  expect(svg).not.toMatch(/[\0-\x08\x0b-\x1f]|\p{Surrogate}/u);
});
