/** The small pictures on the buttons of charts. */

import type { ComponentChildren } from "preact";

function Icon({ children }: { children: ComponentChildren }) {
  return (
    <svg width="14" height="14" viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.5" aria-hidden="true">
      {children}
    </svg>
  );
}

export const Grow = () => (
  <Icon>
    <path d="M9.5 2.5h4v4M6.5 13.5h-4v-4M13.5 2.5 9 7M2.5 13.5 7 9" />
  </Icon>
);

export const Shrink = () => (
  <Icon>
    <path d="M13 7H9V3M3 9h4v4M9 7l4.5-4.5M7 9l-4.5 4.5" />
  </Icon>
);

export const Save = () => (
  <Icon>
    <path d="M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11" />
  </Icon>
);

export const Fold = ({ open }: { open: boolean }) => (
  <Icon>
    <path d={open ? "M4 6l4 4 4-4" : "M6 4l4 4-4 4"} />
  </Icon>
);

export const Corner = () => (
  <Icon>
    <path d="M13.5 7.5l-6 6M13.5 11.5l-2 2" />
  </Icon>
);

export const Grip = () => (
  <Icon>
    <path d="M6 4v0M6 8v0M6 12v0M10 4v0M10 8v0M10 12v0" stroke-width="2" stroke-linecap="round" />
  </Icon>
);
