/** How does a picture of the page become a file of its own? As SVG with the looks that the page gave it, and as PNG. */

const KEPT = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "opacity", "paint-order", "font-size", "font-weight", "text-anchor"];
const HEAD = 30;
const PAD = 10;

export interface Looks {
  text: string;
  bg: string;
  font: string;
}

export function looksOf(element: Element): Looks {
  const style = getComputedStyle(element);
  const read = (name: string, otherwise: string) => style.getPropertyValue(name).trim() || otherwise;
  return { text: read("--nbt-text", "#1d2129"), bg: read("--nbt-bg", "#fff"), font: read("--nbt-font", "sans-serif") };
}

/** A copy that needs no stylesheet, with a title above it. */
export function svgOf(svg: SVGSVGElement, title: string): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const shown = [...svg.querySelectorAll("*")];
  [...copy.querySelectorAll("*")].forEach((mine, at) => {
    if (mine.localName === "title") return;
    const style = getComputedStyle(shown[at]);
    for (const name of [...mine.getAttributeNames()]) if (/^(class|style|role|tabindex|aria-.*)$/.test(name)) mine.removeAttribute(name);
    for (const name of KEPT) mine.setAttribute(name, style.getPropertyValue(name));
  });
  const inner = sound(new XMLSerializer().serializeToString(copy)).replace(/^<svg[^>]*>/, "").replace(/<\/svg>$/, "");
  return framed(inner, title, svg.clientWidth, svg.clientHeight, looksOf(svg));
}

function framed(inner: string, title: string, width: number, height: number, { text, bg, font }: Looks): string {
  const [w, h] = [width + 2 * PAD, height + HEAD + PAD];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" font-family="${escaped(font)}" font-size="11">` +
    `<rect width="${w}" height="${h}" fill="${bg}"/><text x="${PAD}" y="20" font-size="13" font-weight="600" fill="${text}">${escaped(title)}</text>` +
    `<g transform="translate(${PAD} ${HEAD})">${inner}</g></svg>`
  );
}

export interface BarOut {
  name: string;
  value: number;
  color: string;
  words: string;
  /** Of a band around it. */
  ends: readonly [low: number, high: number] | null;
}

const ROW = 20;
const NAMES = 170;
const BARS = 420;
const NUMBERS = 150;

/** Bars from 0 on an axis from `low` to `high`, as the page draws them. */
export function barsSvg(title: string, bars: readonly BarOut[], [low, high]: readonly [number, number], looks: Looks): string {
  const at = (value: number) => NAMES + (high === low ? 0 : ((Math.min(high, Math.max(low, value)) - low) / (high - low)) * BARS);
  const inner = bars.map(({ name, value, color, words, ends }, i) => {
    const y = i * ROW;
    const [left, right] = Number.isFinite(value) ? [at(Math.min(0, value)), at(Math.max(0, value))] : [NAMES, NAMES];
    return (
      `<text x="${NAMES - 8}" y="${y + 14}" text-anchor="end" fill="${looks.text}">${escaped(name.length > 26 ? `${name.slice(0, 25)}…` : name)}</text>` +
      `<rect x="${left.toFixed(1)}" y="${y + 4}" width="${(right - left).toFixed(1)}" height="12" rx="2" fill="${color}"/>` +
      (ends ? `<line x1="${at(ends[0]).toFixed(1)}" x2="${at(ends[1]).toFixed(1)}" y1="${y + 10}" y2="${y + 10}" stroke="${looks.text}" stroke-width="1.5"/>` : "") +
      `<text x="${NAMES + BARS + 8}" y="${y + 14}" fill="${looks.text}">${escaped(words)}</text>`
    );
  });
  return framed(inner.join(""), title, NAMES + BARS + NUMBERS, bars.length * ROW, looks);
}

/** Twice as fine as the page. */
export async function pngOf(svg: string): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [2 * image.naturalWidth, 2 * image.naturalHeight];
    canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done, fail) => canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("The browser made no PNG.")))));
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** What XML cannot hold, a control character or half of a pair, would make the whole picture unreadable. */
const sound = (text: string): string => text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/gu, "\ufffd");

export function escaped(text: string): string {
  return sound(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
