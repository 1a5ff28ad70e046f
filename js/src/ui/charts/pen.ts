/** How is a line put on a canvas? All sizes in the canvas's own pixels. */

import { place, ruler, stretches, thin, type Ruler } from "../../data/downsample";
import type { Extent } from "../../data/extent";
import { lowerBound, type Line } from "../../data/line";
import type { Marker } from "../color";
import type { DrawnLine } from "./assemble";

export interface Sheet {
  ctx: CanvasRenderingContext2D;
  box: { left: number; top: number; width: number; height: number };
  x: Extent;
  y: Extent;
  logX: boolean;
  logY: boolean;
  /** Device pixels per CSS pixel. */
  ratio: number;
}

interface Traced {
  path: Path2D;
  /** Points to show as dots: alone between gaps, or all where they are few. */
  dots: [x: number, y: number][];
  /** More points than CSS pixels across: dashes could not be seen. */
  dense: boolean;
}

/** Fewer points than one in this many CSS pixels are shown as dots too. */
const ROOM_OF_A_DOT = 14;

export function rulers(sheet: Sheet): [x: Ruler, y: Ruler] {
  const { box, x, y, logX, logY } = sheet;
  return [
    ruler(x[0], x[1], box.left, box.left + box.width, logX),
    ruler(y[0], y[1], box.top + box.height, box.top, logY),
  ];
}

/** The path of a line within the sheet, with one point beyond each side so that it runs to the edge. */
export function trace(sheet: Sheet, x: Float64Array, y: Float64Array): Traced {
  const [rx, ry] = rulers(sheet);
  const floor = sheet.logY ? 0 : -Infinity;
  const first = Math.max(sheet.logX ? lowerBound(x, Number.MIN_VALUE) : 0, lowerBound(x, sheet.x[0]) - 1);
  let last = lowerBound(x, sheet.x[1]);
  while (last < x.length && x[last] <= sheet.x[1]) last++;
  last = Math.min(x.length, last + 1);
  const kept = thin(x, y, first, last, rx, floor);
  const few = kept.length * ROOM_OF_A_DOT * sheet.ratio < sheet.box.width;
  const path = new Path2D();
  const dots: [number, number][] = [];
  let joined = 0;
  let before: [number, number] = [0, 0];
  const lift = () => {
    if (joined === 1 && !few) dots.push(before);
    joined = 0;
  };
  for (const at of kept) {
    if (!(y[at] > floor && y[at] < Infinity)) {
      lift();
      continue;
    }
    const point: [number, number] = [place(rx, x[at]), place(ry, y[at])];
    if (joined++) path.lineTo(...point);
    else path.moveTo(...point);
    if (few) dots.push(point);
    before = point;
  }
  lift();
  return { path, dots, dense: kept.length * sheet.ratio > sheet.box.width };
}

/** The area between two lines over the same x. */
export function area(sheet: Sheet, { low, high }: { low: Line; high: Line }, color: string): void {
  const { ctx, box } = sheet;
  const [rx, ry] = rulers(sheet);
  const height = (y: number) => (sheet.logY && y <= 0 ? box.top + box.height : place(ry, y));
  const first = Math.max(sheet.logX ? lowerBound(low.x, Number.MIN_VALUE) : 0, lowerBound(low.x, sheet.x[0]) - 1);
  const last = Math.min(low.x.length, lowerBound(low.x, sheet.x[1]) + 1);
  const path = new Path2D();
  for (const [from, to] of stretches(low.y, first, last)) {
    const edge = (line: Line) => thin(line.x, line.y, from, to, rx);
    path.moveTo(place(rx, high.x[from]), height(high.y[from]));
    for (const at of edge(high)) path.lineTo(place(rx, high.x[at]), height(high.y[at]));
    for (const at of edge(low).reverse()) path.lineTo(place(rx, low.x[at]), height(low.y[at]));
    path.closePath();
  }
  ctx.globalAlpha = 0.16;
  ctx.fillStyle = color;
  ctx.fill(path);
  ctx.globalAlpha = 1;
}

