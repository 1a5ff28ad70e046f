/** How does a panel leave the page? As a PNG with its title and legend, or as CSV with every point that is here. */

import type { Frame } from "../../data/frame";
import type { State } from "../../state/state";
import { runName } from "../drawn";
import { cell as cellOf } from "../grid/copy";
import type { DrawnLine } from "./assemble";
import type { Tokens } from "./theme";

export function download(name: string, blob: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** A file's name that every system takes. */
export function fileName(metric: string, ending: string): string {
  return `${metric.replace(/[^\p{L}\p{N}._-]+/gu, "_").slice(0, 80) || "chart"}.${ending}`;
}

const PAD = 12;
const LINE = 18;

/** The plot with a title above and the runs' names below. */
export function toPng(plot: HTMLCanvasElement, title: string, lines: readonly DrawnLine[], theme: Tokens): Promise<Blob> {
  const ratio = devicePixelRatio;
  const width = plot.width / ratio;
  const columns = Math.max(1, Math.floor(width / 180));
  const legend = Math.ceil(lines.length / columns) * LINE;
  const canvas = document.createElement("canvas");
  canvas.width = plot.width + 2 * PAD * ratio;
  canvas.height = plot.height + (30 + legend + 2 * PAD) * ratio;
  const ctx = canvas.getContext("2d")!;
  ctx.scale(ratio, ratio);
  ctx.fillStyle = theme.bg;
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.fillStyle = theme.text;
  ctx.font = `600 13px ${theme.font}`;
  ctx.fillText(title, PAD, PAD + 14);
  ctx.drawImage(plot, PAD, PAD + 24, width, plot.height / ratio);
  ctx.font = `11px ${theme.font}`;
  const top = PAD + 24 + plot.height / ratio + 16;
  lines.forEach(({ name, ink }, i) => {
    const left = PAD + (i % columns) * (width / columns);
    const y = top + Math.floor(i / columns) * LINE;
    ctx.strokeStyle = ink.color;
    ctx.lineWidth = 2;
    ctx.setLineDash(ink.dash);
    ctx.beginPath();
    ctx.moveTo(left, y - 4);
    ctx.lineTo(left + 16, y - 4);
    ctx.stroke();
    ctx.fillStyle = theme.text;
    ctx.fillText(name, left + 22, y, width / columns - 30);
  });
  return new Promise((done, fail) => canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("The browser made no PNG.")))));
}

const cell = (value: string) => cellOf(value, ",");

export const csvText = (rows: readonly (readonly string[])[]): string => rows.map((row) => `${row.map(cell).join(",")}\n`).join("");

/** One row a point: run_id, run_name, step, time in ISO form, value. */
export function toCsv(state: State, metric: string, runs: readonly string[]): string {
  const rows = [["run_id", "run_name", "step", "time", metric].map(cell).join(",")];
  const frame = state.frame.peek();
  for (const run of runs) {
    const series = state.book.get(run, metric);
    const head = `${cell(run)},${cell(runName(frame, run))}`;
    if (!series) {
      const last = lastOf(frame, run, metric);
      if (last) rows.push(`${head},${last.step},,${last.value}`);
      continue;
    }
    for (let i = 0; i < series.length; i++) {
      const time = series.time[i];
      const iso = Number.isFinite(time) && Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : "";
      rows.push(`${head},${series.step[i]},${iso},${series.value[i]}`);
    }
  }
  return rows.join("\n") + "\n";
}

/** What the table knows where no history is here. */
function lastOf(frame: Frame, run: string, metric: string): { step: number; value: number } | null {
  const column = frame.columns.get(`metrics.${metric}`);
  const row = frame.rowOf.get(run);
  if (column?.kind !== "metric" || row === undefined || column.missing[row]) return null;
  return { step: column.step[row], value: column.values[row] };
}

/** The points of an expression, as they are drawn. */
export function linesToCsv(title: string, axis: string, lines: readonly DrawnLine[]): string {
  const rows = [["run_id", "run_name", axis, title].map(cell).join(",")];
  for (const { run, name, line } of lines) {
    const head = `${cell(run)},${cell(name)}`;
    line.x.forEach((x, i) => rows.push(`${head},${x},${line.y[i]}`));
  }
  return rows.join("\n") + "\n";
}
