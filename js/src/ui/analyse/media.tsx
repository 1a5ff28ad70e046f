/** Pictures, tables and pages that runs logged at steps: those of one step side by side, and a slider over the steps. */

import { useSignal, type Signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { mediaOf, stepsOf, stillAt, type Medium, type Still } from "../../data/media";
import { listTrees, type FileBytes, type Trees } from "../../state/artifacts";
import { createStills, type Stills } from "../../state/stills";
import { setView, type State } from "../../state/state";
import { Grow, Shrink } from "../charts/icons";
import { Swatch } from "../charts/swatch";
import type { Ink } from "../color";
import { isLive, runInks, runName } from "../drawn";
import { FileBody } from "../run/body";
import { open } from "../run_acts";
import { useSeen } from "../seen";

/** More runs than these are too many to look at. */
const MOST_RUNS = 50;
/** ms between looks for what running runs have logged since. */
const AGAIN_MS = 5000;

export function Media({ state, runs }: { state: State; runs: readonly string[] }) {
  const ids = runs.slice(0, MOST_RUNS);
  const { trees, why } = useTrees(state, ids);
  const media = useMemo(() => (trees ? mediaIn(trees) : []), [trees]);
  if (!trees) return <p class="nbt-hint">{why || "Waiting for the kernel…"}</p>;
  if (media.length === 0) {
    return (
      <p class="nbt-hint">
        These runs have no pictures, tables or pages. Log some: <code>nbtrack.log_image(image, key="sample", step=step)</code>
      </p>
    );
  }
  const chosen = media.find(({ name }) => name === state.view.value.analyse.media) ?? media[0];
  return (
    <>
      <Shelf key={chosen.name} state={state} ids={ids.filter((run) => chosen.runs.has(run))} medium={chosen} media={media} of={ids.length} />
      {runs.length > ids.length && <p class="nbt-quiet">{`Showing the first ${ids.length} of ${runs.length} runs.`}</p>}
    </>
  );
}

function mediaIn({ runs }: Trees): Medium[] {
  const sizes = new Map(Object.entries(runs).map(([run, files]) => [run, new Map(files)]));
  const paths = Object.fromEntries(Object.entries(runs).map(([run, files]) => [run, files.map(([path]) => path)]));
  return mediaOf(paths, (run, path) => sizes.get(run)?.get(path) ?? null);
}

/** What the runs have, asked again while one of them runs. */
function useTrees(state: State, ids: readonly string[]): { trees: Trees | null; why: string } {
  const held = useSignal<{ trees: Trees | null; why: string }>({ trees: null, why: "" });
  const live = state.life.value === "live";
  const running = ids.some((id) => isLive(state, id));
  useEffect(() => {
    let current = true;
    const look = () =>
      listTrees(state, ids).then(
        (trees) => {
          if (current && JSON.stringify(trees) !== JSON.stringify(held.peek().trees)) held.value = { trees, why: "" };
        },
        (error: Error) => {
          if (current && !held.peek().trees) held.value = { trees: null, why: error.message };
        },
      );
    if (!live) held.value = { trees: null, why: "Files are not saved with the notebook: run it to see them." };
    else void look();
    const again = live && running ? setInterval(look, AGAIN_MS) : undefined;
    return () => {
      current = false;
      clearInterval(again);
    };
  }, [ids.join(), live, running]);
  return held.value;
}

interface ShelfProps {
  state: State;
  /** The runs that have the medium. */
  ids: readonly string[];
  medium: Medium;
  /** Among which it can be chosen. */
  media?: readonly Medium[];
  /** How many runs there are with those that have no such file. */
  of: number;
}

export function Shelf({ state, ids, medium, media = [], of }: ShelfProps) {
  const steps = stepsOf(medium);
  const chosen = useSignal<number | null>(null); // the last one, while none is chosen
  const big = useSignal<string | null>(null);
  const scripts = useSignal(false);
  const stills = useMemo(() => createStills(state), [state]);
  const colors = runInks(state, ids);
  const step = chosen.value !== null && steps.includes(chosen.value) ? chosen.value : (steps[steps.length - 1] ?? null);
  return (
    <>
      <div class="nbt-controls" role="group" aria-label="What is shown">
        {media.length > 0 && (
          <select class="nbt-input" aria-label="Series" value={medium.name} onChange={(event) => setView(state, { analyse: { media: event.currentTarget.value } })}>
            {media.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        )}
        {steps.length > 1 && <Slider steps={steps} step={step!} choose={(to) => (chosen.value = to)} />}
        {ids.length < of && <span class="nbt-dim">{`${ids.length} of ${of} runs have it`}</span>}
      </div>
      <div class="nbt-shelf">
        {ids.map((run) => (
          <Tile
            key={run}
            state={state}
            run={run}
            ink={colors.get(run)!}
            still={stillAt(medium.runs.get(run)!, step)}
            wanted={step}
            stills={stills}
            big={big}
            scripts={scripts}
          />
        ))}
      </div>
    </>
  );
}

function Slider({ steps, step, choose }: { steps: readonly number[]; step: number; choose(step: number): void }) {
  return (
    <label class="nbt-slider nbt-slider-wide">
      Step
      <input
        type="range"
        min="0"
        max={steps.length - 1}
        step="1"
        value={steps.indexOf(step)}
        aria-label="Step"
        aria-valuetext={`step ${step}`}
        onInput={(event) => choose(steps[Number(event.currentTarget.value)])}
      />
      <span class="nbt-slider-value">{step}</span>
      <span class="nbt-dim">{`${steps.indexOf(step) + 1} of ${steps.length}`}</span>
    </label>
  );
}

interface TileProps {
  state: State;
  run: string;
  ink: Ink;
  still: Still | null;
  wanted: number | null;
  stills: Stills;
  big: Signal<string | null>;
  scripts: Signal<boolean>;
}

function Tile({ state, run, ink, still, wanted, stills, big, scripts }: TileProps) {
  const [box, seen] = useSeen<HTMLElement>();
  const name = runName(state.frame.value, run);
  const isBig = big.value === run;
  const path = still && ((!isBig && still.small) || still.path);
  const { file, why } = useStill(stills, run, seen ? path : null);
  return (
    <figure ref={box} class={isBig ? "nbt-tile nbt-tile-big" : "nbt-tile"} aria-label={`${name}${still?.step == null ? "" : `, step ${still.step}`}`}>
      <figcaption>
        <Swatch ink={ink} />
        <button type="button" class="nbt-figure-name nbt-textlink" title={`Open ${name}`} onClick={() => open(state, run)}>
          {name}
        </button>
        {still?.step != null && <span class={still.step === wanted ? "nbt-dim" : "nbt-tile-older"}>step {still.step}</span>}
        <button type="button" class="nbt-tool" aria-label={isBig ? `Collapse ${name}` : `Expand ${name}`} onClick={() => (big.value = isBig ? null : run)}>
          {isBig ? <Shrink /> : <Grow />}
        </button>
      </figcaption>
      <div class="nbt-tile-body">
        {!still && <p class="nbt-quiet">Nothing was logged up to this step.</p>}
        {still && file && <FileBody state={state} file={file} scripts={scripts} key={file.path} />}
        {still && !file && <p class="nbt-quiet">{why || "…"}</p>}
      </div>
    </figure>
  );
}

/** ms that a slider rests before its files are asked for. */
const REST_MS = 60;

/** The file, or the one before it until it is here. */
function useStill(stills: Stills, run: string, path: string | null): { file: FileBytes | null; why: string } {
  const held = useSignal<{ file: FileBytes | null; why: string }>({ file: null, why: "" });
  useEffect(() => {
    if (path === null) return undefined;
    let current = true;
    const ask = () =>
      stills.get(run, path).then(
        (file) => current && (held.value = { file, why: "" }),
        (error: Error) => current && (held.value = { file: null, why: error.message }),
      );
    const timer = setTimeout(ask, held.peek().file ? REST_MS : 0);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [run, path]);
  return held.value;
}
