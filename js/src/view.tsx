/** Which of the views does one output show? */

import type { State } from "./state/state";
import { App } from "./ui/app";

export function View({ state }: { state: State }) {
  return <App state={state} />;
}
