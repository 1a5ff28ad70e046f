/** A list of things to do, below a button or where the pointer is. */

import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./icons";
import { Popover } from "./popover";

export interface Item {
  icon: IconName;
  words: string;
  /** The key that does the same in the table. */
  key?: string;
  does: () => void;
  /** Stands above this item and those after it. */
  heading?: string;
  on?: boolean;
  disabled?: boolean;
}

interface ItemsProps {
  items: readonly Item[];
  close: () => void;
  /** Said above the items. */
  says?: string | null;
}

export function Items({ items, close, says = null }: ItemsProps) {
  return (
    <div class="nbt-items" onKeyDown={walk}>
      {says !== null && <div class="nbt-dim nbt-more">{says}</div>}
      {items.map(({ icon, words, key, does, heading, on, disabled }) => [
        heading && (
          <div key={`${heading} heading`} class="nbt-dim nbt-heading">
            {heading}
          </div>
        ),
        <button key={words} class="nbt-act" aria-pressed={on} disabled={disabled} onClick={() => (close(), does())}>
          <Icon name={icon} />
          <span class="nbt-ellipsis">{words}</span>
          {key && (
            <kbd class="nbt-key" aria-hidden="true">
              {key}
            </kbd>
          )}
        </button>,
      ])}
    </div>
  );
}

/** The arrow keys go from item to item. */
function walk(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const list = [...(event.currentTarget as Element).querySelectorAll<HTMLElement>("button:enabled")];
  const at = list.indexOf(event.target as HTMLElement);
  list[(at + step + list.length) % list.length]?.focus();
  event.preventDefault();
  event.stopPropagation();
}

interface MenuProps extends Omit<ItemsProps, "close"> {
  label: string;
  button: ComponentChildren;
  align?: "left" | "right";
}

export function Menu({ label, button, align = "left", ...list }: MenuProps) {
  return (
    <Popover label={label} button={button} align={align}>
      {(close) => <Items {...list} close={close} />}
    </Popover>
  );
}
