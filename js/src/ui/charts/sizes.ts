/** How large is a panel? So many columns of the grid wide, and so many pixels high, as set by hand. */

import type { View } from "../../protocol";

export interface Size {
  columns: number;
  height: number;
}

/** px between panels, and of the least width of a column. */
export const GAP = 10;
const COLUMN = 300;
/** Rows of the grid are this high, so that low panels stand one above the other beside a high one. */
const ROW = 4;

const LEAST = 128;
const MOST = 1200;
const HEIGHT = 226;
const BIG = 440;
/** Of a panel of bars: what stands above them, and each of them. */
const HEAD = 46;
const BAR = 22;
/** As wide as the view, however wide it is. */
const ALL = 99;

export const PRESETS: Readonly<Record<string, Size>> = {
  S: { columns: 1, height: HEIGHT },
  M: { columns: 2, height: 306 },
  L: { columns: ALL, height: 366 },
};

export function columnsIn(width: number): number {
  return Math.max(1, Math.floor((width + GAP) / (COLUMN + GAP)));
}

export function sizeOf({ spans, heights }: View["chart"], panel: string): Size {
  return limited({ columns: spans[panel] ?? 1, height: heights[panel] ?? HEIGHT });
}

/** A view may come from anywhere. */
export function limited({ columns, height }: Size): Size {
  const within = (value: number, least: number, most: number) => Math.max(least, Math.min(most, Math.round(value) || least));
  return { columns: within(columns, 1, ALL), height: within(height, LEAST, MOST) };
}

/** The settings with a panel's size changed; the usual size needs no word. */
export function resized({ spans, heights }: View["chart"], panel: string, to: Size): Pick<View["chart"], "spans" | "heights"> {
  const { columns, height } = limited(to);
  const put = (given: Readonly<Record<string, number>>, value: number, usual: number) => {
    const { [panel]: _, ...others } = given;
    return value === usual ? others : { ...others, [panel]: value };
  };
  return { spans: put(spans, columns, 1), heights: put(heights, height, HEIGHT) };
}

/** Of the panel in focus; bars take no more room than they fill. */
export function bigSize(bars: number | null): Size {
  return { columns: ALL, height: bars === null ? BIG : Math.max(LEAST, Math.min(BIG, HEAD + bars * BAR)) };
}

/** Where a panel of this size stands in a grid of so many columns. */
export function area({ columns, height }: Size, of: number): Record<string, string> {
  return { gridColumn: `span ${Math.min(columns, of)}`, gridRow: `span ${Math.ceil((height + GAP) / ROW)}`, height: `${height}px` };
}
