/** What do the pictures of the analysis share? A sheet that knows its size, axes, colours of a scale. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { share, ticksOf, valueAt, writtenAs, type Axis } from "../../data/analysis";
import { text } from "../../data/frame";
import type { State } from "../../state/state";
import { dateTime, num, zone } from "../format";
import { open } from "../run_acts";

export interface Of {
  state: State;
  rows: number[];
}

export const NONE = <p class="nbt-hint">These runs have no values to draw here.</p>;

export interface Room {
  width: number;
  height: number;
}

/** Words stand in the middle of their share of an axis. */
export function spread(axis: Axis): Axis {
  return axis.words && axis.words.length > 1 ? { ...axis, min: -0.5, max: axis.words.length - 0.5 } : axis;
}

/** Draws into an SVG as wide as its place, with the key of `scale` on top. */
export function Sheet({ label, height = 360, scale = null, children }: { label: string; height?: number; scale?: Axis | null; children: (room: Room) => ComponentChildren }) {
  const box = useRef<HTMLDivElement>(null);
  const width = useSignal(0);
  useEffect(() => {
    const sized = new ResizeObserver(([{ contentRect }]) => (width.value = Math.floor(contentRect.width)));
    sized.observe(box.current!);
    return () => sized.disconnect();
  }, []);
  const key = scale ? keyOf(scale, width.value) : null;
  return (
    <div class="nbt-plane" ref={box}>
      {width.value > 60 && (
        <svg width={width.value} height={height + (key?.height ?? 0)} role="group" aria-label={label}>
          {key?.drawn}
          <g transform={`translate(0 ${key?.height ?? 0})`}>{children({ width: width.value, height })}</g>
        </svg>
      )}
    </div>
  );
}

export const tickText = (axis: Axis, value: number): string => {
  if (axis.words) return axis.words[value] ?? "";
  if (axis.name.endsWith("_time")) return dateTime(value).slice(5, 16);
  return writtenAs(axis, value) ?? num(Number(value.toPrecision(4)));
};

export const told = (axis: Axis, at: number) => `${axis.label}: ${axis.texts?.[at] ?? (axis.values[at] === null ? "–" : tickText(axis, axis.values[at]))}`;

export const short = (word: string, most: number) => (word.length > most ? `${word.slice(0, most - 1)}…` : word);

export interface Plane {
  left: number;
  right: number;
  top: number;
  bottom: number;
  x(value: number): number;
  y(value: number): number;
  /** The room of one of so many cells. */
  wide(cells: number): number;
  high(cells: number): number;
}

const INSET = 10;

export function planeOf({ width, height }: Room, x: Axis, y: Axis): Plane {
  const letters = Math.max(3, ...ticksOf(y).map((value) => Math.min(16, tickText(y, value).length)));
  const [left, right, top, bottom] = [26 + 6.5 * letters, width - (x.name.endsWith("_time") ? 38 : 16), 12, height - 44];
  return {
    left,
    right,
    top,
    bottom,
    x: (value) => left + INSET + share(x, value) * (right - left - 2 * INSET),
    y: (value) => bottom - INSET - share(y, value) * (bottom - top - 2 * INSET),
    wide: (cells) => (right - left - 2 * INSET) / cells,
    high: (cells) => (bottom - top - 2 * INSET) / cells,
  };
}

const nameOf = (axis: Axis) => axis.label + (axis.name.endsWith("_time") ? ` (${zone()})` : axis.log ? " (log)" : "");

export function Axes({ plane, x, y }: { plane: Plane; x: Axis; y: Axis }) {
  const { left, right, top, bottom } = plane;
  const ticks = ticksOf(x, Math.max(2, Math.floor((right - left) / 90)));
  const room = Math.max(3, Math.floor((right - left) / Math.max(1, ticks.length) / 6.5));
  return (
    <g class="nbt-axes">
      {ticksOf(y).map((value) => (
        <g key={value} transform={`translate(0 ${plane.y(value)})`}>
          <line x1={left} x2={right} class="nbt-gridline" />
          <text x={left - 6} dy="0.32em" text-anchor="end">
            {short(tickText(y, value), 16)}
          </text>
        </g>
      ))}
      {ticks.map((value) => (
        <text key={value} x={plane.x(value)} y={bottom + 15} text-anchor="middle">
          {short(tickText(x, value), room)}
          <title>{tickText(x, value)}</title>
        </text>
      ))}
      <line x1={left} x2={right} y1={bottom} y2={bottom} class="nbt-baseline-stroke" />
      <text x={(left + right) / 2} y={bottom + 34} text-anchor="middle" class="nbt-axis-name">
        {nameOf(x)}
      </text>
      <text transform={`translate(12 ${(top + bottom) / 2}) rotate(-90)`} text-anchor="middle" class="nbt-axis-name">
        {nameOf(y)}
      </text>
    </g>
  );
}

