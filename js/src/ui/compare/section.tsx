/** A section of the comparison's table: its head to fold it, and its rows. */

import { useSignal } from "@preact/signals";
import type { Group } from "../../data/compare";
import type { Direction } from "../../data/directions";
import { Fold } from "../charts/icons";
import { CompareRow } from "./row";

/** More rows than this of one section wait for a click. */
const MOST_ROWS = 150;

interface HeadProps {
  name: string;
  count?: number;
  open: boolean;
  toggle: () => void;
  columns: number;
}

export function SectionHead({ name, count, open, toggle, columns }: HeadProps) {
  return (
    <tr class="nbt-compare-section">
      <th scope="rowgroup">
        <button type="button" class="nbt-section-head" aria-expanded={open} onClick={toggle}>
          <Fold open={open} />
          <span>{name}</span>
          {count !== undefined && <span class="nbt-dim">{count}</span>}
        </button>
      </th>
      <td colSpan={columns} />
    </tr>
  );
}

interface SectionProps extends Omit<HeadProps, "name" | "count"> {
  group: Group;
  base: number;
  only: boolean;
  direction: (metric: string) => Direction | null;
}

export function Section({ group, base, only, open, toggle, columns, direction }: SectionProps) {
  const all = useSignal(false);
  const rows = only ? group.rows.filter(({ differs }) => differs) : group.rows;
  if (rows.length === 0) return null;
  const shown = all.value ? rows : rows.slice(0, MOST_ROWS);
  return (
    <tbody>
      <SectionHead name={group.name} count={rows.length} open={open} toggle={toggle} columns={columns} />
      {open && shown.map((row) => <CompareRow key={row.column} row={row} base={base} direction={direction(row.name)} />)}
      {open && shown.length < rows.length && (
        <tr>
          <th scope="row">
            <button type="button" class="nbt-textlink" onClick={() => (all.value = true)}>
              {rows.length - shown.length} more
            </button>
          </th>
          <td colSpan={columns} />
        </tr>
      )}
    </tbody>
  );
}
