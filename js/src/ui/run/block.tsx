/** A titled part of the run page. What is folded is not made, and asks the kernel for nothing. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { Fold } from "../charts/icons";

export function Block({ title, open = true, children }: { title: string; open?: boolean; children: ComponentChildren }) {
  const unfolded = useSignal(open);
  return (
    <section class="nbt-block" aria-label={title}>
      <button
        type="button"
        class="nbt-section-head"
        aria-expanded={unfolded.value}
        onClick={() => (unfolded.value = !unfolded.value)}
      >
        <Fold open={unfolded.value} />
        <span>{title}</span>
      </button>
      {unfolded.value && <div class="nbt-block-body">{children}</div>}
    </section>
  );
}