/** One hue, from light to dark, each of which stands out from a light and from a dark page. */
const STOPS = [
  [163, 203, 242],
  [76, 139, 214],
  [28, 79, 168],
];
const HUES = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8c6bb1", "#999933"];

/** Numbers from light to dark blue; words each in a hue. */
export function shade(axis: Axis | null, value: number | null): string {
  if (!axis) return "var(--nbt-accent)";
  if (value === null) return "#8a8f98";
  if (axis.words) return HUES[value % HUES.length];
  const at = share(axis, value) * (STOPS.length - 1);
  const low = Math.max(0, Math.min(STOPS.length - 2, Math.floor(at)));
  return `rgb(${STOPS[low].map((from, i) => Math.round(from + (at - low) * (STOPS[low + 1][i] - from))).join(" ")})`;
}

/** The relative luminance at which black and white contrast alike, after WCAG. */
const EVEN = 0.179;

/** What can be read on a colour of the scale: black or white. */
export function over(color: string): string {
  const [red, green, blue] = (color.match(/\d+/g) ?? []).map((part) => (Number(part) / 255) ** 2.2);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > EVEN ? "#000" : "#fff";
}

const LETTER = 6.3; // px, about
const LINE = 18;
const RAMP = 120;
const MOST_KEYS = 24;

/** Which colour means what: a ramp between two numbers, or a dot for each word. */
function keyOf(axis: Axis, width: number): { height: number; drawn: ComponentChildren } {
  const first = (axis.label.length + 2) * LETTER;
  if (!axis.words) {
    const [low, high] = [tickText(axis, axis.min), tickText(axis, axis.max)];
    const ramp = first + (low.length + 1) * LETTER;
    const cells = Array.from({ length: RAMP / 4 }, (_, i) => valueAt(axis, i / (RAMP / 4 - 1)));
    const drawn = (
      <g class="nbt-scale">
        <text y="12" class="nbt-scale-name">{axis.label}</text>
        <text x={ramp - 6} y="12" text-anchor="end">{low}</text>
        {cells.map((value, i) => (
          <rect key={i} x={ramp + i * 4} y="4" width="4.5" height="9" fill={shade(axis, value)} />
        ))}
        <text x={ramp + RAMP + 8} y="12">{high}</text>
      </g>
    );
    return { height: LINE + 4, drawn };
  }
  let [left, line] = [first, 0];
  const words = axis.words.slice(0, MOST_KEYS).map((word, at) => {
    const told = short(word, 24);
    const room = 16 + (told.length + 2) * LETTER;
    if (left + room > width && left > first) [left, line] = [0, line + 1];
    const place = { x: left, y: line * LINE };
    left += room;
    return (
      <g key={word} transform={`translate(${place.x} ${place.y})`}>
        <circle cx="5" cy="8.5" r="4.5" fill={shade(axis, at)} />
        <text x="14" y="12">{told}</text>
      </g>
    );
  });
  const more = axis.words.length - words.length;
  const drawn = (
    <g class="nbt-scale">
      <text y="12" class="nbt-scale-name">{axis.label}</text>
      {words}
      {more > 0 && <text x="0" y={(line + 1) * LINE + 12}>{`and ${more} more`}</text>}
    </g>
  );
  return { height: (line + 1 + +(more > 0)) * LINE + 4, drawn };
}

/** A run as a dot: its name and values on hover, its page on a click. */
export function Dot({ state, row, x, y, color, told }: { state: State; row: number; x: number; y: number; color: string; told: string }) {
  const frame = state.frame.value;
  const name = text(frame, "run_name", row) ?? frame.ids[row].slice(0, 8);
  return (
    <circle class="nbt-run-dot" cx={x} cy={y} r="4.5" style={{ fill: color }} onClick={() => open(state, frame.ids[row])}>
      <title>{`${name}\n${told}`}</title>
    </circle>
  );
}
