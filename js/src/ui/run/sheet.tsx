/** A table among a run's files, as text in cells. */

import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { isNumeric, type Sheet } from "../../data/sheet";

const MORE = 200;
const MOST_COLUMNS = 60;

interface Props {
  sheet: Sheet;
  /** Cells that are not as in it, at the same row and column, stand out. */
  base?: Sheet | null;
  /** The sheet ends before the file does. */
  cut?: boolean;
  /** How many rows and columns the file has, where that is known to be more. */
  all?: { all_rows: number; all_columns: number } | undefined;
}

export function SheetTable({ sheet, base = null, cut = false, all }: Props) {
  const most = useSignal(MORE);
  const columns = sheet.columns.slice(0, MOST_COLUMNS);
  const rows = all?.all_rows ?? sheet.rows.length;
  const width = all?.all_columns ?? sheet.columns.length;
  const numeric = useMemo(() => columns.map((_, i) => isNumeric(sheet, i)), [sheet]);
  const places = useMemo(() => columns.map((name) => base?.columns.indexOf(name) ?? -1), [sheet, base]);
  const differs = (row: number, column: number, value: string | null) =>
    base !== null && (places[column] < 0 || (base.rows[row]?.[places[column]] ?? null) !== value);
  return (
    <>
      <div class="nbt-sheet-scroll" tabIndex={0} role="region" aria-label="Table">
        <table class="nbt-sheet-table">
          <thead>
            <tr>
              {columns.map((name, i) => (
                <th scope="col" key={i} class={numeric[i] ? "nbt-number" : ""}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sheet.rows.slice(0, most.value).map((row, at) => (
              <tr key={at}>
                {columns.map((_, i) => (
                  <td key={i} class={`${numeric[i] ? "nbt-number" : ""} ${differs(at, i, row[i]) ? "nbt-apart" : ""}`} title={row[i] && row[i].length > 40 ? row[i].slice(0, 500) : undefined}>
                    {row[i] === null ? <span class="nbt-blank">–</span> : row[i].slice(0, 200)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="nbt-quiet">
        {all && all.all_rows > sheet.rows.length && `The first ${sheet.rows.length} of `}
        {rows.toLocaleString("en")} {rows === 1 ? "row" : "rows"}
        {cut && !all && " of its beginning"}, {width} {width === 1 ? "column" : "columns"}
        {width > columns.length && `, the first ${columns.length} shown`}
        {sheet.rows.length > most.value && (
          <>
            {" · "}
            <button type="button" class="nbt-textlink" onClick={() => (most.value += 5 * MORE)}>
              more rows
            </button>
          </>
        )}
      </p>
    </>
  );
}
