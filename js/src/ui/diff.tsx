/** Lines that were taken out and put in, with the words in which they differ. */

import { diffLines, diffWords, hunks, type DiffLine, type Hunk, type Piece } from "../data/diff";

/** What changed from one text to another. */
export function TextDiff({ left, right, same }: { left: string; right: string; same: string }) {
  const lines = diffLines(left, right);
  if (lines.every(({ kind }) => kind === "same")) return <p class="nbt-quiet">{same}</p>;
  return <Hunks hunks={hunks(lines)} />;
}

export function Hunks({ hunks }: { hunks: readonly Hunk[] }) {
  return (
    <div class="nbt-diff nbt-mono" role="table" aria-label="Changed lines" tabIndex={0}>
      {hunks.map((hunk, at) =>
        "skipped" in hunk ? (
          <div key={at} class="nbt-diff-skip nbt-dim" role="row">
            {hunk.skipped} equal {hunk.skipped === 1 ? "line" : "lines"}
          </div>
        ) : (
          withWords(hunk.lines).map(({ line, pieces }, place) => <LineOf key={`${at} ${place}`} line={line} pieces={pieces} />)
        ),
      )}
    </div>
  );
}

interface Told {
  line: DiffLine;
  pieces: Piece[] | null;
}

/** Lines put in the place of as many others are told apart word by word. */
function withWords(lines: readonly DiffLine[]): Told[] {
  const told: Told[] = lines.map((line) => ({ line, pieces: null }));
  for (let at = 0; at < lines.length; ) {
    const run = (kind: DiffLine["kind"], from: number) => {
      let end = from;
      while (lines[end]?.kind === kind) end++;
      return end;
    };
    const middle = run("out", at);
    const end = run("in", middle);
    if (middle - at === end - middle) {
      for (let i = at; i < middle; i++) {
        const other = i - at + middle;
        [told[i].pieces, told[other].pieces] = diffWords(lines[i].text, lines[other].text);
      }
    }
    at = Math.max(end, at + 1);
  }
  return told;
}

function LineOf({ line: { kind, text, left, right }, pieces }: Told) {
  const word = { same: "", out: "removed", in: "added" }[kind];
  return (
    <div class={`nbt-diff-line nbt-diff-${kind}`} role="row">
      <span class="nbt-diff-at nbt-dim">{left ?? ""}</span>
      <span class="nbt-diff-at nbt-dim">{right ?? ""}</span>
      <span class="nbt-diff-sign">{{ same: " ", out: "−", in: "+" }[kind]}</span>
      {word && <span class="nbt-sr">{word}</span>}
      <span class="nbt-diff-text">{pieces ? pieces.map((piece) => (piece.changed ? <mark class="nbt-diff-word">{piece.text}</mark> : piece.text)) : text}</span>
    </div>
  );
}
