/** What does the clipboard get? The chosen runs in full precision, as lines that a spreadsheet or a document takes. */

import { label } from "../../data/columns";
import { text, type Frame } from "../../data/frame";
import { nameOf } from "../../state/table";

/** Tab-separated, for a spreadsheet. */
export function tsv(frame: Frame, rows: readonly number[], columns: readonly string[]): string {
  return lines(frame, rows, columns, cell).map((cells) => cells.join("\t")).join("\n");
}

export function csv(frame: Frame, rows: readonly number[], columns: readonly string[]): string {
  return lines(frame, rows, columns, (value) => cell(value, ",")).map((cells) => `${cells.join(",")}\n`).join("");
}

/** A table of GitHub's Markdown, its numbers to the right. */
export function markdown(frame: Frame, rows: readonly number[], columns: readonly string[]): string {
  const written = lines(frame, rows, columns, escaped).map((cells) => `| ${cells.join(" | ")} |`);
  const rule = columns.map((name) => (frame.columns.get(name)?.kind === "text" ? "---" : "---:"));
  written.splice(1, 0, `| ${rule.join(" | ")} |`);
  return `${written.join("\n")}\n`;
}

const escaped = (value: string): string => value.replaceAll(/[\\|<>*_`[\]]/g, "\\$&").replaceAll(/[\r\n]+/g, " ");

function lines(frame: Frame, rows: readonly number[], columns: readonly string[], write: (value: string) => string): string[][] {
  const head = columns.map((name) => write(name === "duration" ? "Duration (ms)" : label(name)));
  return [head, ...rows.map((row) => columns.map((name) => write(plain(frame, name, row))))];
}

function plain(frame: Frame, name: string, row: number): string {
  if (name === "run_name") return nameOf(frame, row);
  const column = frame.columns.get(name);
  if (!column) return "";
  if (column.kind === "text") return text(frame, name, row) ?? "";
  if (column.missing[row]) return "";
  return name.endsWith("_time") ? isoTime(column.values[row]) : String(column.values[row]);
}

const isoTime = (ms: number): string => (Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms));

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

/** Quoted where it holds what would break the line. What a spreadsheet would run as a formula is kept as text. */
export function cell(value: string, mark = "\t"): string {
  const safe = /^[=+@\-\t\r\n]/.test(value) && !NUMBER.test(value) ? `'${value}` : value;
  return /[\t\n\r"]/.test(safe) || safe.includes(mark) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
