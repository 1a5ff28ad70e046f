/** How wide is a text about, in px? Estimated from its letters: to ask the page would lay it out for every word. */

/** Letters by their width in the widest of the usual fonts for user interfaces, at the size of the table. */
const WIDTHS: readonly [letters: string, px: number][] = [
  ["ijlI|!.,:;' ", 4.2],
  ["frt-()[]/\\\"", 5.4],
  ["mwMW@%—", 12],
  ["ABCDEFGHKLNOPQRSTUVXYZ&#+<>=~", 9],
];
const OTHER = 8;
const MOST_LETTERS = 120;

const widths = new Map<string, number>(WIDTHS.flatMap(([letters, px]) => [...letters].map((letter): [string, number] => [letter, px])));

export function widthOf(text: string): number {
  let sum = 0;
  for (const letter of text.slice(0, MOST_LETTERS)) sum += widths.get(letter) ?? OTHER;
  return sum;
}
