/** Which regular expressions does RLIKE take? Those that nbtrack/query/pattern.py tells of, read as there. */

import { compiled } from "./automaton";
import { fold } from "./like";

const SETS: Record<string, string> = { d: "0-9", w: "A-Za-z0-9_", s: " \\t\\n\\r\\f\\v" };
const SIGN = "[^A-Za-z0-9]";
const TOKEN = new RegExp(
  [
    "\\\\(?<set>[dwsDWS])",
    "(?<kept>\\\\[btn]|\\((?!\\?)|\\(\\?:|\\)|\\||\\^)",
    `\\\\(?<escaped>${SIGN})`,
    `\\[(?<negated>\\^?)(?<members>(?:\\\\[dwstn]|\\\\${SIGN}|[^\\]\\\\])+)\\]`,
    "(?<times>(?:[*+?]|\\{[0-9]{1,3}(?:,[0-9]{0,3})?\\})\\??(?![*+]))",
    "(?<end>\\$)|(?<any>\\.)",
    "(?<plain>[^\\\\\\[(*+?])",
  ].join("|"),
  "suy",
);
const MEMBER = new RegExp(`\\\\(?<set>[dws])|(?<kept>\\\\[tn])|(?<range>-(?=[^\\-]))|\\\\?(?<plain>${SIGN}|.)`, "sug");
const IGNORING_CASE = "(?i)";

/** A test for texts; null where the pattern is none of these. */
export function searcher(pattern: string): ((text: string) => boolean) | null {
  const ignoring = pattern.startsWith(IGNORING_CASE);
  const source = translated(ignoring ? pattern.slice(IGNORING_CASE.length) : pattern, ignoring);
  if (source === null) return null;
  try {
    new RegExp(source, "u"); // is it sound? RegExp would need exponential time for some texts
    const search = compiled(source);
    return ignoring ? (text) => search(fold(text)) : search;
  } catch {
    return null;
  }
}

const REFUSED: [name: string, sign: RegExp][] = [
  ["backreferences", /\\[1-9]|\\k|\(\?P=/],
  ["lookahead", /\(\?[=!]/],
  ["lookbehind", /\(\?<[=!]/],
  ["named groups", /\(\?P?</],
  ["atomic groups", /\(\?>/],
  ["possessive repeats", /[*+?}]\+/],
];

/** What of other regular expressions a pattern holds that RLIKE does not take, by its name. */
export function refused(pattern: string): string | null {
  const bare = pattern.replace(/\\\\|\[(?:\\.|[^\]\\])*\]/gs, "");
  return REFUSED.find(([, sign]) => sign.test(bare))?.[0] ?? null;
}

function translated(pattern: string, ignoring: boolean): string | null {
  let source = "";
  for (let at = 0; at < pattern.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(pattern);
    if (match === null) return null;
    source += part(match.groups!, ignoring);
  }
  return source;
}

function part({ set, negated, members, end, any, kept, times, escaped, plain }: Record<string, string | undefined>, ignoring: boolean): string {
  if (set) return `[${set in SETS ? "" : "^"}${SETS[set.toLowerCase()]}]`;
  if (members) return `[${negated}${Array.from(members.matchAll(MEMBER), (match) => member(match.groups!, ignoring)).join("")}]`;
  if (end) return "$";
  if (any) return "[^\\n]";
  return kept ?? times ?? literal((escaped ?? plain)!, ignoring);
}

function member({ set, kept, range, plain }: Record<string, string | undefined>, ignoring: boolean): string {
  return set ? SETS[set] : (kept ?? range ?? literal(plain!, ignoring));
}

/** Signs by their number, because each language wants others of them escaped. */
function literal(sign: string, ignoring: boolean): string {
  if (/^[\x00-\x7f]$/.test(sign) && !/[A-Za-z0-9]/.test(sign)) return `\\x${sign.charCodeAt(0).toString(16).padStart(2, "0")}`;
  return ignoring ? fold(sign) : sign;
}
