/** What does the clipboard get? The chosen runs as tab-separated lines that a spreadsheet takes, in full precision. */

import { label } from "../../data/columns";
import { text, type Frame } from "../../data/frame";
import { nameOf } from "../../state/table";

export function tsv(frame: Frame, rows: readonly number[], columns: readonly string[]): string {
  const lines = [columns.map((name) => cell(name === "duration" ? "Duration (ms)" : label(name)))];
  for (const row of rows) lines.push(columns.map((name) => cell(plain(frame, name, row))));
  return lines.map((cells) => cells.join("\t")).join("\n");
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

/** Quoted where it holds what would break the line. A leading "=" and its like would run as a formula: kept as text. */
function cell(value: string): string {
  const safe = /^[=+@]|^-(?![\d.])/.test(value) ? `'${value}` : value;
  return /[\t\n\r"]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
