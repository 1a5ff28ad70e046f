/** What do cells have in common: the box that selects, and how the keyboard finds them? */

import { Icon } from "../icons";

/** What a cell of the given column carries, so that the grid finds it and the keyboard can stand on it. */
export function at(column: number, cursor: number) {
  return {
    role: "gridcell" as const,
    "aria-colindex": column + 1,
    "data-column": column,
    tabIndex: cursor === column ? 0 : -1,
  };
}

/** The keyboard selects with the space bar on the line, so that this takes no stop of its own. */
export function Box({ checked, color, name }: { checked: boolean | "mixed"; color?: string | undefined; name: string }) {
  return (
    <span
      class="nbt-box"
      role="checkbox"
      aria-checked={checked}
      aria-label={name}
      data-does="select"
      data-checked={checked}
      style={color ? { background: color, borderColor: color } : undefined}
    >
      {checked === true ? <Icon name="check" size={13} /> : checked === "mixed" ? <span class="nbt-dash" /> : null}
    </span>
  );
}
