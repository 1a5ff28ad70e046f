/** How do lines become a picture with axes, a cursor and zoom? uPlot gives those; the lines are drawn by pen.ts over it. */

import uPlot from "uplot";
import { clipped, roomy, xExtent, yExtent, type Extent } from "../../data/extent";
import type { XAxis } from "../../data/line";
import { place } from "../../data/downsample";
import type { DrawnLine } from "./assemble";
import { area, disc, ink, marks, rulers, trace, type Sheet } from "./pen";
import type { Tokens } from "./theme";
import { axisTitle, xTicks, yTicks } from "./ticks";

export interface Picture {
  lines: DrawnLine[];
  axis: XAxis;
  logX: boolean;
  logY: boolean;
  /** Outliers of y lie beyond the axis. */
  clip: boolean;
  zoom: Extent | null;
  pointed: string | null;
  /** The best point of all lines. */
  best: { line: DrawnLine; at: number } | null;
  theme: Tokens;
}

export interface PlotEvents {
  /** The mouse is at this x, and this far from the plot's left and top edges; null when it left. */
  hover(at: { x: number; left: number; top: number } | null): void;
  zoom(to: Extent | null): void;
}

/** Each one costs the browser a little in every frame. */
const MOST_BEATING = 6;

/** How strong a mean is where not all runs of its group count. */
export const FEWER = 0.45;

type Traced = ReturnType<typeof trace>;

export class Plot {
  private u: uPlot | null = null;
  private made = "";
  private picture: Picture | null = null;
  private extents: [x: Extent, y: Extent] = [[0, 1], [0, 1]];
  private readonly traced = new WeakMap<Float64Array, { key: string; traced: Traced }>();
  private readonly live: HTMLElement[] = [];
  private entered = false; // by the mouse
  private mouse = { left: 0, top: 0 };

  constructor(
    private readonly host: HTMLElement,
    private readonly events: PlotEvents,
  ) {}

  draw(picture: Picture): void {
    this.picture = picture;
    const { clientWidth: width, clientHeight: height } = this.host;
    if (width < 20 || height < 20) return;
    const drawn = picture.lines.flatMap(({ line, band }) => (band ? [line, band.reach.low, band.reach.high] : [line]));
    const whole = xExtent(drawn, picture.logX);
    const x = picture.zoom ?? (whole ? padded(whole, picture.logX) : [0, 1]);
    const all = yExtent(drawn, x, picture.logY);
    const y = all && picture.clip ? clipped(drawn, x, all, picture.logY) : all;
    this.extents = [x, y ? roomy(y, picture.logY) : picture.logY ? [0.1, 10] : [0, 1]];
    const made = JSON.stringify([picture.axis, picture.logX, picture.logY, picture.theme]);
    if (!this.u || made !== this.made) {
      this.u?.destroy();
      this.live.length = 0;
      this.made = made;
      this.u = new uPlot(this.options(picture, width, height), this.frame(), this.host);
      return;
    }
    this.u.batch(() => {
      if (this.u!.width !== width || this.u!.height !== height) this.u!.setSize({ width, height });
      this.u!.setData(this.frame());
    });
  }

  /** Does the interval of two runs leave the axis? It is true, and so wide that nothing else could be seen on one that held it. */
  beyond(): boolean {
    const [x, [low, high]] = this.extents;
    return (this.picture?.lines ?? []).some(({ band }) => {
      const ends = band && band.low.y !== band.reach.low.y && yExtent([band.low, band.high], x, this.picture!.logY);
      return ends && !this.picture!.clip && (ends[0] < low || ends[1] > high);
    });
  }

  /** Only what is pointed at has changed. */
  point(run: string | null): void {
    if (!this.u || !this.picture || this.picture.pointed === run) return;
    this.picture = { ...this.picture, pointed: run };
    this.u.redraw(false, false);
  }

  /** The cursor's line, from another panel. */
  cursor(x: number | null): void {
    if (!this.u) return;
    const left = x === null || (this.picture?.logX && x <= 0) ? -10 : this.u.valToPos(x, "x");
    this.u.setCursor({ left: left >= 0 && left <= this.u.over.clientWidth ? left : -10, top: x === null ? -10 : 1 }, false);
  }

  /** The value at a height of the plot, in CSS pixels. */
  heightOf(y: number): number {
    return this.u ? this.u.valToPos(y, "y") : 0;
  }

  /** The extent of x now, for steps by keyboard. */
  span(): Extent {
    return this.extents[0];
  }

  xToLeft(x: number): number {
    return this.u ? this.u.valToPos(x, "x") : 0;
  }

  over(): HTMLElement | null {
    return this.u?.over ?? null;
  }

  canvas(): HTMLCanvasElement | null {
    return this.u?.ctx.canvas ?? null;
  }

  destroy(): void {
    this.u?.destroy();
    this.u = null;
    this.live.length = 0;
  }

