/** Which column does a name in a filter mean, and what may be asked of it? The rules of nbtrack/query/columns.py. */

import { QUOTED, token as tokenOf, type Token } from "./lex";
import { nearest } from "./suggest";
import { PARTS, QueryError, type Column, type Family, type Part } from "./tree";

const FAMILIES = new Map<string, Family>([
  ...["metrics", "metric"].map((word) => [word, "metrics"] as const),
  ...["params", "param", "parameters", "parameter"].map((word) => [word, "params"] as const),
  ...["tags", "tag"].map((word) => [word, "tags"] as const),
  ...["attributes", "attribute", "attr", "run"].map((word) => [word, "attributes"] as const),
  ...["dataset", "datasets"].map((word) => [word, "dataset"] as const),
]);
const ALIASES = new Map([
  ["created", "start_time"],
  ["Created", "start_time"],
  ["run name", "run_name"],
  ["Run name", "run_name"],
  ["Run Name", "run_name"],
]);
export const ATTRIBUTES = [
  ...["run_id", "experiment_id", "run_name", "status", "start_time", "end_time"],
  ...["user_id", "artifact_uri", "lifecycle_stage"],
];
const TIMES = new Set(["start_time", "end_time"]);
export const DURATION = "duration";
export const SEARCHABLE = [...ATTRIBUTES, DURATION];
const DATASET_KEYS = ["name", "digest", "context"];
const BARE = /^[A-Za-z0-9_][A-Za-z0-9_.]*$/;

/** What a column's cells hold; params and tags are labels: text that may be a number. */
export type Kind = "number" | "time" | "duration" | "text" | "label";

export function kindOf(column: Column): Kind {
  if (column.family === "metrics") return "number";
  if (["params", "tags", "bare"].includes(column.family)) return "label";
  if (column.family === "dataset") return "text";
  if (column.key === DURATION) return "duration";
  return TIMES.has(column.key) ? "time" : "text";
}

/**
 * The column that a name token means. `names` are the frame's, among which a metric, param or tag is found by its bare
 * name where only one is called so; null where they are not known yet.
 */
export function columnOf(token: Token, names: ReadonlySet<string> | null): Column {
  const [head, dot, tail] = split(token.text);
  if (!dot) return attribute(unquoted(head), token, names);
  const family = FAMILIES.get(head.startsWith("`") ? unquoted(head) : head);
  if (family === undefined) {
    const found = bare(token.text, token, names);
    if (found === null) throw unknownFamily(head, token, names ?? []);
    return found;
  }
  const [key, part, quoted] = keyOf(tail, token);
  if (!key && !quoted) {
    throw new QueryError(`Expected a name after ${token.text} such as ${token.text}loss.`, token.end, token.end);
  }
  if (family === "attributes") return attribute(key, token, names, true);
  if (family === "dataset" && !DATASET_KEYS.includes(key)) {
    const advice = meant(nearest(key, DATASET_KEYS));
    throw new QueryError(`Datasets have ${listed(DATASET_KEYS)}, but no ${key}.${advice}`, token.start, token.end);
  }
  return { family, key, part, step: null, quoted, start: token.start, end: token.end };
}

/** A column name in double quotes where a column is expected, read as an attribute's name. */
export function quotedAttribute(token: Token): Token {
  return tokenOf("name", `\`${token.text.slice(1, -1).replaceAll("`", "``")}\``, token.start, token.end);
}

/** A frame's column name as a filter spells it, quoted where it must be. */
export function written(name: string): string {
  const dot = name.indexOf(".");
  const key = name.slice(dot + 1);
  if (dot < 0 || BARE.test(key)) return name;
  const quote = ["`", '"', "'"].find((mark) => !key.includes(mark)) ?? "`";
  return `${name.slice(0, dot)}.${quote}${key}${quote}`;
}

function split(text: string): [head: string, dot: string, tail: string] {
  let end = text.indexOf(".");
  if (text.startsWith("`")) {
    QUOTED.lastIndex = 0;
    end = QUOTED.exec(text)![0].length;
  }
  if (end < 0 || end === text.length) return [text, "", ""];
  return [text.slice(0, end), ".", text.slice(end + 1)];
}

function unquoted(text: string): string {
  return "`\"'".includes(text.charAt(0) || " ") ? text.slice(1, -1) : text;
}

/** The key, the part of the history behind a quoted key, and whether it was quoted. */
function keyOf(tail: string, token: Token): [key: string, part: Part | null, quoted: boolean] {
  QUOTED.lastIndex = 0;
  const match = QUOTED.exec(tail);
  if (match === null) return [tail, null, false];
  const part = tail.slice(match[0].length + 1);
  if (part && !([...PARTS, "at"] as string[]).includes(part)) {
    const message = `A metric has ${listed([...PARTS, "at(step)"])}, but no ${part}.`;
    throw new QueryError(message, token.end - part.length, token.end);
  }
  return [match[0].slice(1, -1), (part || null) as Part | null, true];
}

/** The one metric, param or tag of that name, or of a part of a metric's history; null where there is none. */
function bare(key: string, token: Token, names: ReadonlySet<string> | null): Column | null {
  const { start, end } = token;
  const column = (family: Family): Column => ({ family, key, part: null, step: null, quoted: false, start, end });
  if (names === null) return column("bare");
  const found = (["metrics", "params", "tags"] as const).filter((family) => names.has(`${family}.${key}`));
  const dot = key.lastIndexOf(".");
  const part = ([...PARTS, "at"] as string[]).includes(key.slice(dot + 1));
  if (found.length === 0 && dot >= 0 && part && names.has(`metrics.${key.slice(0, dot)}`)) return column("metrics");
  if (found.length > 1) {
    const spelled = found.map((family) => written(`${family}.${key}`)).join(" and ");
    throw new QueryError(`${key} is ${spelled}. Say which.`, start, end);
  }
  return found.length === 1 ? column(found[0]) : null;
}

/** `said`: the family was written before it. */
function attribute(typed: string, token: Token, names: ReadonlySet<string> | null, said = false): Column {
  const key = ALIASES.get(typed) ?? typed;
  if (!SEARCHABLE.includes(key)) {
    const found = said ? null : bare(key, token, names);
    if (found !== null) return found;
    const advice = meant(nearest(key, [...SEARCHABLE, ...(names ?? [])])) || ` Its attributes are ${listed(SEARCHABLE)}.`;
    throw new QueryError(`Unknown column ${key}.${advice}`, token.start, token.end);
  }
  const { start, end } = token;
  return { family: "attributes", key, part: null, step: null, quoted: false, start, end };
}

function unknownFamily(head: string, token: Token, names: Iterable<string>): QueryError {
  let near = nearest(token.text, names);
  const family = nearest(head, FAMILIES.keys());
  if (near === null && family !== null) near = family + token.text.slice(head.length);
  const wanted = "expected metrics., params., tags., attributes. or dataset.";
  const message = `${head}. is not a kind of column: ${wanted}${meant(near)}`;
  return new QueryError(message, token.start, token.start + Array.from(head).length);
}

function meant(name: string | null): string {
  return name === null ? "" : ` Did you mean ${written(name)}?`;
}

function listed(words: readonly string[]): string {
  return `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;
}
