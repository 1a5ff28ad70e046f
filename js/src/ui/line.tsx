/** Some fields and a button in a line: Enter in a field does what the button does. No form, which many hosts of notebooks forbid. */

import type { ComponentChildren } from "preact";

interface LineProps {
  does: () => void;
  words: string;
  disabled: boolean;
  children: ComponentChildren;
}

export function Line({ does, words, disabled, children }: LineProps) {
  return (
    <div
      class="nbt-dialog-row"
      onKeyDown={(event) => {
        if (event.key !== "Enter" || event.shiftKey || (event.target as Element).tagName !== "INPUT") return;
        event.preventDefault();
        event.stopPropagation();
        if (!disabled) does();
      }}
    >
      {children}
      <button class="nbt-button" disabled={disabled} onClick={does}>
        {words}
      </button>
    </div>
  );
}
