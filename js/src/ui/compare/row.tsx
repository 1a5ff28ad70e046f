/** One row of the comparison: a value of each run, what stands out marked. */

import { useSignal } from "@preact/signals";
import { bestPlaces, change, unlike, type Row, type Value } from "../../data/compare";
import { hasBest, type Direction } from "../../data/directions";
import { dateTime, duration, num } from "../format";
import { LongValue, pairOf } from "./long_value";
import { Markdown } from "../run/markdown";
import { StatusBadge } from "../status";

/** `direction` counts for metrics: is less better, or more? */
export function CompareRow({ row, base, direction: sense }: { row: Row; base: number; direction: Direction }) {
  const { kind, name, values, differs } = row;
  const ranked = kind === "metric" && hasBest(name);
  const best = new Set(ranked ? bestPlaces(values, sense) : []);
  const isText = kind === "text" || kind === "status" || kind === "note" || kind === "commit";
  const apart = isText && differs ? unlike(values, base) : [];
  const whole = useSignal(false); // of long values
  return (
    <tr class={differs ? "nbt-differs" : ""}>
      <th scope="row" title={ranked ? `${name} (${sense === "min" ? "less" : "more"} is better)` : name}>
        {name}
      </th>
      {values.map((value, place) => (
        <td
          key={place}
          class={[
            isText ? "" : "nbt-number",
            best.has(place) ? "nbt-winner" : "",
            apart[place] ? "nbt-apart" : "",
            place === base ? "nbt-baseline" : "",
          ].join(" ")}
          title={kind === "metric" && value !== null ? `min ${num(row.min![place])} · max ${num(row.max![place])}` : undefined}
        >
          {kind === "text" && typeof value === "string" ? (
            <LongValue text={value} beside={differs ? pairOf(values, place, base) : null} whole={whole} />
          ) : (
            <Cell value={value} kind={kind} />
          )}
          {row.steps?.[place] != null && <span class="nbt-change nbt-dim">of step {num(row.steps[place])}</span>}
          {kind === "metric" && base >= 0 && place !== base && <Difference value={value} base={values[base]} sense={sense} ranked={ranked} />}
        </td>
      ))}
    </tr>
  );
}

function Cell({ value, kind }: { value: Value; kind: Row["kind"] }) {
  if (value === null) return <span class="nbt-blank">–</span>;
  if (kind === "status") return <StatusBadge status={value as string} />;
  if (kind === "commit") return <code class="nbt-mono" title={value as string}>{(value as string).slice(0, 10)}</code>;
  if (kind === "note") return <Markdown text={value as string} />;
  if (kind === "time") return <>{dateTime(value as number)}</>;
  if (kind === "duration") return <>{duration(value as number)}</>;
  if (typeof value === "number") return <>{num(value)}</>;
  return <>{value}</>;
}

interface DifferenceProps {
  value: Value;
  base: Value;
  sense: "min" | "max";
  /** Is one way the better one? */
  ranked: boolean;
}

function Difference({ value, base, sense, ranked }: DifferenceProps) {
  const found = change(value, base, sense);
  if (!found || found.turn === "same") return <span class="nbt-change nbt-dim">{found ? "=" : ""}</span>;
  const { by, share, turn } = found;
  const sign = (number: number, text: string) => (number > 0 ? `+${text}` : text);
  const percent = share === null ? "" : ` (${sign(share, num(Number((share * 100).toPrecision(3))))} %)`;
  return (
    <span class={`nbt-change ${ranked ? `nbt-${turn}` : "nbt-dim"}`} title={ranked ? turn : undefined}>
      {sign(by, num(Number(by.toPrecision(4))))}
      {percent}
    </span>
  );
}
