/** The few pictures, drawn here so that nothing has to be loaded. Each has its words beside it for those who do not see it. */

const PATHS = {
  finished: "M3.5 8.5l3 3 6-7",
  failed: "M4.5 4.5l7 7m0-7l-7 7",
  killed: "M4.8 4.8h6.4v6.4H4.8z",
  running: "M8 2.5a5.5 5.5 0 1 1-5.5 5.5",
  abandoned: "M8 2.5a5.5 5.5 0 0 1 4.8 2.8M13.4 8.9a5.5 5.5 0 0 1-3.1 4.1M6.6 13.3A5.5 5.5 0 0 1 3 10.2M2.6 6.9A5.5 5.5 0 0 1 5 3.4",
  scheduled: "M8 4.5V8l2.4 1.6M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11z",
  down: "M4.5 6.5L8 10l3.5-3.5",
  right: "M6.5 4.5L10 8l-3.5 3.5",
  up: "M4.5 9.5L8 6l3.5 3.5",
  close: "M4.5 4.5l7 7m0-7l-7 7",
  columns: "M2.5 3.5h11v9h-11zM6.2 3.5v9M9.8 3.5v9",
  pin: "M5.5 2.5h5l-.7 4 2.2 2.5H4l2.2-2.5zM8 9v4.5",
  search: "M7 3a4 4 0 1 1 0 8 4 4 0 0 1 0-8zm3 7l3.5 3.5",
  grip: "M6 4h.01M6 8h.01M6 12h.01M10 4h.01M10 8h.01M10 12h.01",
  funnel: "M2.5 3.5h11L9.3 8.6v4.4l-2.6-1.5V8.6z",
  heat: "M3 13V9m3.3 4V6.5M9.7 13V4.5M13 13V2.5",
  group: "M2.5 3.5h11M5.5 8h8M5.5 12.5h8M2.5 8h.01M2.5 12.5h.01",
  seed: "M8 13.5V8m0 0C8 5 5.5 3.5 2.5 3.5 2.5 6.5 5 8 8 8zm0 1.5c0-2.5 2.2-4 5.5-4 0 2.5-2.2 4-5.5 4z",
  eye: "M1.8 8S4 3.8 8 3.8 14.2 8 14.2 8 12 12.2 8 12.2 1.8 8 1.8 8zm4.4 0a1.8 1.8 0 1 0 3.6 0 1.8 1.8 0 0 0-3.6 0z",
  tag: "M2.5 2.5h5l6 6-5 5-6-6zM5 5h.01",
  note: "M3.5 2.5h9v7l-3 4h-6zM5.5 6h5M5.5 8.8h3",
  edit: "M3 13l.6-3L10.5 3a1.4 1.4 0 0 1 2.2 2L6 12.4z",
  views: "M4 2.5h8v11L8 10.5l-4 3z",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  copy: "M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z",
  code: "M5.5 4.5L2 8l3.5 3.5M10.5 4.5L14 8l-3.5 3.5",
  save: "M8 2.5v7.5m-3.2-3L8 10.2 11.2 7M2.5 13.5h11",
  chart: "M2.5 2.5v11h11M5 10.5l3-3.5 2 2 3-4",
  page: "M3.5 2.5h6l3 3v8h-9zM9.5 2.5v3h3",
  expand: "M9.5 2.5h4v4M13.5 2.5l-4.5 4.5M6.5 13.5h-4v-4M2.5 13.5L7 9",
  dock: "M2.5 3.5h11v9h-11zM8.5 3.5v9",
  check: "M4 8.2l2.7 2.7L12 5.2",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 14 }: { name: IconName; size?: number }) {
  return (
    <svg class={`nbt-pic nbt-pic-${name}`} width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" />
    </svg>
  );
}
