/** Which params a metric hangs on: two measures as bars, and what must be known before believing them. */

import { useMemo } from "preact/hooks";
import { label } from "../../data/columns";
import { number, text, type Frame } from "../../data/frame";
import { importancesOf, type Found, type Importance } from "../../data/importance";
import { num } from "../format";

export function importancesIn(frame: Frame, rows: readonly number[], metric: string, params: readonly string[]): Found {
  const columns = params.map((name) => [label(name), rows.map((row) => text(frame, name, row))] as const);
  return importancesOf(columns, rows.map((row) => number(frame, `metrics.${metric}`, row)));
}

export function Importances({ frame, rows, metric, params }: { frame: Frame; rows: number[]; metric: string; params: readonly string[] }) {
  const found = useMemo(() => importancesIn(frame, rows, metric, params), [frame, rows.join(), metric, params.join("\n")]);
  const { importances, explained, notes, runs } = found;
  return (
    <div class="nbt-importance">
      {explained !== null && (
        <p class="nbt-quiet">{`The nearest runs foretell ${Math.round(100 * Math.max(0, explained))} % of the ranks' variance of ${metric} (${runs} runs).`}</p>
      )}
      {notes.map((note) => (
        <p class="nbt-warning" key={note}>
          {note}
        </p>
      ))}
      {importances.length > 0 && (
        <table class="nbt-metrics">
          <thead>
            <tr>
              <th scope="col">param</th>
              <th scope="col">permutation importance</th>
              <th scope="col">rank correlation</th>
            </tr>
          </thead>
          <tbody>
            {importances.map((each) => (
              <tr key={each.param}>
                <th scope="row">{each.param}</th>
                <td>{each.permutation === null ? <span class="nbt-dim">too few runs</span> : <Bar value={each.permutation} text={permutationText(each)} />}</td>
                <td>
                  <Bar value={each.correlation} text={`${each.signed ? "" : "± "}${num(Number(each.correlation.toPrecision(2)))}`} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {importances.some(({ signed }) => !signed) && (
        <p class="nbt-quiet">± stands where a param is of words: they have no order, so only the strength is known.</p>
      )}
    </div>
  );
}

const permutationText = ({ permutation, spread }: Importance) => `${permutation!.toFixed(2).replace("-", "−")} ± ${spread.toFixed(2)}`;

function Bar({ value, text: said }: { value: number; text: string }) {
  const size = Math.min(1, Math.abs(value)) * 50;
  return (
    <span class="nbt-measure">
      <span class="nbt-measure-track">
        <span class={value < 0 ? "nbt-measure-bar nbt-negative" : "nbt-measure-bar"} style={{ left: `${value < 0 ? 50 - size : 50}%`, width: `${size}%` }} />
      </span>
      <span class="nbt-number">{said}</span>
    </span>
  );
}
