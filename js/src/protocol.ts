/**
 * What crosses between the kernel and the browser? This file is the one schema, as data; `npm run protocol` writes the
 * Python mirror nbtrack/dashboard/_protocol.py from it, and a test holds the two together.
 *
 * State is a trait, an event is a message. `bytes` traits and message buffers hold packs (data/pack.ts).
 */

export const PROTOCOL = 1;

/** Each trait with the side that writes it. */
export const TRAITS = {
  uid: { type: "string", owner: "kernel" }, // joins a model and the HTML output that shows it
  frame_kind: { type: "string", owner: "kernel" }, // one of FRAMES
  packed_runs: { type: "bytes", owner: "kernel" }, // a frame pack; empty before the first
  packed_series: { type: "bytes", owner: "kernel" }, // a series pack; empty before the first
  status: { type: "status", owner: "kernel" },
  view: { type: "view", owner: "both" },
  selected: { type: "strings", owner: "both" }, // run ids
} as const;

/** What one output shows: the whole dashboard, or one of its views alone. */
export const FRAMES = ["dashboard", "compare", "chart", "show"] as const;

/**
 * Messages, with the side that sends each. Kernel messages are numbered by `rev`, one after the other across both kinds;
 * a gap means that something was lost, and the browser asks for `resync`.
 */
export const MESSAGES = {
  rows: { from: "kernel", fields: { rev: "number", gone: "strings", status: "status" }, pack: "frame" },
  points: { from: "kernel", fields: { rev: "number" }, pack: "series" },
  // `width`: points wanted of each history, 0 for all of them; bytes wanted of an artifact, 0 for as many as a preview needs.
  // `window`: the part that a `range` is about, else null.
  need: {
    from: "browser",
    fields: { id: "number", what: "string", runs: "strings", keys: "strings", path: "string", width: "number", window: "window" },
  },
  // `seen`: run id to the value that the person saw, null for none; where another stands now, nothing is changed.
  edit: {
    from: "browser",
    fields: { id: "number", what: "string", runs: "strings", key: "string", value: "string", seen: "any" },
  },
  // `more` says that further answers to the same request follow: large series come in several packs.
  answer: { from: "kernel", fields: { id: "number", error: "string", body: "any", more: "boolean" }, pack: "series" },
} as const;

/**
 * What a `need` can ask for. `front`: the code of the front end into the output with the display id `path`, because the
 * output that held it is gone. `series` are histories; `range` is a part of one metric's, whose answer has every point of
 * the part (`whole` in the pack says so) or the extremes of each column. `trees` lists all files of several runs; `models` are those that a run
 * logged, whose id in `keys` makes `artifacts` and `artifact` speak of their files; `commits`
 * compares the repository of two runs, or of one with what it had not committed; `plotly` is plotly.js, for figures among
 * the files. `export` is a file in base64 of what is shown: `path` says of which format, "html" or "parquet".
 * `purgeable` says how much deleted runs take, before a `purge` removes them for good.
 */
export const NEEDS = [
  "hello", "resync", "front", "series", "range", "artifacts", "trees", "artifact", "inputs", "models", "commits", "plotly", "views",
  "export", "purgeable",
] as const;

/**
 * What an `edit` can do. Each is safe to apply twice, and late. A saved view has its name for `key`, and its JSON for
 * `value`. `set_view` says what the page shows: `value` is the JSON of {view} or {selected}; `reset_view` asks for the view
 * of the arguments.
 */
export const EDITS = [
  "rename", "set_tag", "delete_tag", "delete", "restore", "purge", "save_view", "drop_view", "set_view", "reset_view",
] as const;

