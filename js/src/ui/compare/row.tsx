/** One row of the comparison: a value of each run, what stands out marked. */

import { useSignal } from "@preact/signals";
import { bestPlaces, change, unlike, type Row, type Value } from "../../data/compare";
import type { Direction } from "../../data/directions";
import { dateTime, duration, num, percent } from "../format";
import { CommitLink } from "../commit_link";
import { LongValue, pairOf } from "./long_value";
import { Markdown } from "../run/markdown";
import { StatusBadge } from "../status";

/** `direction` counts for metrics: which way is better, null where nobody says. */
export function CompareRow({ row, base, direction: sense }: { row: Row; base: number; direction: Direction | null }) {
  const { kind, name, values, differs } = row;
  const ranked = kind === "metric" && sense !== null;
  const best = new Set(ranked ? bestPlaces(values, sense) : []);
  const isText = kind === "text" || kind === "status" || kind === "note" || kind === "commit";
  const apart = isText && differs ? unlike(values, base) : [];
  const whole = useSignal(false); // of long values
  return (
    <tr class={differs ? "nbt-differs" : ""}>
      <th scope="row" title={ranked ? `${name} (goal: ${sense === "min" ? "minimize" : "maximize"})` : name}>
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
            <Cell value={value} kind={kind} remote={row.remotes?.[place] ?? null} />
          )}
          {row.steps?.[place] != null && <span class="nbt-change nbt-dim">of step {num(row.steps[place])}</span>}
          {kind === "metric" && base >= 0 && place !== base && <Difference value={value} base={values[base]} sense={sense} />}
        </td>
      ))}
    </tr>
  );
}

function Cell({ value, kind , remote }: { value: Value; kind: Row["kind"] ; remote: string | null }) {
  if (value === null) return <span class="nbt-blank">–</span>;
  if (kind === "status") return <StatusBadge status={value as string} />;
  if (kind === "commit") return <CommitLink commit={value as string} remote={remote} />;
  if (kind === "note") return <Markdown text={value as string} />;
  if (kind === "time") return <>{dateTime(value as number)}</>;
  if (kind === "duration") return <>{duration(value as number)}</>;
  if (typeof value === "number") return <>{num(value)}</>;
  return <>{value}</>;
}

interface DifferenceProps {
  value: Value;
  base: Value;
  /** null: neither way is the better one. */
  sense: Direction | null;
}

function Difference({ value, base, sense }: DifferenceProps) {
  const found = change(value, base, sense);
  if (!found || found.turn === "same") return <span class="nbt-change nbt-dim">{found ? "=" : ""}</span>;
  const { by, share, turn } = found;
  const sign = (number: number, text: string) => (number > 0 ? `+${text}` : text);
  const relative = share === null ? "" : ` (${sign(share, percent(share))})`;
  return (
    <span class={`nbt-change ${turn === "unknown" ? "nbt-dim" : `nbt-${turn}`}`} title={turn === "unknown" ? undefined : turn}>
      {sign(by, num(Number(by.toPrecision(4))))}
      {relative}
    </span>
  );
}
