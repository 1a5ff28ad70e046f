/** One panel: a metric of all runs drawn, as a plot while it can be seen. */

import { effect, useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { XAxis } from "../../data/line";
import type { Series } from "../../data/series";
import { directionIn, type Life } from "../../state/state";
import { shortName } from "../../data/sections";
import { num } from "../format";
import { assemble, countOf, isGuess, treeOf, type Assembled, type DrawnLine } from "./assemble";
import { Bars, barsShown, BEYOND } from "./bars";
import { bestBar, bestMean, bestPoint, bestRun } from "./best";
import { lineNear, rowsAt, snapped } from "./hover";
import { Grow, Shrink } from "./icons";
import { Legend } from "./legend";
import { PanelMenu } from "./menu";
import { Plot } from "./plot";
import { Handle } from "./handle";
import { namesIn } from "../../data/expression";
import { Resize } from "./resize";
import { useScene, type Scene } from "./scene";
import { area, bigSize, sizeOf } from "./sizes";

/** A line's value counts this many CSS pixels beyond its ends. */
const SLACK = 12;

interface Props {
  metric: string;
  short?: boolean;
  /** The panels around it, among which it can be moved. */
  among: readonly string[];
  /** Of the grid that it stands in. */
  columns: number;
}

export function Figure({ metric, short = false, among, columns }: Props) {
  const scene = useScene();
  const { state, big } = scene;
  const box = useRef<HTMLElement>(null);
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  const lines = useSignal<DrawnLine[]>([]);
  const note = useSignal("");
  const single = useComputed(() => isSingle(scene, metric));
  const frame = state.frame.value;
  const { ids, names: called, hidden } = scene.drawn();
  const drawn = ids.filter((id) => !hidden.has(id));
  const names = namesIn(treeOf(scene, metric));
  const runs = drawn.filter((id) => names.every((name) => countOf(frame, id, name) > 0 || state.book.get(id, name))).length;
  const sizing = useComputed(() => (scene.sizing.value?.metric === metric ? scene.sizing.value.size : null)).value;
  const isBig = big.value === metric;
  const bars = single.value;
  const means = scene.merged() && frame.columns.has(`metrics.${metric}`);
  const direction = directionIn(state, metric);
  const groups = means && bars ? barsShown(scene, metric) : null;
  const best = groups ? bestBar(groups, direction) : means ? bestMean(lines.value, direction) : bestRun(frame, metric, drawn, direction);
  const bestName = best && (means ? best.run : called.get(best.run)!);
  const bestText = best ? `best ${means ? "mean " : ""}${num(best.value)} by ${bestName}` : "";

  useEffect(() => {
    if (isBig) box.current!.scrollIntoView({ block: "nearest" });
  }, [isBig]);
  useEffect(() => {
    if (bars) {
      const here = (id: string) => isGuess(frame, id, metric) && Boolean(state.book.get(id, metric)?.length);
      const histories = drawn.some((id) => countOf(frame, id, metric) > 1 && !here(id));
      note.value = histories ? "histories are not saved here: last values" : "";
      return undefined;
    }
    return mount(scene, metric, host.current!, (made, instance) => {
      plot.current = instance;
      lines.value = made.lines;
      const notes = [instance?.beyond() ? BEYOND : "", noteOf(made, state.life.peek(), state.view.peek().chart.log_y, state.view.peek().chart.log_x)];
      note.value = notes.filter(Boolean).join(" · ");
    });
  }, [scene, metric, bars]);

  return (
    <figure
      ref={box}
      class={`nbt-figure${isBig ? " nbt-big" : ""}${sizing ? " nbt-sizing" : ""}`}
      style={area(isBig ? bigSize(bars ? (groups?.length ?? runs) : null) : (sizing ?? sizeOf(state.view.value.chart, metric)), columns)}
      data-panel={metric}
      aria-label={`${metric}: ${runs} ${runs === 1 ? "run" : "runs"}${bestText && `, ${bestText}`}`}
    >
      <figcaption>
        <Handle metric={metric} among={among} />
        <span class="nbt-figure-name" title={metric}>
          {short ? shortName(metric) : metric}
        </span>
        {best && (
          <span class="nbt-figure-best nbt-dim" title={bestText}>
            <span class="nbt-best-mark" /> {num(best.value)}
          </span>
        )}
        <PanelMenu metric={metric} lines={lines.value} plot={() => plot.current} bars={bars} />
        <button
          type="button"
          class="nbt-tool"
          aria-label={isBig ? `Collapse ${metric}` : `Expand ${metric}`}
          title={isBig ? "Collapse (Esc)" : "Expand"}
          onClick={() => scene.grow(isBig ? null : metric)}
        >
          {isBig ? <Shrink /> : <Grow />}
        </button>
      </figcaption>
      {bars ? (
        <Bars metric={metric} />
      ) : (
        <div class="nbt-figure-body">
          <div
            ref={host}
            class="nbt-plot"
            tabIndex={0}
            role="img"
            aria-label={`Lines of ${metric}. Arrow keys move the cursor, with Shift the view; plus and minus zoom, 0 shows all.`}
            onKeyDown={(event) => plot.current && byKey(event, scene, metric, plot.current, lines.value)}
            onBlur={() => leave(scene)}
          />
          {isBig && <Legend lines={lines.value} metric={metric} />}
        </div>
      )}
      {!isBig && <Resize metric={metric} columns={columns} />}
      {note.value && <div class="nbt-figure-note nbt-dim" title={note.value}>{note.value}</div>}
    </figure>
  );
}

/** All points of a whole history stand at one step: a line of them would be a lone dot. */
const isOfOneStep = ({ step, length, total }: Series): boolean => length > 0 && length === total && step.subarray(0, length).every((each) => each === step[0]);

/** Do all runs have at most one point, or several at one step? Or are histories absent for good, so that the last values are all there is? */
function isSingle(scene: Scene, metric: string): boolean {
  const { state, histories, drawn } = scene;
  if (typeof treeOf(scene, metric) !== "string") return false;
  void state.seriesRev.value;
  void histories.rev.value;
  const frame = state.frame.value;
  const { ids, hidden } = drawn();
  let any = false;
  for (const id of ids) {
    if (hidden.has(id)) continue;
    const series = state.book.get(id, metric);
    const here = series && isOfOneStep(series) ? 1 : (series?.total ?? 0);
    const known = here === 1 ? 1 : countOf(frame, id, metric);
    if (Math.max(here, known) === 0) continue;
    const given = histories.standing(id, metric);
    const more = known > 1 && (given === "unasked" || given === "waiting");
    if (here > 1 || (more && !(here === 1 && isGuess(frame, id, metric)))) return false;
    any ||= known > 0;
  }
  return any;
}

const WHY_COARSE: Record<Life, string> = {
  live: "the kernel could not read all points",
  snapshot: "run the cell for all points",
  lost: "the kernel is gone",
};

function noteOf({ lines, waiting, absent, coarse, names }: Assembled, life: Life, logY: boolean, logX: boolean): string {
  const live = life === "live";
  const count = (of: (line: DrawnLine) => number) => lines.reduce((sum, line) => sum + of(line), 0);
  const nans = count(({ line }) => line.nans);
  const infinities = count(({ line }) => line.infinities);
  const below = logY ? count(({ line }) => (line.minAt >= 0 && line.y[line.minAt] <= 0 ? line.y.filter((y) => y <= 0).length : 0)) : 0;
  const before = logX ? count(({ line }) => (line.x[0] <= 0 ? line.x.filter((x) => x <= 0).length : 0)) : 0;
  const parts: string[] = [];
  if (waiting) parts.push(live ? `${waiting} waiting for the kernel` : `${waiting} loading`);
  if (absent) parts.push(live ? `${absent} could not be read` : `${absent} not saved here`);
  if (nans) parts.push(`${nans} NaN (×)`);
  if (infinities) parts.push(`${infinities} infinite (▲▼)`);
  const [early, diverged] = [count(({ band }) => band?.early ?? 0), count(({ band }) => band?.diverged ?? 0)];
  const fewer = [early && `${early} end before their group`, diverged && `${diverged} end in NaN or ±∞`].filter(Boolean);
  if (fewer.length) parts.push(`runs: ${fewer.join(", ")} (there the mean is of fewer runs, fainter)`);
  if (below) parts.push(`${below} ${below === 1 ? "value" : "values"} ≤ 0 not shown on the log axis`);
  if (before) parts.push(`${before} ${before === 1 ? "point" : "points"} at x ≤ 0 not shown on the log axis`);
  if (coarse.waiting) parts.push(`extremes of ${coarse.waiting}, all points are on their way`);
  if (coarse.refused) parts.push(`extremes of ${coarse.refused} only: ${WHY_COARSE[life]}`);
  if (coarse.many) parts.push(`made from the extremes of ${coarse.many}: over 2 million points`);
  if (lines.length === 0 && names.length > 1 && waiting + absent === 0) parts.push(`No run drawn has steps with ${names.join(" and ")}.`);
  return parts.join(" · ");
}

/** The plot of a metric: made when it can be seen, gone when it cannot, drawn again when anything it shows has changed. */
function mount(scene: Scene, metric: string, host: HTMLElement, told: (made: Assembled, plot: Plot | null) => void): () => void {
  const { state } = scene;
  let made: Assembled | null = null;
  let plot: Plot | null = null;
  let stopFollowing: (() => void) | null = null;
  const draw = () => {
    if (!plot) return;
    made = assemble(scene, metric, Math.round(host.clientWidth * devicePixelRatio));
    const { x, log_x, log_y, clip } = state.view.peek().chart;
    plot.draw({
      lines: made.lines,
      axis: x as XAxis,
      logX: log_x && x !== "time",
      logY: log_y,
      clip,
      zoom: scene.zoom.peek(),
      pointed: scene.pointed.peek(),
      best: typeof treeOf(scene, metric) === "string" ? bestPoint(made.lines, directionIn(state, metric)) : null,
      theme: scene.theme.peek(),
    });
    told(made, plot);
  };
  const begin = () => {
    plot = new Plot(host, {
      hover: (at) => (at ? enter(scene, metric, plot!, made?.lines ?? [], at) : leave(scene, metric)),
      zoom: (to) => (scene.zoom.value = to),
    });
    const stops = [
      effect(() => {
        for (const each of [state.seriesRev, state.frame, state.view, state.selected, state.life, state.status, scene.zoom, scene.theme, scene.big, scene.histories.rev, scene.details.rev]) void each.value;
        void state.shown.value;
        scene.request(draw);
      }),
      effect(() => plot?.point(scene.pointed.value)),
      effect(() => {
        const hover = scene.hover.value;
        if (hover?.metric !== metric) plot?.cursor(hover ? hover.x : null);
      }),
    ];
    stopFollowing = () => stops.forEach((stop) => stop());
  };
  const end = () => {
    stopFollowing?.();
    stopFollowing = null;
    scene.cancel(draw);
    plot?.destroy();
    plot = null;
    made = null;
  };
  const seen = new IntersectionObserver(
    (entries) => {
      const visible = entries[entries.length - 1].isIntersecting;
      if (visible && !plot) begin();
      else if (!visible && plot) end();
    },
    { rootMargin: "80px" },
  );
  seen.observe(host);
  const sized = new ResizeObserver(() => plot && scene.request(draw));
  sized.observe(host);
  return () => {
    seen.disconnect();
    sized.disconnect();
    end();
    if (scene.hover.peek()?.metric === metric) leave(scene);
  };
}

function enter(
  scene: Scene,
  metric: string,
  plot: Plot,
  lines: readonly DrawnLine[],
  at: { x: number; left: number; top: number },
): void {
  const span = plot.span();
  const x = snapped(lines, at.x);
  const pixels = (plot.over()?.clientWidth ?? 1) || 1;
  const rect = plot.over()?.getBoundingClientRect();
  scene.hover.value = {
    metric,
    x,
    rows: rowsAt(lines, x, (SLACK * (span[1] - span[0])) / pixels),
    at: { left: (rect?.left ?? 0) + at.left, top: (rect?.top ?? 0) + at.top },
    panel: plot.over()!.closest("figure")!.getBoundingClientRect(),
  };
  scene.pointed.value = lineNear(lines, at.x, at.top, (y) => plot.heightOf(y));
}

function leave(scene: Scene, metric?: string): void {
  if (metric && scene.hover.peek()?.metric !== metric) return;
  scene.hover.value = null;
  scene.pointed.value = null;
}

function byKey(event: KeyboardEvent, scene: Scene, metric: string, plot: Plot, lines: readonly DrawnLine[]): void {
  const [min, max] = plot.span();
  const middle = scene.hover.peek()?.x ?? (min + max) / 2;
  const steps: Record<string, () => void> = {
    ArrowLeft: () => move(-1),
    ArrowRight: () => move(1),
    "+": () => (scene.zoom.value = [middle - (middle - min) / 2, middle + (max - middle) / 2]),
    "-": () => (scene.zoom.value = scene.zoom.peek() && [min - (max - min) / 2, max + (max - min) / 2]),
    "0": () => (scene.zoom.value = null),
  };
  const move = (way: number) => {
    const hover = scene.hover.peek();
    let x = hover?.metric === metric ? hover.x : min;
    const from = snapped(lines, x);
    // A step of the finest line, or a hundredth of the view where points are denser than that.
    for (let n = 1; n <= 100 && (x === from || snapped(lines, x) === from); n++) x = from + (way * n * (max - min)) / 100;
    x = Math.min(max, Math.max(min, x));
    enter(scene, metric, plot, lines, { x, left: plot.xToLeft(x), top: 20 });
    plot.cursor(x);
  };
  const pan = (way: number) => {
    const by = (way * (max - min)) / 10;
    scene.zoom.value = [min + by, max + by];
  };
  if (event.shiftKey) {
    steps.ArrowLeft = () => pan(-1);
    steps.ArrowRight = () => pan(1);
  }
  const act = steps[event.key === "=" ? "+" : event.key];
  if (!act) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}
