/** A bit of a run's line, as a legend shows it. */

import type { Ink } from "../color";

export function Swatch({ ink }: { ink: Ink }) {
  return (
    <svg class="nbt-ink" width="16" height="8" aria-hidden="true">
      <line x1="0" y1="4" x2="16" y2="4" stroke={ink.color} stroke-width="2.5" stroke-dasharray={ink.dash.join(" ")} />
    </svg>
  );
}
