/** A value that may be long: its beginning, and the rest when asked for. */

import { useSignal } from "@preact/signals";

export function Long({ text, most = 200 }: { text: string; most?: number }) {
  const open = useSignal(false);
  if (text.length <= most) return <span class="nbt-long">{text}</span>;
  return (
    <span class="nbt-long">
      {open.value ? text : `${text.slice(0, most - 20)}…`}{" "}
      <button type="button" class="nbt-textlink" aria-expanded={open.value} onClick={() => (open.value = !open.value)}>
        {open.value ? "less" : "more"}
      </button>
    </span>
  );
}
