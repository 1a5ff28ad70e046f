/** A line that can be dragged, or moved with the arrow keys, to give one side more room. */

import { useRef } from "preact/hooks";

interface Props {
  class: string;
  label: string;
  value: number;
  least: number;
  most: number;
  /** Units of the value per pixel. */
  scale?: () => number;
  change: (to: number) => void;
}

export function Split({ class: name, label, value, least, most, scale = () => 1, change }: Props) {
  const from = useRef<{ y: number; value: number } | null>(null);
  const set = (to: number) => change(Math.max(least, Math.min(most, to)));
  return (
    <div
      class={`nbt-handle ${name}`}
      role="separator"
      aria-orientation="horizontal"
      aria-label={label}
      aria-valuenow={Math.round(value)}
      aria-valuemin={least}
      aria-valuemax={most}
      tabIndex={0}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = { y: event.clientY, value };
      }}
      onPointerMove={(event) => from.current && set(from.current.value + (event.clientY - from.current.y) * scale())}
      onPointerUp={() => (from.current = null)}
      onPointerCancel={() => (from.current = null)}
      onKeyDown={(event) => {
        const by = event.key === "ArrowUp" ? -20 : event.key === "ArrowDown" ? 20 : 0;
        if (by === 0) return;
        set(value + by * scale());
        event.preventDefault();
        event.stopPropagation();
      }}
    />
  );
}