/** What a person has set up to see. `order` uses the words of search_runs' order_by. */
export const DEFAULT_VIEW = {
  experiments: [] as string[], // ids; none means every active one
  lifecycle: "active", // active | deleted | all
  filter: "",
  order: [] as string[],
  columns: null as string[] | null, // names in order; null means chosen by nbtrack
  pinned_columns: [] as string[], // stay in sight beside the names
  differing: false, // only the columns that differ among the runs that match
  widths: {} as Record<string, number>, // px
  pinned: [] as string[], // run ids kept on top
  hidden: [] as string[], // run ids not drawn in charts
  tree: true,
  collapsed: [] as string[], // run ids whose children are folded
  group: [] as string[], // columns whose equal values put runs together
  opened: [] as string[], // keys of the groups whose runs are shown
  spread: "sd", // sd | ci | minmax: what stands beside the mean of a group
  directions: {} as Record<string, string>, // min | max | none by metric, where set by hand
  heat: [] as string[], // columns coloured by their values
  tab: "charts", // charts | analyse | compare | run
  focus: null as string | null, // the run of the run page
  height: 760, // px of the whole dashboard
  docked: false, // beside the notebook, where the host is JupyterLab or Notebook 7
  split: 0.42, // share of the height that the table takes
  chart: {
    x: "step", // step | time | relative, or the name of a metric
    smoothing: 0, // 0 … 0.99: 1 / (1 - smoothing) points speak together
    smoother: "ema", // ema | gaussian | mean
    log_x: false,
    log_y: false,
    clip: false, // outliers of y lie beyond the axis
    metrics: null as string[] | null, // the only panels, in order; null means all
    formulas: [] as string[], // panels of expressions over metrics, such as "val_loss - loss"
    order: [] as string[], // panels put first by hand, in each section
    spans: {} as Record<string, number>, // columns of the grid that a panel is wide; 1 where nothing is said
    heights: {} as Record<string, number>, // px of a panel, where it is set by hand
    band: "sd", // sd | ci | minmax around the mean of a group, or none for a line a run all the same
    search: "",
    big: null as string | null, // the panel in focus
  },
  analyse: {
    kind: "parallel", // parallel | scatter | bars | box | grid | importance | history | media
    metric: null as string | null, // null means chosen by nbtrack, as everywhere here
    x: null as string | null, // columns
    y: null as string | null,
    color: null as string | null,
    columns: null as string[] | null, // of the parallel coordinates, in order
    media: null as string | null, // which pictures, tables or pages
  },
  compare: {
    differences: false,
    baseline: null as string | null,
    pick: "last", // last | best | min | max | step: which value of a metric
    step: 0, // where `pick` says so
    file: null as string | null, // the path whose files stand side by side
  },
};

/** What the kernel knows about the store and about itself. */
export const DEFAULT_STATUS = {
  store: { label: "", kind: "file", read_only: false },
  experiments: [] as { id: string; name: string; stage: string; runs: number; created: number | null }[],
  running: [] as string[], // runs that this kernel is writing now
  abandoned: {} as Record<string, number | null>, // runs left open by a process that is gone: its last sign of life, ms
  damages: [] as { path: string; problem: string; remedy: string }[],
  colors: {} as Record<string, string>, // by run id: chosen ones of a store that can only be read
  notes: [] as string[], // what was left out or cut, said to the person
  loaded: false,
  made_at: 0, // ms; when the kernel wrote this
  rev: 0, // of the last message that the traits already include
};

/** A part of the x axis, divided into columns. `spans` are those of each run, from and to counted from zero; null: no end. */
export interface Window {
  axis: "step" | "time"; // time in ms
  log: boolean;
  columns: number;
  spans: [from: number | null, to: number | null, zero: number][];
}

type Kinds = {
  string: string;
  number: number;
  boolean: boolean;
  strings: readonly string[];
  bytes: DataView;
  status: Status;
  view: View;
  window: Window | null;
  any: unknown;
};
export type View = typeof DEFAULT_VIEW;
export type Status = typeof DEFAULT_STATUS;
export type Experiment = Status["experiments"][number];
export type FrameKind = (typeof FRAMES)[number];
export type Need = (typeof NEEDS)[number];
export type Edit = (typeof EDITS)[number];
export type Traits = { -readonly [K in keyof typeof TRAITS]: Kinds[(typeof TRAITS)[K]["type"]] };
export type Fields<M extends keyof typeof MESSAGES> = {
  -readonly [K in keyof (typeof MESSAGES)[M]["fields"]]: Kinds[(typeof MESSAGES)[M]["fields"][K] & keyof Kinds];
};
