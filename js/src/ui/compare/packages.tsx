/** The packages of the runs, asked for when the section is opened: those whose versions differ first of all. */

import { useSignal } from "@preact/signals";
import { packageRows, type PackageRow } from "../../data/packages";
import { readFile } from "../../state/artifacts";
import type { State } from "../../state/state";
import { useFetched } from "../fetched";
import { PACKAGES } from "../run/names";
import { CompareRow } from "./row";
import { SectionHead } from "./section";

interface Props {
  state: State;
  ids: readonly string[];
  base: number;
  only: boolean;
}

export function Packages({ state, ids, base, only }: Props) {
  const open = useSignal(false);
  return (
    <tbody>
      <SectionHead name="Packages" open={open.value} columns={ids.length} toggle={() => (open.value = !open.value)} />
      {open.value && <Rows state={state} ids={ids} base={base} only={only} />}
    </tbody>
  );
}

/** More letters than this are no list of packages. */
const LARGEST = 500_000;

function Rows({ state, ids, base, only }: Props) {
  const all = useSignal(false);
  const list = (run: string) =>
    readFile(state, run, PACKAGES, LARGEST).then(
      ({ bytes }) => new TextDecoder().decode(bytes),
      () => null, // a run that another tool made
    );
  const fetched = useFetched(state, `packages ${ids.join(" ")}`, async () => packageRows(await Promise.all(ids.map(list))));
  if (fetched.is === "waiting") return <Said words="Waiting for the kernel…" columns={ids.length} />;
  if (fetched.is === "refused") return <Said words={fetched.why} columns={ids.length} />;
  if (fetched.value.length === 0) return <Said words="None of these runs has kept a list of its packages." columns={ids.length} />;
  const different = fetched.value.filter(({ differs }) => differs);
  const equal = fetched.value.length - different.length;
  const shown = all.value && !only ? fetched.value : different;
  return (
    <>
      {shown.map((row) => (
        <CompareRow key={row.name} row={rowOf(row)} base={base} direction="max" />
      ))}
      {equal > 0 && (
        <tr>
          <th scope="row">
            {only ? (
              <span class="nbt-dim">{equal} equal</span>
            ) : (
              <button type="button" class="nbt-textlink" aria-expanded={all.value} onClick={() => (all.value = !all.value)}>
                {all.value ? "only those that differ" : `${equal} equal ones`}
              </button>
            )}
          </th>
          <td colSpan={ids.length}>{different.length === 0 && <span class="nbt-quiet">All packages are of the same versions.</span>}</td>
        </tr>
      )}
    </>
  );
}

const rowOf = ({ name, versions, differs }: PackageRow) => ({ column: name, name, kind: "text" as const, values: versions, differs });

function Said({ words, columns }: { words: string; columns: number }) {
  return (
    <tr>
      <th scope="row" />
      <td colSpan={columns} class="nbt-quiet">
        {words}
      </td>
    </tr>
  );
}
