import type { State } from "../state/state";
import { text, number } from "../data/frame";
export function App({ state }: { state: State }) {
  const frame = state.frame.value;
  return <div><p>life: {state.life.value} runs: {frame.length} rev {state.seriesRev.value} selected {state.selected.value.join()}</p>
  {frame.ids.slice(0, 50).map((id, row) => <div key={id} onClick={() => (state.selected.value = [id])}>{text(frame, "run_name", row)} {number(frame, "metrics.loss", row)} {state.book.get(id, "loss")?.length}</div>)}</div>;
}
