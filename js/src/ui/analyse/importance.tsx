/** Which params a metric hangs on: two measures as bars, and what must be known before believing them. */

import { label } from "../../data/columns";
import { number, text, type Frame } from "../../data/frame";
import { foretold, importancesOf, type Found, type Importance } from "../../data/importance";
import { num } from "../format";

export function importancesIn(frame: Frame, rows: readonly number[], metric: string, params: readonly string[]): Found {
  const columns = params.map((name) => [label(name), rows.map((row) => text(frame, name, row))] as const);
  const ids = rows.map((row) => frame.ids[row]);
  return importancesOf(columns, rows.map((row) => number(frame, `metrics.${metric}`, row)), ids);
}

export function Importances({ found, metric }: { found: Found; metric: string }) {
  const { importances, notes } = found;
  const told = foretold(found, metric);
  return (
    <div class="nbt-importance">
      {told && <p class="nbt-quiet">{told}</p>}
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
      {importances.some(({ permutation }) => permutation !== null) && (
        <p class="nbt-quiet">Permutation importance: how much worse the ranking is predicted when this param’s values are shuffled, as a share of its variance. Never more than the params explain together.</p>
      )}
      {importances.length > 0 && (
        <p class="nbt-quiet">{`Rank correlation: 1 where more of the param always goes with more ${metric}, −1 where it goes with less, 0 where neither.`}</p>
      )}
      {importances.some(({ signed }) => !signed) && (
        <p class="nbt-quiet">±: categorical param. It has no direction, only a strength (epsilon squared, its bias removed).</p>
      )}
    </div>
  );
}

const permutationText = ({ permutation, spread }: Importance) => `${permutation!.toFixed(2).replace(/^-0\.00$/, "0.00").replace("-", "−")} ± ${spread.toFixed(2)}`;

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
