/** How is a column chosen, or several? */

import { label } from "../../data/columns";

interface PickProps {
  title: string;
  value: string | null;
  among: readonly string[];
  none: boolean;
  set(value: string | null): void;
  /** The names are said as they are. */
  plain?: boolean;
}

export function Pick({ title, value, among, none, set, plain = false }: PickProps) {
  return (
    <label class="nbt-field">
      {title}
      <select class="nbt-input" aria-label={title} value={value ?? ""} onChange={(event) => set(event.currentTarget.value || null)}>
        {none && <option value="">–</option>}
        {[...new Set([...among, ...(value ? [value] : [])])].map((name) => (
          <option key={name} value={name}>
            {plain ? name : label(name)}
          </option>
        ))}
      </select>
    </label>
  );
}

export function Columns({ known, chosen, set }: { known: readonly string[]; chosen: readonly string[]; set(names: string[]): void }) {
  const flip = (name: string) => set(chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name]);
  return (
    <details class="nbt-menu">
      <summary class="nbt-button">Columns</summary>
      <div class="nbt-menu-list nbt-menu-left" tabIndex={-1}>
        {known.map((name) => (
          <label key={name} class="nbt-check">
            <input type="checkbox" checked={chosen.includes(name)} onChange={() => flip(name)} />
            {label(name)}
          </label>
        ))}
      </div>
    </details>
  );
}
