/** One path, and the file of each run under it, at the same scale. Only what is seen is asked of the kernel. */

import { useSignal, type Signal } from "@preact/signals";
import type { RefObject } from "preact";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { Sheet } from "../../data/sheet";
import { readFile, type FileBytes } from "../../state/artifacts";
import type { State } from "../../state/state";
import { Swatch } from "../charts/swatch";
import { TextDiff } from "../diff";
import { drawnRuns, runName } from "../drawn";
import { Await, useFetched } from "../fetched";
import { FileBody } from "../run/body";
import { bytesText } from "../run/bytes";
import { FIGURE_BYTES, figureOf, kindOf, mayBeFigure, readable, sheetOf, type Kind } from "../run/kinds";
import { PlotlyCards, type Card } from "../run/plotly";
import { SaveFile } from "../run/preview";
import { useSeen } from "../seen";

const WIDTHS = { S: 220, M: 360, L: 620 } as const;
type Size = keyof typeof WIDTHS;
/** Between columns, and the least that one may be wide where two share the room. */
const GAP = 12;
const LEAST = 200;

interface Props {
  state: State;
  ids: readonly string[];
  name: string;
  /** The path of the file in each of the runs that have it. */
  paths: ReadonlyMap<string, string>;
}

export function FileColumns({ state, ids, name, paths }: Props) {
  const first = ids.find((run) => paths.has(run))!;
  const path = paths.get(first)!;
  const most = mayBeFigure(path) ? FIGURE_BYTES : 0;
  const fetched = useFetched(state, `${first} ${path}`, () => readFile(state, first, path, most));
  return <Await fetched={fetched}>{(lead) => <Columns state={state} ids={ids} name={name} paths={paths} lead={lead} />}</Await>;
}

function Columns({ state, ids, name, paths, lead }: Props & { lead: FileBytes }) {
  const runs = ids.filter((run) => paths.has(run));
  const kind = useMemo(() => kindOf(lead), [lead]);
  const size = useSignal<Size>("M");
  const lines = useSignal(false); // only the lines that differ
  const same = useSignal(true);
  const isText = kind === "text" || kind === "json";
  const shared = useShared(lead, kind);
  const [box, room] = useRoom();
  // In a narrow place two still stand side by side; L is for who wants one large.
  const width = size.value === "L" || runs.length < 2 ? WIDTHS[size.value] : Math.min(WIDTHS[size.value], Math.max(LEAST, Math.floor((room - GAP) / 2)));
  return (
    <div ref={box}>
      <div class="nbt-controls">
        <span class="nbt-segments" role="group" aria-label="Width of a column">
          {(Object.keys(WIDTHS) as Size[]).map((each) => (
            <button type="button" key={each} class="nbt-button" aria-pressed={size.value === each} onClick={() => (size.value = each)}>
              {each}
            </button>
          ))}
        </span>
        {isText && runs.length > 1 && <Check label="Only what differs from the first" on={lines} />}
        {kind === "plotly" && <Check label="The same axes" on={same} />}
      </div>
      {kind === "plotly" ? (
        <Figures state={state} ids={ids} paths={paths} width={width} same={same.value} />
      ) : (
        <div class="nbt-abreast" tabIndex={0} role="region" aria-label={name}>
          {ids.map((run) => (
            <Column key={run} state={state} run={run} path={paths.get(run) ?? null} name={name} width={width} lead={run === runs[0] ? null : shared} lines={lines.value && isText} shared={shared} />
          ))}
        </div>
      )}
    </div>
  );
}

/** The px that an element is wide. */
function useRoom(): [RefObject<HTMLDivElement | null>, number] {
  const box = useRef<HTMLDivElement>(null);
  const room = useSignal(Infinity);
  useLayoutEffect(() => {
    const look = () => (room.value = box.current!.clientWidth);
    look();
    const sized = new ResizeObserver(look);
    sized.observe(box.current!);
    return () => sized.disconnect();
  }, []);
  return [box, room.value];
}

function Check({ label, on }: { label: string; on: Signal<boolean> }) {
  return (
    <label class="nbt-check">
      <input type="checkbox" checked={on.value} onChange={(event) => (on.value = event.currentTarget.checked)} />
      {label}
    </label>
  );
}

