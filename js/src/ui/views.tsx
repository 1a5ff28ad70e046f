/** Which views were given a name, and how is this one kept among them? */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { completeView, type State } from "../state/state";
import { Icon } from "./icons";
import { Line } from "./line";
import { Popover } from "./popover";

export function Views({ state }: { state: State }) {
  return (
    <Popover label="Saved views" align="right" button={<Icon name="views" />}>
      {(close) => <Sheet state={state} close={close} />}
    </Popover>
  );
}

function Sheet({ state, close }: { state: State; close: () => void }) {
  const views = useSignal<Record<string, unknown> | null>(null);
  const wrong = useSignal("");
  const draft = useSignal("");
  const refused = (error: Error) => (wrong.value = error.message);
  const ask = () =>
    state.outlet.need({ what: "views" }).then((body) => (views.value = (body as { views: Record<string, unknown> }).views), refused);
  useEffect(() => void ask(), []);
  const change = (what: "save_view" | "drop_view", key: string, value = "") =>
    void state.outlet.edit({ what, runs: [], key, value }).then(ask, refused);
  const save = () => {
    change("save_view", draft.peek().trim(), JSON.stringify(state.view.peek()));
    draft.value = "";
  };
  const open = (view: unknown) => {
    const { focus, tab, height, docked } = state.view.peek();
    state.view.value = { ...completeView(view), focus, tab, height, docked };
    close();
  };
  return (
    <>
      <Line does={save} words="Save" disabled={draft.value.trim() === ""}>
        <input class="nbt-input" aria-label="Name of the view" placeholder="Save this view as …" value={draft.value} onInput={(event) => (draft.value = event.currentTarget.value)} />
      </Line>
      {wrong.value !== "" && <div class="nbt-dim nbt-more" role="alert">{wrong.value}</div>}
      {views.value !== null && Object.keys(views.value).length === 0 && <div class="nbt-dim nbt-more">No saved views yet. Open one in Python with nbtrack.dashboard(view="…")</div>}
      {Object.entries(views.value ?? {}).map(([name, view]) => (
        <div key={name} class="nbt-dialog-row">
          <button class="nbt-act nbt-view" onClick={() => open(view)}>
            <span class="nbt-ellipsis">{name}</span>
          </button>
          <button class="nbt-plain" aria-label={`Forget ${name}`} onClick={() => change("drop_view", name)}>
            <Icon name="close" size={11} />
          </button>
        </div>
      ))}
    </>
  );
}