export interface Stroke {
  color: string;
  dash: number[];
  marker: Marker;
  width: number;
  alpha: number;
}

export function ink({ ctx, ratio }: Sheet, { path, dots, dense }: Traced, { color, dash, marker, width, alpha }: Stroke): void {
  ctx.globalAlpha = alpha;
  ctx.strokeStyle = ctx.fillStyle = color;
  ctx.lineJoin = "bevel";
  if (dense) hairlines(ctx, path, width * ratio);
  else {
    ctx.lineWidth = width * ratio;
    ctx.setLineDash(dash.map((d) => d * ratio));
    ctx.stroke(path);
    ctx.setLineDash([]);
  }
  for (const [x, y] of dots) dot(ctx, marker, x, y, (width + 0.9) * ratio);
  ctx.globalAlpha = 1;
}

/**
 * Chromium without a GPU strokes a noisy path of 1,000 points in 10–20 ms, but in 0.3 ms where it is one pixel wide. So a
 * wider one is a few of those side by side.
 */
function hairlines(ctx: CanvasRenderingContext2D, path: Path2D, width: number): void {
  ctx.lineWidth = 1;
  const times = Math.max(1, Math.ceil((width - 1) / 0.6) + (width > 1.2 ? 1 : 0));
  const shift = times > 1 ? (width - 1) / (times - 1) : 0;
  ctx.save();
  ctx.translate((-(times - 1) * shift) / 2, (-(times - 1) * shift) / 2);
  for (let i = 0; i < times; i++) {
    ctx.stroke(path);
    ctx.translate(shift, shift);
  }
  ctx.restore();
}

/** A point, in the shape that tells its run from others of the same color. */
function dot(ctx: CanvasRenderingContext2D, marker: Marker, x: number, y: number, radius: number): void {
  if (marker === "circle") return disc(ctx, x, y, radius);
  const corners = CORNERS[marker];
  ctx.beginPath();
  for (const [dx, dy] of corners) ctx.lineTo(x + dx * radius, y + dy * radius);
  ctx.fill();
}

/** Of shapes with about the area of a disc of radius 1. */
const CORNERS: Record<Exclude<Marker, "circle">, readonly [number, number][]> = {
  square: [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]],
  diamond: [[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]],
  triangle: [[0, -1.3], [1.3, 1], [-1.3, 1]],
};

export function disc(ctx: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
  ctx.fill();
}

/** Marks at the edges where values are not finite: × NaN below, ▲ +∞ above, ▼ −∞ below. One for each column of pixels. */
export function marks(sheet: Sheet, { line, ink: { color } }: DrawnLine): void {
  if (line.nans + line.infinities === 0) return;
  const { ctx, box, ratio } = sheet;
  const [rx] = rulers(sheet);
  const size = 3 * ratio;
  const seen = new Set<number>();
  ctx.strokeStyle = ctx.fillStyle = color;
  ctx.lineWidth = 1.2 * ratio;
  for (let i = lowerBound(line.x, sheet.x[0]); i < line.x.length && line.x[i] <= sheet.x[1]; i++) {
    const value = line.y[i];
    if (Number.isFinite(value)) continue;
    const x = Math.round(place(rx, line.x[i]));
    const up = value === Infinity;
    const name = x * 2 + (up ? 1 : 0);
    if (seen.has(name)) continue;
    seen.add(name);
    const y = up ? box.top + size + ratio : box.top + box.height - size - ratio;
    ctx.beginPath();
    if (Number.isNaN(value)) {
      ctx.moveTo(x - size, y - size);
      ctx.lineTo(x + size, y + size);
      ctx.moveTo(x + size, y - size);
      ctx.lineTo(x - size, y + size);
      ctx.stroke();
    } else {
      const tip = up ? -size : size;
      ctx.moveTo(x, y + tip);
      ctx.lineTo(x - size, y - tip);
      ctx.lineTo(x + size, y - tip);
      ctx.fill();
    }
  }
}