/** What the columns have in common. */
interface Shared {
  file: FileBytes;
  kind: Kind;
  sheet: Sheet | null;
  scripts: Signal<boolean>;
  widest: Signal<number>;
}

function useShared(file: FileBytes, kind: Kind): Shared {
  const scripts = useSignal(false);
  const widest = useSignal(0);
  return useMemo(() => {
    const sheet = kind === "table" ? sheetOf(file) : null;
    return { file, kind, sheet, scripts, widest };
  }, [file, kind]);
}

interface ColumnProps {
  state: State;
  run: string;
  /** null where it has no such file. */
  path: string | null;
  /** Of the files together. */
  name: string;
  width: number;
  /** What it is compared with; null for the first one. */
  lead: Shared | null;
  lines: boolean;
  shared: Shared;
}

function Column({ state, run, path, name: file, width, lead, lines, shared }: ColumnProps) {
  const [box, seen] = useSeen<HTMLElement>();
  const name = runName(state.frame.value, run);
  const ink = drawnRuns(state).inks.get(run)!;
  return (
    <section ref={box} class="nbt-column" style={{ width: `${width}px` }} aria-label={`${file} of ${name}`}>
      <div class="nbt-column-head">
        <Swatch ink={ink} />
        <span class="nbt-run-chip-name">{name}</span>
      </div>
      {path === null && <p class="nbt-quiet">This run has no such file.</p>}
      {path !== null && (lead === null ? <Shown state={state} run={run} file={shared.file} lead={null} lines={false} shared={shared} /> : seen && <Asked state={state} run={run} path={path} lead={lead} lines={lines} shared={shared} />)}
    </section>
  );
}

function Asked({ state, run, path, ...rest }: Pick<ColumnProps, "state" | "run" | "lead" | "lines" | "shared"> & { path: string }) {
  const fetched = useFetched(state, `${run} ${path}`, () => readFile(state, run, path));
  return <Await fetched={fetched}>{(file) => <Shown state={state} run={run} file={file} {...rest} />}</Await>;
}

function Shown({ state, run, file, lead, lines, shared }: Pick<ColumnProps, "state" | "run" | "lead" | "lines" | "shared"> & { file: FileBytes }) {
  const { kind, sheet, scripts, widest } = shared;
  const same = useMemo(() => lead !== null && sameBytes(file.bytes, lead.file.bytes), [file, lead]);
  return (
    <>
      <div class="nbt-preview-head">
        <span class="nbt-dim">{bytesText(file.size)}</span>
        {same && <span class="nbt-dim">= the first</span>}
        <SaveFile file={file} whole={() => readFile(state, run, file.path, file.size + 1)} />
      </div>
      {lines && lead ? (
        <TextDiff left={readable(kind, lead.file.bytes, lead.file.cut)} right={readable(kind, file.bytes, file.cut)} same="The same as the first." />
      ) : (
        <FileBody state={state} file={file} scripts={scripts} widest={widest} base={lead ? sheet : null} />
      )}
    </>
  );
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** Figures come one after the other, and are drawn in one frame. */
function Figures({ state, ids, paths, width, same }: Omit<Props, "name"> & { width: number; same: boolean }) {
  const files = useSignal<ReadonlyMap<string, Card["figure"] | string>>(new Map());
  const asked = [...paths].flat().join(" ");
  useMemo(() => {
    void (async () => {
      for (const [run, path] of paths) {
        const told = await readFile(state, run, path, FIGURE_BYTES).then(
          (file) => (file.cut ? "Too large to be drawn." : (figureOf(file) ?? "No figure that plotly knows.")),
          (error: Error) => error.message,
        );
        files.value = new Map(files.value).set(run, told);
      }
    })();
  }, [asked]);
  const { inks } = drawnRuns(state);
  const cards = ids.map((run): Card => {
    const told = paths.has(run) ? (files.value.get(run) ?? "Waiting for the kernel…") : "This run has no such file.";
    const common = { key: run, title: runName(state.frame.value, run), color: inks.get(run)!.color };
    return typeof told === "string" ? { ...common, figure: null, words: told } : { ...common, figure: told, words: "" };
  });
  return <PlotlyCards state={state} cards={cards} width={width} height={Math.round(width * 0.72)} same={same} />;
}
