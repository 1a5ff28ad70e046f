/** Which numbers of a column are to be seen? A small histogram, and the two ends of a range. */

import { useRef } from "preact/hooks";
import { bins, numbersIn, rangeOf, type Bins } from "../../data/bins";
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
      placeholder={found ? (timed ? inWords : short)(which === "low" ? found.edges[0] : found.edges.at(-1)!) : words}
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

/** As much of a number as the field has room for. */
const short = (value: number): string => num(Number(value.toPrecision(3)));

interface HistogramProps {
  found: Bins;
  low: number | null;
  high: number | null;
  pick: (low: number, high: number) => void;
  say: (value: number) => string;
}

/** A click on a bar keeps exactly the values that it counts; a drag over several keeps theirs. An empty one does nothing. */
function Histogram({ found, low, high, pick, say }: HistogramProps) {
  const most = Math.max(...found.counts);
  const bar = WIDTH / found.counts.length;
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
      aria-label={`${say(found.edges[0])} to ${say(found.edges.at(-1)!)}`}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = at(event);
      }}
      onPointerUp={(event) => {
        if (from.current === null) return;
        const [a, b] = [from.current, at(event)].sort((x, y) => x - y);
        from.current = null;
        const range = rangeOf(found, a, b);
        if (range) pick(...range);
      }}
    >
      {found.counts.map((count, i) => {
        const [start, end] = [found.edges[i], found.edges[i + 1]];
        const [least, greatest] = count > 0 ? found.spans[i] : [start, end];
        const out = (low !== null && greatest < low) || (high !== null && least > high);
        const height = count === 0 ? 0 : Math.max(2, (count / most) * (HEIGHT - 2));
        return (
          <rect key={i} class={out ? "nbt-bar nbt-out" : "nbt-bar"} x={i * bar + 0.5} y={HEIGHT - height} width={bar - 1} height={height}>
            <title>{`${say(start)} to ${i < found.counts.length - 1 ? "below " : ""}${say(end)}: ${count}`}</title>
          </rect>
        );
      })}
    </svg>
  );
}
