/** What does the clipboard get? The chosen runs in full precision, as lines that a spreadsheet or a document takes. */

import { label } from "../../data/columns";
import { text, type Frame } from "../../data/frame";
import { spreadOf, summary, type RunGroup, type Summary } from "../../data/groups";
import { nameOf } from "../../state/table";
import { num } from "../format";

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

/** A line for each group: what its runs have in common, how many they are, and the mean of each number beside its spread. */
export interface Together {
  by: readonly string[];
  groups: readonly RunGroup[];
  /** Columns of numbers. */
  numbers: readonly string[];
  spread: string;
}

/** In full precision, mean and spread in columns of their own. */
export function groupsCsv(frame: Frame, { by, groups, numbers, spread }: Together): string {
  const ends = spread === "minmax" ? ["least", "greatest"] : [spread === "ci" ? "95 % interval ±" : "SD"];
  const head = [...by.map(label), "Runs", ...numbers.flatMap((name) => [`${titled(name)} mean`, ...ends.map((end) => `${titled(name)} ${end}`)])];
  const rows = groups.map(({ values, rows }) => [
    ...values.map((value) => value ?? ""),
    String(rows.length),
    ...numbers.flatMap((name) => {
      const found = summary(frame.columns.get(name), rows);
      const width = spreadOf(found, spread);
      const beside = width === null ? ends.map(() => NaN) : "half" in width ? [width.half] : [width.low, width.high];
      return [found.mean, ...beside].map((value) => (Number.isNaN(value) ? "" : String(value)));
    }),
  ]);
  return [head, ...rows].map((cells) => `${cells.map((value) => cell(value, ",")).join(",")}\n`).join("");
}

/** As the table shows them. */
export function groupsMarkdown(frame: Frame, { by, groups, numbers, spread }: Together): string {
  const head = [...by.map(label), "Runs", ...numbers.map(titled)].map(escaped);
  const rule = [...by.map(() => "---"), ...["", ...numbers].map(() => "---:")];
  const rows = groups.map(({ values, rows }) => [
    ...values.map((value) => escaped(value ?? "")),
    String(rows.length),
    ...numbers.map((name) => meanOf(summary(frame.columns.get(name), rows), spread)),
  ]);
  return [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

function meanOf(found: Summary, spread: string): string {
  if (found.n === 0) return "";
  const width = spreadOf(found, spread);
  const beside = width === null ? "" : "half" in width ? ` ± ${num(Number(width.half.toPrecision(2)))}` : ` (${num(width.low)} to ${num(width.high)})`;
  return num(found.mean) + beside;
}

const titled = (name: string): string => (name === "duration" ? "Duration (ms)" : label(name));

const escaped = (value: string): string => value.replaceAll(/[\\|<>*_`[\]]/g, "\\$&").replaceAll(/[\r\n]+/g, " ");

function lines(frame: Frame, rows: readonly number[], columns: readonly string[], write: (value: string) => string): string[][] {
  const head = columns.map((name) => write(titled(name)));
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
