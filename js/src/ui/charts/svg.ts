/** How does a panel become an SVG? The lines as paths of the same points that the screen shows, text as text. */

import { place, ruler, stretches, thin, type Ruler } from "../../data/downsample";
import { lowerBound, type Line } from "../../data/line";
import type { DrawnLine } from "./assemble";
import { FEWER, type Plot } from "./plot";
import { escaped } from "../svg_out";
import { axisTitle } from "./ticks";

const PAD = 12;
const HEAD = 26;
const ROW = 18;

export function toSvg(plot: Plot, title: string): string | null {
  const shown = plot.shown();
  if (!shown) return null;
  const { picture, x, y, width, height, left, top } = shown;
  const { theme, lines, logX, logY } = picture;
  const rx = ruler(x[0], x[1], 0, width, logX);
  const ry = ruler(y[0], y[1], height, 0, logY);
  const columns = Math.max(1, Math.floor((width + left) / 180));
  const foot = Math.ceil(lines.length / columns) * ROW;
  const [w, h] = [left + width + 2 * PAD, HEAD + top + height + (picture.axis === "time" ? 58 : 44) + foot + PAD];
  const path = (line: Line, d: string) => (line.x.length ? d : "");
  const drawn = lines.map(({ line, smooth, band, ink }) => {
    const dash = ink.dash.length ? ` stroke-dasharray="${ink.dash.join(" ")}"` : "";
    const stroke = (d: string, more: string) => `<path d="${path(line, d)}" fill="none" stroke="${ink.color}" ${more}/>`;
    const raw = pathOf(line.x, line.y, rx, ry, x, logY);
    const area = band ? `<path d="${areaOf(band, rx, ry, x, height)}" fill="${ink.color}" fill-opacity="0.16"/>` : "";
    if (band?.full) {
      const full = pathOf(line.x, band.full, rx, ry, x, logY);
      return area + stroke(raw, `stroke-width="1.5" opacity="${FEWER}"${dash}`) + stroke(full, `stroke-width="1.5"${dash}`);
    }
    if (!smooth) return area + stroke(raw, `stroke-width="1.5"${dash}`);
    return stroke(raw, 'stroke-width="1" opacity="0.22"') + stroke(pathOf(line.x, smooth, rx, ry, x, logY), `stroke-width="1.5"${dash}`);
  });
  const grid = plot.ticks("y").map(({ at, text }) =>
    `<line x1="0" x2="${width}" y1="${r(at)}" y2="${r(at)}" stroke="${theme.line}"/>` +
    `<text x="-6" y="${r(at + 4)}" text-anchor="end" fill="${theme.dim}">${escaped(text)}</text>`);
  const below = plot.ticks("x").map(({ at, text }) =>
    text.split("\n").map((part, i) => `<text x="${r(at)}" y="${height + 16 + 13 * i}" text-anchor="middle" fill="${theme.dim}">${escaped(part)}</text>`).join(""));
  const under = `<text x="${width / 2}" y="${h - HEAD - top - foot - PAD - 6}" text-anchor="middle" fill="${theme.dim}">${escaped(axisTitle(picture.axis))}</text>`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" font-family="${escaped(theme.font)}" font-size="11">` +
    `<rect width="${w}" height="${h}" fill="${theme.bg}"/>` +
    `<text x="${PAD}" y="20" font-size="13" font-weight="600" fill="${theme.text}">${escaped(title)}</text>` +
    `<g transform="translate(${left + PAD} ${HEAD + top})"><clipPath id="c"><rect x="0" y="-2" width="${width}" height="${height + 4}"/></clipPath>` +
    `${grid.join("")}<line x1="0" x2="${width}" y1="${height}" y2="${height}" stroke="${theme.strong}"/>${below.join("")}${under}` +
    `<g clip-path="url(#c)">${drawn.join("")}</g></g>` +
    `<g transform="translate(${PAD} ${h - foot - PAD + 12})">${lines.map((line, i) => legend(line, i, columns, (width + left) / columns, theme.text)).join("")}</g></svg>`
  );
}

function legend({ name, ink }: DrawnLine, i: number, columns: number, room: number, color: string): string {
  const x = r((i % columns) * room);
  const y = Math.floor(i / columns) * ROW;
  const dash = ink.dash.length ? ` stroke-dasharray="${ink.dash.join(" ")}"` : "";
  return (
    `<line x1="${x}" x2="${x + 16}" y1="${y - 4}" y2="${y - 4}" stroke="${ink.color}" stroke-width="2"${dash}/>` +
    `<text x="${x + 22}" y="${y}" fill="${color}">${escaped(name)}</text>`
  );
}

function pathOf(x: Float64Array, y: Float64Array, rx: Ruler, ry: Ruler, over: readonly number[], logY: boolean): string {
  let d = "";
  let pen = "M";
  for (const at of keptOf(x, y, rx, over, logY ? 0 : -Infinity)) {
    if (!Number.isFinite(y[at]) || (logY && y[at] <= 0)) pen = "M";
    else {
      d += `${pen}${r(place(rx, x[at]))} ${r(place(ry, y[at]))}`;
      pen = "L";
    }
  }
  return d;
}

/** What is not above 0 on a logarithmic axis ends at `foot`, as on the screen. */
function areaOf({ low, high }: NonNullable<DrawnLine["band"]>, rx: Ruler, ry: Ruler, over: readonly number[], foot: number): string {
  const heightOf = (y: number) => r(ry.log && y <= 0 ? foot : place(ry, y));
  const corner = (line: Line) => (at: number) => `${r(place(rx, line.x[at]))} ${heightOf(line.y[at])}`;
  const first = firstOf(low.x, rx, over);
  return stretches(low.y, first, Math.min(low.x.length, lowerBound(low.x, over[1]) + 1))
    .map(([from, to]) => {
      const up = Array.from(thin(high.x, high.y, from, to, rx), corner(high));
      const down = Array.from(thin(low.x, low.y, from, to, rx).reverse(), corner(low));
      return `M${[...up, ...down].join("L")}Z`;
    })
    .join("");
}

const firstOf = (x: Float64Array, rx: Ruler, over: readonly number[]) => Math.max(rx.log ? lowerBound(x, Number.MIN_VALUE) : 0, lowerBound(x, over[0]) - 1);

function keptOf(x: Float64Array, y: Float64Array, rx: Ruler, over: readonly number[], floor = -Infinity): Int32Array {
  return thin(x, y, firstOf(x, rx, over), Math.min(x.length, lowerBound(x, over[1]) + 1), rx, floor);
}

const r = (value: number) => Math.round(value * 10) / 10;
