/** The texts that tracked cells kept under one name: `cell.py`, and `cell-2.py` where the run has several cells. */

import { listFiles } from "../../state/artifacts";
import type { State } from "../../state/state";
import { Await, useFetched } from "../fetched";
import { Source } from "./files";

interface Props {
  state: State;
  run: string;
  /** The first one's. */
  name: string;
  none: string;
}

export function Texts({ state, run, name, none }: Props) {
  const fetched = useFetched(state, `${name} of ${run}`, async () => numbered(await listFiles(state, run, ""), name));
  return (
    <Await fetched={fetched}>
      {(paths) => (paths.length === 0 ? <p class="nbt-quiet">{none}</p> : paths.map((path) => <Source key={path} state={state} run={run} path={path} />))}
    </Await>
  );
}

/** `cell.py`, `cell-2.py`, `cell-10.py` … as far as they are there, in this order. */
export function numbered(files: readonly { path: string; is_dir: boolean }[], name: string): string[] {
  const dot = name.lastIndexOf(".");
  const [stem, ending] = [name.slice(0, dot), name.slice(dot)];
  const place = (path: string): number => {
    if (path === name) return 1;
    const middle = path.startsWith(`${stem}-`) && path.endsWith(ending) ? path.slice(stem.length + 1, -ending.length) : "";
    return /^[1-9]\d*$/.test(middle) ? Number(middle) : 0;
  };
  const found = files.filter(({ is_dir, path }) => !is_dir && place(path) > 0).map(({ path }) => path);
  return found.sort((a, b) => place(a) - place(b));
}
