/** A popover that is a list of things to do. */

import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./icons";
import { Popover } from "./popover";

export interface Item {
  icon: IconName;
  words: string;
  does: () => void;
  on?: boolean;
  disabled?: boolean;
}

interface MenuProps {
  label: string;
  button: ComponentChildren;
  items: readonly Item[];
  /** Said above the items. */
  says?: string | null;
  align?: "left" | "right";
}

export function Menu({ label, button, items, says = null, align = "left" }: MenuProps) {
  return (
    <Popover label={label} button={button} align={align}>
      {(close) => (
        <>
          {says !== null && <div class="nbt-dim nbt-more">{says}</div>}
          {items.map(({ icon, words, does, on, disabled }) => (
            <button key={words} class="nbt-act" aria-pressed={on} disabled={disabled} onClick={() => (close(), does())}>
              <Icon name={icon} /> {words}
            </button>
          ))}
        </>
      )}
    </Popover>
  );
}
