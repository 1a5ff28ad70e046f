/** How can a file be shown? By its name first, since stores know little of types, then by what it holds. */

import { figureInPage, readFigure, type PlotlyFigure } from "../../data/plotly";
import { readSheet, type Sheet } from "../../data/sheet";
import type { FileBytes } from "../../state/artifacts";

export type Kind = "image" | "html" | "plotly" | "table" | "json" | "text" | "none";

const IMAGES: Record<string, string> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  bmp: "image/bmp",
  svg: "image/svg+xml",
};

export function imageType(path: string): string | null {
  return IMAGES[ending(path)] ?? null;
}

export const isMarkdown = (path: string) => ["md", "markdown"].includes(ending(path));

export function kindOf({ path, bytes, cut, table }: Pick<FileBytes, "path" | "bytes" | "cut" | "table">): Kind {
  if (table) return "table";
  const end = ending(path);
  if (end in IMAGES) return "image";
  if (end === "html" || end === "htm") return !cut && figureOf({ path, bytes }) ? "plotly" : "html";
  if (!isText(bytes)) return "none";
  const text = textOf(bytes);
  if (end === "json" && !cut && figureOf({ path, bytes })) return "plotly";
  if (readSheet(path, text, cut)) return "table";
  return end === "json" || end === "ipynb" ? "json" : "text";
}

/** The figure of a file that plotly draws. */
export function figureOf({ path, bytes }: Pick<FileBytes, "path" | "bytes">): PlotlyFigure | null {
  return ending(path) === "json" ? readFigure(textOf(bytes)) : figureInPage(textOf(bytes));
}

/** A figure has many numbers, and a page of it may hold plotly itself: more than a preview needs. */
export const FIGURE_BYTES = 6_000_000;
export const mayBeFigure = (path: string): boolean => ["json", "html", "htm"].includes(ending(path));

/** The rows of a file that is a table. */
export const sheetOf = ({ path, bytes, cut, table }: FileBytes): Sheet | null => table ?? readSheet(path, textOf(bytes), cut);

export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** JSON with its lines and indents, whatever else as it is; without a terminal's colours. */
export function readable(kind: Kind, bytes: Uint8Array, cut: boolean): string {
  const plain = textOf(bytes).replace(/\x1b\[[0-9;?]*[A-Za-z]/g, "");
  if (kind !== "json" || cut) return plain;
  try {
    return JSON.stringify(JSON.parse(plain), null, 2);
  } catch {
    return plain; // NaN and its like are no JSON for a browser
  }
}

function ending(path: string): string {
  const name = path.split("/").pop()!;
  return name.includes(".") ? name.split(".").pop()!.toLowerCase() : "";
}

/** Are the first bytes UTF-8 without zeros? The last character may be cut. */
function isText(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, 4096);
  if (head.includes(0)) return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}
