/** What does a patch in git's form say? Its hunks as lines, with what lies between them counted. */

import type { DiffLine, Hunk } from "./diff";

const HEAD = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/** `patch` begins with its first @@. What is no line of a patch is passed over. */
export function readPatch(patch: string): Hunk[] {
  const found: Hunk[] = [];
  let lines: DiffLine[] = [];
  let [left, right] = [1, 1];
  for (const text of patch.split("\n")) {
    const head = HEAD.exec(text);
    if (head) {
      const from = Number(head[1]) || 1;
      if (from > left) found.push({ skipped: from - left });
      [left, right] = [from, Number(head[3]) || 1];
      found.push({ lines: (lines = []) });
    } else if (text[0] === " ") lines.push({ kind: "same", text: text.slice(1), left: left++, right: right++ });
    else if (text[0] === "-") lines.push({ kind: "out", text: text.slice(1), left: left++, right: null });
    else if (text[0] === "+") lines.push({ kind: "in", text: text.slice(1), left: null, right: right++ });
  }
  return found;
}
