/** What does an empty table say? What is missing, and what to do about it. */

import { parse, unknown, written } from "../../query";
import { nameOf } from "../../query/tree";
import { setView, type State } from "../../state/state";

export function Empty({ state }: { state: State }) {
  const { table } = state;
  const view = state.view.value;
  const total = state.frame.value.length;
  if (table.filtered.value.mask && table.scopeRows.value.length > 0) {
    return (
      <Says title="No run matches the filter">
        <p>
          <code class="nbt-mono">{view.filter}</code>
        </p>
        {advice(state)}
        <button class="nbt-button" onClick={() => setView(state, { filter: "" })}>
          Clear filter
        </button>
      </Says>
    );
  }
  if (total > 0 && view.experiments.length > 0) {
    return (
      <Says title="No runs in the chosen experiments">
        <button class="nbt-button" onClick={() => setView(state, { experiments: [] })}>
          Show all experiments
        </button>
      </Says>
    );
  }
  if (total > 0) return <Says title="No active runs">All runs of this store are deleted.</Says>;
  if (!state.status.value.loaded && state.life.value === "live") return <Says title="Reading the store …" />;
  return (
    <Says title="No runs yet">
      Put <code class="nbt-mono">%%track</code> at the top of a cell, or log from Python with{" "}
      <code class="nbt-mono">nbtrack.start_run()</code>.
    </Says>
  );
}

/** A column that no run has is the likeliest mistake. */
function advice(state: State) {
  const frame = state.table.frame.value;
  const tree = parse(state.view.value.filter, frame.columns.keys());
  const found = tree ? unknown(tree, frame) : [];
  if (found.length === 0) return null;
  const { column, nearest } = found[0];
  return (
    <p>
      No run has <code class="nbt-mono">{written(nameOf(column))}</code>
      {nearest !== null && (
        <>
          {". Did you mean "}
          <button type="button" class="nbt-textlink nbt-mono" onClick={() => setView(state, { filter: replaced(state.view.peek().filter, column, nearest) })}>
            {written(nearest)}
          </button>
          ?
        </>
      )}
      {nearest === null && "."}
    </p>
  );
}

/** The filter with another column, wherever it was written as the messages write it. */
function replaced(filter: string, column: Parameters<typeof nameOf>[0], nearest: string): string {
  return filter.replaceAll(written(nameOf(column)), written(nearest));
}

function Says({ title, children }: { title: string; children?: preact.ComponentChildren }) {
  return (
    <div class="nbt-grid-empty" role="status">
      <strong>{title}</strong>
      <div class="nbt-dim">{children}</div>
    </div>
  );
}
