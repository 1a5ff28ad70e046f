/** Can be read what stands on a colour of the scale? */

import { expect, test } from "vitest";
import type { Axis } from "../../src/data/analysis";
import { over, shade } from "../../src/ui/analyse/pieces";

const axis: Axis = { name: "", label: "", values: [], words: null, log: false, min: 0, max: 1 };

const luminance = (color: string) => {
  const parts = color.startsWith("#") ? [1, 2, 3].map((at) => 17 * parseInt(color[at], 16)) : color.match(/\d+/g)!.map(Number);
  const [red, green, blue] = parts.map((part) => (part > 10 ? ((part / 255 + 0.055) / 1.055) ** 2.4 : part / 3295));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

test("words contrast with every colour of the scale as WCAG asks", () => {
  for (let part = 0; part <= 1; part += 0.02) {
    const color = shade(axis, part);
    const [dark, light] = [luminance(color), luminance(over(color))].sort((a, b) => a - b);
    expect((light + 0.05) / (dark + 0.05), color).toBeGreaterThan(4.5);
  }
});
