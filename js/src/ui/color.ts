/** Which color is a run's? One for ever, from its id or as a person chose it; shown runs of near colors differ in dash and marker. */

import { fnv1a } from "../data/hash";
import { text, type Frame } from "../data/frame";
import { COLOR_TAG, COLORS, DASHES, MARKERS, NEAR_COLORS } from "../palette";

export type Marker = "circle" | "square" | "diamond" | "triangle";

export interface Ink {
  color: string;
  dash: number[];
  marker: Marker;
}

/** The line styles of runs that are shown together. `chosen` are colors by run id. nbtrack/figures/ink.py does the same. */
export function inks(ids: readonly string[], chosen: ReadonlyMap<string, string> = NONE): ReadonlyMap<string, Ink> {
  return remembered(ids, chosen, (id) => chosen.get(id) ?? colorOfId(id));
}

/** The line styles of groups, in their order. */
export function orderedInks(names: readonly string[]): ReadonlyMap<string, Ink> {
  const places = new Map(names.map((name, place) => [name, place]));
  return remembered(names, NONE, (name) => COLORS[places.get(name)! % COLORS.length]);
}

export const colorOfId = (id: string): string => COLORS[fnv1a(id) % COLORS.length];

/** The colors that people chose: from the tag of a run, else from those kept for a store that can only be read. */
export function chosenColors(frame: Frame, ids: readonly string[], kept: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const id of ids) {
    const row = frame.rowOf.get(id);
    const color = (row === undefined ? null : text(frame, `tags.${COLOR_TAG}`, row)) ?? kept[id];
    if (color && COLOR.test(color)) found.set(id, color.toLowerCase());
  }
  return found;
}

const COLOR = /^#[0-9a-f]{6}$/i;
const NONE: ReadonlyMap<string, string> = new Map();

/** Every picture of the page asks again with each point that comes, and for the same few lists. */
function remembered(names: readonly string[], chosen: ReadonlyMap<string, string>, colorOf: (name: string) => string): ReadonlyMap<string, Ink> {
  const colors = names.map(colorOf);
  const same = `${names.join("\n")}\0${chosen.size ? colors.join() : ""}${colors[0] ?? ""}${colors.at(-1) ?? ""}`;
  const known = made.get(same) ?? stylesOf(names, colors);
  made.delete(same);
  made.set(same, known);
  if (made.size > MAX_REMEMBERED) made.delete(made.keys().next().value!);
  return known;
}

const made = new Map<string, ReadonlyMap<string, Ink>>();
const MAX_REMEMBERED = 20;

/** Each takes the first dash and marker that no one of a near color has; after all are taken, those used least. */
function stylesOf(names: readonly string[], colors: readonly string[]): ReadonlyMap<string, Ink> {
  const uses = new Map<string, number[]>(); // by color: how often each style is taken by that color or a near one
  const found = new Map<string, Ink>();
  names.forEach((name, at) => {
    const color = colors[at];
    if (!uses.has(color)) {
      const close = [...uses].filter(([other]) => near(color, other)).map(([, theirs]) => theirs);
      uses.set(color, DASHES.map((_, style) => close.reduce((sum, theirs) => sum + theirs[style], 0)));
    }
    const used = uses.get(color)!;
    const style = used.indexOf(Math.min(...used));
    for (const [other, theirs] of uses) if (other === color || near(color, other)) theirs[style]++;
    found.set(name, { color, dash: DASHES[style], marker: MARKERS[style] as Marker });
  });
  return found;
}

const near = (one: string, other: string): boolean => distance(oklab(one), oklab(other)) < NEAR_COLORS;
const distance = (a: readonly number[], b: readonly number[]) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

/** A color in OKLab (Björn Ottosson, "A perceptual color space for image processing", 2020). */
function oklab(color: string): readonly [number, number, number] {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = parseInt(color.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}