  /** What uPlot draws: nothing but the corners, so that its scales are ours. */
  private frame(): uPlot.AlignedData {
    const [x, y] = this.extents;
    return [x, y];
  }

  private options(picture: Picture, width: number, height: number): uPlot.Options {
    const { axis, logX, logY, theme } = picture;
    const font = `11px ${theme.font}`;
    const common = {
      stroke: theme.dim,
      font,
      grid: { stroke: theme.line, width: 1 },
      ticks: { show: false },
      gap: 5,
    };
    return {
      width,
      height,
      ms: 1,
      padding: [8, axis === "time" ? 24 : 12, 0, 0], // a clock is centred below its point
      legend: { show: false },
      scales: {
        x: { time: axis === "time", distr: logX ? 3 : 1, range: () => this.extents[0] },
        y: { distr: logY ? 3 : 1, range: () => this.extents[1] },
      },
      axes: [
        {
          ...common,
          size: 21,
          grid: { show: false },
          border: { show: true, stroke: theme.strong, width: 1 },
          label: axisTitle(axis),
          labelFont: font,
          labelSize: 15,
          labelGap: 0,
          ...xTicks(axis, logX),
        },
        { ...common, ...yTicks(logY) },
      ],
      series: [{}, { paths: () => null, points: { show: false } }],
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false, dist: 4 },
        bind: {
          dblclick: () => () => (this.events.zoom(null), null),
          mousedown: (u, _, handler) => (event) => (event.shiftKey ? this.pan(u, event) : handler(event)),
        },
      },
      hooks: {
        ready: [(u) => this.watch(u)],
        draw: [(u) => this.paint(u)],
        setCursor: [(u) => this.moved(u)],
        setSelect: [(u) => this.dragged(u)],
      },
    };
  }

  private moved(u: uPlot): void {
    const { left, top } = u.cursor;
    if (!this.entered || left === undefined || left < 0 || top === undefined || top < 0) return;
    this.mouse = { left, top };
    this.events.hover({ x: u.posToVal(left, "x"), left, top });
  }

  /** uPlot also tells of its cursor when it draws anew, and then it may stand where another panel's mouse has put it. */
  private watch(u: uPlot): void {
    const { over } = u;
    const left = () => {
      this.entered = false;
      this.events.hover(null);
    };
    over.addEventListener("mouseenter", () => (this.entered = true));
    over.addEventListener("mouseleave", left);
    if (!this.entered) return;
    // Made anew under the mouse, which has not moved and so tells nothing: neither where it is, nor that it left meanwhile.
    u.setCursor(this.mouse);
    document.addEventListener("mousemove", (event) => !event.composedPath().includes(over) && left(), { once: true });
  }

  private dragged(u: uPlot): void {
    const { left, width } = u.select;
    if (width < 4) return;
    const to: Extent = [u.posToVal(left, "x"), u.posToVal(left + width, "x")];
    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    if (to[1] > to[0]) this.events.zoom(to);
  }

  /** What is held stays under the mouse, in x. */
  private pan(u: uPlot, start: MouseEvent): null {
    const { logX } = this.picture!;
    const to = (x: number) => (logX ? Math.log10(x) : x);
    const back = (x: number) => (logX ? 10 ** x : x);
    const [min, max] = this.extents[0].map(to);
    const perPixel = (max - min) / u.over.clientWidth;
    const move = (event: MouseEvent) => {
      const by = (start.clientX - event.clientX) * perPixel;
      this.events.zoom([back(min + by), back(max + by)]);
    };
    const stop = new AbortController();
    document.addEventListener("mousemove", move, { signal: stop.signal });
    document.addEventListener("mouseup", () => stop.abort(), { signal: stop.signal });
    return null;
  }

  /** The ticks of an axis as they stand, for the picture as SVG. */
  ticks(axis: "x" | "y"): { at: number; text: string }[] {
    const made = this.u?.axes[axis === "x" ? 0 : 1] as { _splits?: number[]; _values?: (string | null)[] } | undefined;
    return (made?._splits ?? []).flatMap((value, i) => {
      const text = made?._values?.[i];
      return text ? [{ at: this.u!.valToPos(value, axis), text: String(text) }] : [];
    });
  }

  /** What is drawn, and where. */
  shown(): { picture: Picture; x: Extent; y: Extent; width: number; height: number; left: number; top: number } | null {
    if (!this.u || !this.picture) return null;
    const { clientWidth: width, clientHeight: height, offsetLeft: left, offsetTop: top } = this.u.over;
    return { picture: this.picture, x: this.extents[0], y: this.extents[1], width, height, left, top };
  }

  private paint(u: uPlot): void {
    const picture = this.picture!;
    const { ctx, bbox: box } = u;
    const sheet: Sheet = {
      ctx,
      box,
      x: this.extents[0],
      y: this.extents[1],
      logX: picture.logX,
      logY: picture.logY,
      ratio: uPlot.pxRatio,
    };
    const key = JSON.stringify([box, sheet.x, sheet.y, sheet.ratio]);
    ctx.save();
    ctx.beginPath();
    ctx.rect(box.left, box.top - 2, box.width + 4 * sheet.ratio, box.height + 4);
    ctx.clip();
    const { pointed } = picture;
    const here = pointed !== null && picture.lines.some(({ run }) => run === pointed);
    const crowd = picture.lines.length > 20;
    const order = [...picture.lines].sort((a, b) => +(a.run === pointed) - +(b.run === pointed));
    for (const { band, ink: { color } } of order) if (band) area(sheet, band, color);
    for (const drawn of order) {
      const front = drawn.run === pointed;
      const alpha = here && !front ? 0.25 : 1;
      const { color, dash, marker } = drawn.ink;
      const width = (crowd ? 1.1 : 1.5) + (front ? 0.8 : 0);
      const raw = this.tracedOf(sheet, key, drawn, drawn.line.y);
      if (drawn.smooth) {
        ink(sheet, raw, { color, marker, dash: [], width: 1, alpha: 0.22 * alpha });
        ink(sheet, this.tracedOf(sheet, key, drawn, drawn.smooth), { color, dash, marker, width, alpha });
      } else ink(sheet, raw, { color, dash, marker, width, alpha: drawn.band?.full ? FEWER * alpha : alpha });
      if (drawn.band?.full) ink(sheet, this.tracedOf(sheet, key, drawn, drawn.band.full), { color, dash, marker, width, alpha });
      if (!drawn.band) marks(sheet, drawn);
    }
    if (picture.best) star(sheet, picture.best, picture.theme);
    ctx.restore();
    this.pulse(u, sheet, picture);
  }

  private tracedOf(sheet: Sheet, key: string, { line }: DrawnLine, y: Float64Array): Traced {
    const known = this.traced.get(y);
    if (known?.key === key) return known.traced;
    const traced = trace(sheet, line.x, y);
    this.traced.set(y, { key, traced });
    return traced;
  }

  /** A small dot stands at the end of each line that still grows; it beats where there are few. */
  private pulse(u: uPlot, sheet: Sheet, { lines }: Picture): void {
    const [rx, ry] = rulers(sheet);
    const still = lines.reduce((n, { live }) => n + +live, 0) > MOST_BEATING;
    let used = 0;
    for (const { line, smooth, live, ink: { color } } of lines) {
      if (!live) continue;
      const at = lastFinite(smooth ?? line.y);
      if (at < 0) continue;
      const left = (place(rx, line.x[at]) - sheet.box.left) / sheet.ratio;
      const top = (place(ry, (smooth ?? line.y)[at]) - sheet.box.top) / sheet.ratio;
      if (!(left >= -1 && left <= sheet.box.width / sheet.ratio + 1 && Number.isFinite(top))) continue;
      if (still) {
        sheet.ctx.fillStyle = color;
        disc(sheet.ctx, sheet.box.left + left * sheet.ratio, sheet.box.top + top * sheet.ratio, 2.4 * sheet.ratio);
        continue;
      }
      let dot = this.live[used];
      if (!dot) {
        dot = document.createElement("span");
        dot.className = "nbt-pulse nbt-pulse-end";
        this.live.push(dot);
        u.over.append(dot);
      }
      dot.hidden = false;
      dot.style.color = color;
      dot.style.transform = `translate(${left}px, ${top}px)`;
      used++;
    }
    for (const dot of this.live.slice(used)) dot.hidden = true;
  }
}

/** A line that ends at its last point looks cut off; a single x needs some width. */
function padded([min, max]: Extent, log: boolean): Extent {
  if (min < max) return [min, max];
  if (log) return [min / 2, max * 2];
  return [min - 0.5, max + 0.5];
}

function lastFinite(y: Float64Array): number {
  let at = y.length - 1;
  while (at >= 0 && !Number.isFinite(y[at])) at--;
  return at;
}

function star(sheet: Sheet, { line, at }: NonNullable<Picture["best"]>, theme: Tokens): void {
  const { ctx, ratio, box } = sheet;
  const [rx, ry] = rulers(sheet);
  const x = place(rx, line.line.x[at]);
  const y = place(ry, line.line.y[at]);
  if (!(x >= box.left - 1 && x <= box.left + box.width + 1 && Number.isFinite(y))) return;
  ctx.fillStyle = theme.bg;
  disc(ctx, x, y, 5 * ratio);
  ctx.fillStyle = line.ink.color;
  disc(ctx, x, y, 3.6 * ratio);
  ctx.strokeStyle = theme.text;
  ctx.lineWidth = ratio;
  ctx.beginPath();
  ctx.arc(x, y, 4.4 * ratio, 0, 2 * Math.PI);
  ctx.stroke();
}
