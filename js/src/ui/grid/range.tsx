/** Which numbers of a column are to be seen? A small histogram, and the two ends of a range. */

import { useRef } from "preact/hooks";
import { bins, numbersIn, type Bins } from "../../data/bins";
import type { Column } from "../../data/frame";
import { duration as readDuration } from "../../query/values";
import { inMs, readQuick, writeQuick } from "../../state/quick";
import { setView, type State } from "../../state/state";
import { duration as inWords, num } from "../format";

const WIDTH = 244;
const HEIGHT = 44;

export function Range({ state, name, column }: { state: State; name: string; column: Column }) {
  const frame = state.table.frame.value;
  const { filter } = state.view.value;
  const timed = name === "duration";
  const found = bins(numbersIn(column, state.table.scopeRows.value));
  const quick = readQuick(filter, name);
  const range = quick && !("values" in quick) ? quick : { low: null, high: null };
  const write = (change: Partial<typeof range>) => {
    const next = { ...range, ...change };
    const empty = next.low === null && next.high === null;
    setView(state, { filter: writeQuick(frame, filter, name, empty ? null : next, timed ? inMs : undefined) });
  };
  const read = (text: string) => (text.trim() === "" ? null : timed ? readDuration(text.trim()) : Number(text.replace("−", "-")));
  const say = (value: number | null) => (value === null ? "" : timed ? inWords(value) : String(value));
  const end = (which: "low" | "high", words: string) => (
    <input
      class="nbt-input"
      aria-label={words}
      placeholder={found ? (timed ? inWords : num)(found[which]) : words}
      value={say(range[which])}
      onChange={(event) => {
        const value = read(event.currentTarget.value);
        if (value === null ? event.currentTarget.value.trim() === "" : !Number.isNaN(value)) write({ [which]: value });
      }}
    />
  );
  return (
    <fieldset class="nbt-quick">
      <legend>Between</legend>
      {found && <Histogram found={found} low={range.low} high={range.high} pick={(low, high) => write({ low, high })} say={timed ? inWords : num} />}
      <div class="nbt-ends">
        {end("low", "At least")}
        <span class="nbt-dim">to</span>
        {end("high", "At most")}
        <button class="nbt-plain" disabled={quick === null} onClick={() => write({ low: null, high: null })}>
          All
        </button>
      </div>
    </fieldset>
  );
}

interface HistogramProps {
  found: Bins;
  low: number | null;
  high: number | null;
  pick: (low: number, high: number) => void;
  say: (value: number) => string;
}

/** A click on a bar keeps its values; a drag over several keeps theirs. */
function Histogram({ found, low, high, pick, say }: HistogramProps) {
  const most = Math.max(...found.counts);
  const step = (found.high - found.low) / found.counts.length;
  const bar = WIDTH / found.counts.length;
  // Of values in the middle of a bar, whole digits enough to tell the bars apart.
  const digits = Math.max(0, Math.ceil(-Math.log10(step)) + 1);
  const round = (value: number) => Number(value.toFixed(Math.min(12, digits)));
  const at = (event: PointerEvent) => {
    const { left, width } = (event.currentTarget as Element).getBoundingClientRect();
    return Math.max(0, Math.min(found.counts.length - 1, Math.floor(((event.clientX - left) / width) * found.counts.length)));
  };
  const from = useRef<number | null>(null); // outlives a line that comes in meanwhile
  return (
    <svg
      class="nbt-histogram"
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`${say(found.low)} to ${say(found.high)}`}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = at(event);
      }}
      onPointerUp={(event) => {
        if (from.current === null) return;
        const [a, b] = [from.current, at(event)].sort((x, y) => x - y);
        from.current = null;
        pick(round(found.low + a * step), round(found.low + (b + 1) * step));
      }}
    >
      {found.counts.map((count, i) => {
        const start = found.low + i * step;
        const out = (low !== null && start + step <= low) || (high !== null && start >= high);
        const height = count === 0 ? 0 : Math.max(2, (count / most) * (HEIGHT - 2));
        return (
          <rect key={i} class={out ? "nbt-bar nbt-out" : "nbt-bar"} x={i * bar + 0.5} y={HEIGHT - height} width={bar - 1} height={height}>
            <title>{`${say(start)} to ${say(start + step)}: ${count}`}</title>
          </rect>
        );
      })}
    </svg>
  );
}
