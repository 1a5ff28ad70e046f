/** Is this text a table, and what is in its cells? CSV, or JSON as MLflow and pandas write tables. */

export interface Sheet {
  columns: string[];
  /** As texts; null is an empty cell. */
  rows: (string | null)[][];
}

/** More than this is not a table for people to look at. */
const MOST_ROWS = 20_000;

/** null for what is no table. `cut` says that the text's end is missing. */
export function readSheet(path: string, text: string, cut = false): Sheet | null {
  const ending = path.toLowerCase().split(".").pop();
  if (ending === "csv" || ending === "tsv" || ending === "tab") return readCsv(text, ending === "csv" ? null : "\t", cut);
  if (ending !== "json" || cut) return null;
  return fromJson(parsed(text) ?? parsed(text.replace(/\bNaN\b|-?\bInfinity\b/g, "null"))); // as Python writes them
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function fromJson(value: unknown): Sheet | null {
  if (Array.isArray(value)) return fromRecords(value);
  const { columns, data } = (value ?? {}) as { columns?: unknown; data?: unknown };
  if (!Array.isArray(columns) || !Array.isArray(data) || !data.every(Array.isArray)) return null;
  return { columns: columns.map(told), rows: data.slice(0, MOST_ROWS).map((row: unknown[]) => columns.map((_, i) => cell(row[i]))) };
}

/** [{"a": 1}, {"a": 2}] */
function fromRecords(rows: unknown[]): Sheet | null {
  const isRecord = (row: unknown): row is Record<string, unknown> => typeof row === "object" && row !== null && !Array.isArray(row);
  if (rows.length === 0 || !rows.every(isRecord)) return null;
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return { columns, rows: rows.slice(0, MOST_ROWS).map((row) => columns.map((name) => cell(row[name]))) };
}

const told = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""));
const cell = (value: unknown): string | null => (value === null || value === undefined ? null : told(value));

/** Fields may be in quotes, and hold line breaks there. The separator is what stands most often in the first line. */
function readCsv(text: string, separator: string | null, cut: boolean): Sheet | null {
  const by = separator ?? mostCommon(text.slice(0, text.search(/[\r\n]|$/)), [",", ";", "\t"]);
  const rows: string[][] = [];
  let row: string[] = [];
  let field = "";
  let at = text.startsWith("\ufeff") ? 1 : 0;
  const end = () => {
    row.push(field);
    field = "";
  };
  for (; at < text.length && rows.length <= MOST_ROWS; at++) {
    const char = text[at];
    if (char === '"' && field === "") {
      // Up to the quote that no second one follows.
      for (at++; at < text.length; at++) {
        if (text[at] !== '"') field += text[at];
        else if (text[at + 1] === '"') field += text[at++];
        else break;
      }
    } else if (char === by) end();
    else if (char === "\n" || char === "\r") {
      if (char === "\r" && text[at + 1] === "\n") at++;
      end();
      rows.push(row);
      row = [];
    } else field += char;
  }
  if (!cut && (field !== "" || row.length > 0)) {
    end();
    rows.push(row);
  }
  const [columns, ...rest] = rows.filter((each) => each.length > 1 || each[0] !== "");
  if (!columns) return null;
  return { columns, rows: rest.map((each) => columns.map((_, i) => (each[i] === undefined || each[i] === "" ? null : each[i]))) };
}

function mostCommon(line: string, among: string[]): string {
  return among.reduce((best, each) => (line.split(each).length > line.split(best).length ? each : best));
}

/** Does a column hold numbers alone? */
export function isNumeric(sheet: Sheet, column: number): boolean {
  const filled = sheet.rows.slice(0, 200).map((row) => row[column]).filter((value) => value !== null);
  return filled.length > 0 && filled.every((value) => value.trim() !== "" && !Number.isNaN(Number(value)));
}
