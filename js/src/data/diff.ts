/** Which lines were taken out, which put in? The longest common subsequence of two texts' lines. */

export interface DiffLine {
  kind: "same" | "out" | "in";
  text: string;
  /** Line numbers from 1; null where the line is not in that text. */
  left: number | null;
  right: number | null;
}

/** Beyond this many cells of the table the changed middle is shown as replaced in one piece. */
const MOST = 4_000_000;

export function diffLines(left: string, right: string): DiffLine[] {
  const a = linesOf(left);
  const b = linesOf(right);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const found: DiffLine[] = [];
  let i = 0;
  let j = 0;
  const same = () => found.push({ kind: "same", text: a[i], left: ++i, right: ++j });
  const out = () => found.push({ kind: "out", text: a[i], left: ++i, right: null });
  const put = () => found.push({ kind: "in", text: b[j], left: null, right: ++j });
  while (i < head) same();
  const [n, m] = [a.length - head - tail, b.length - head - tail];
  if (n * m <= MOST) {
    const common = lengths(a.slice(head, head + n), b.slice(head, head + m));
    const at = (x: number, y: number) => common[(x - head) * (m + 1) + (y - head)];
    while (i < head + n && j < head + m) {
      if (a[i] === b[j]) same();
      else if (at(i + 1, j) >= at(i, j + 1)) out();
      else put();
    }
  }
  while (i < head + n) out();
  while (j < head + m) put();
  while (i < a.length) same();
  return found;
}

/** For each pair of places the length of the longest common subsequence of what follows. */
function lengths(a: string[], b: string[]): Uint32Array {
  const width = b.length + 1;
  const table = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const place = i * width + j;
      table[place] = a[i] === b[j] ? table[place + width + 1] + 1 : Math.max(table[place + width], table[place + 1]);
    }
  }
  return table;
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\r|\n/);
  if (lines[lines.length - 1] === "") lines.pop();
  return lines;
}

export type Hunk = { lines: DiffLine[] } | { skipped: number };

/** The changes with `context` equal lines around each; longer equal stretches are counted. */
export function hunks(lines: readonly DiffLine[], context = 3): Hunk[] {
  const near = new Uint8Array(lines.length);
  lines.forEach(({ kind }, at) => {
    if (kind !== "same") near.fill(1, Math.max(0, at - context), at + context + 1);
  });
  const found: Hunk[] = [];
  for (let start = 0, end = 0; start < lines.length; start = end) {
    while (end < lines.length && near[end] === near[start]) end++;
    found.push(near[start] ? { lines: lines.slice(start, end) } : { skipped: end - start });
  }
  return found;
}

export interface Piece {
  text: string;
  changed: boolean;
}

/** Which words of a line that was put in the place of another are new, and which of the old one are gone? */
export function diffWords(left: string, right: string): [left: Piece[], right: Piece[]] {
  // Words as lines, so that one search serves both.
  const words = (text: string) => text.match(/\w+|\s+|[^\w\s]/g) ?? [];
  const found = diffLines(words(left).map(hidden).join("\n"), words(right).map(hidden).join("\n"));
  const side = (kind: "out" | "in") => {
    const pieces: Piece[] = [];
    for (const part of found) {
      if (part.kind !== "same" && part.kind !== kind) continue;
      const [changed, text] = [part.kind === kind, shown(part.text)];
      const last = pieces[pieces.length - 1];
      if (last?.changed === changed) last.text += text;
      else pieces.push({ text, changed });
    }
    return pieces;
  };
  return [side("out"), side("in")];
}

const hidden = (word: string) => `|${word}`;
const shown = (word: string) => word.slice(1);

/** The pieces with so much of what is equal around each change; the rest of it becomes an ellipsis. */
export function excerpt(pieces: readonly Piece[], context = 24): Piece[] {
  return pieces.map((piece, at) => {
    if (piece.changed) return piece;
    const [isFirst, isLast] = [at === 0, at === pieces.length - 1];
    const most = (isFirst || isLast ? 1 : 2) * context + 3;
    if (piece.text.length <= most) return piece;
    // Whole words, where there are any.
    const head = isFirst ? "" : piece.text.slice(0, context).replace(/(\s)\S*$/, "$1");
    const tail = isLast ? "" : piece.text.slice(-context).replace(/^\S*(?=\s)/, "");
    return { text: `${head}…${tail}`, changed: false };
  });
}
