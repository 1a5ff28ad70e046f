/** What a run was given to learn or to be tested on. */

import { readDatasets } from "../../state/artifacts";
import type { State } from "../../state/state";
import { Await, useFetched } from "../fetched";
import { Long } from "../long";

export function Datasets({ state, run }: { state: State; run: string }) {
  const fetched = useFetched(state, `inputs ${run}`, () => readDatasets(state, run));
  return (
    <Await fetched={fetched}>
      {(datasets) =>
        datasets.length === 0 ? (
          <p class="nbt-quiet">No datasets were logged.</p>
        ) : (
          <div class="nbt-sideways">
            <table class="nbt-metrics">
              <thead>
                <tr>
                  {["name", "context", "digest", "profile", "source"].map((name) => (
                    <th scope="col" key={name}>
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {datasets.map(({ name, context, digest, profile, source }) => (
                  <tr key={name + digest + context}>
                    <th scope="row">{name}</th>
                    <td>{context}</td>
                    <td class="nbt-mono">{digest}</td>
                    <td>
                      <Long text={profile} most={80} />
                    </td>
                    <td>
                      <Long text={source} most={80} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )
      }
    </Await>
  );
}
