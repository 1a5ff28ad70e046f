/** A titled part of the run page. What is folded is not made, and asks the kernel for nothing. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { Fold } from "../charts/icons";

interface BlockProps {
  title: string;
  /** How much is in it, where that is known. */
  count?: string | number | undefined;
  open?: boolean;
  children: ComponentChildren;
}

export function Block({ title, count, open = true, children }: BlockProps) {
  const unfolded = useSignal(open);
  return (
    <section class="nbt-block" aria-label={title}>
      <button
        type="button"
        class="nbt-section-head"
        aria-expanded={unfolded.value}
        aria-description={count === undefined ? undefined : String(count)}
        onClick={() => (unfolded.value = !unfolded.value)}
      >
        <Fold open={unfolded.value} />
        <span>{title}</span>
        {count !== undefined && (
          <span class="nbt-dim" aria-hidden="true">
            {count}
          </span>
        )}
      </button>
      {unfolded.value && <div class="nbt-block-body">{children}</div>}
    </section>
  );
}
