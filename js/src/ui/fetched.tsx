/** Something that is asked of the kernel: waiting, here, or refused with a reason. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { State } from "../state/state";

export type Fetched<T> = { is: "waiting" } | { is: "here"; value: T } | { is: "refused"; why: string };

const WHY_NOT = {
  snapshot: "Files are not saved with the notebook: run it to see them.",
  lost: "The kernel stopped: restart it and run the cell to see this.",
};

/** Asks when `name` changes, and again when a kernel comes back. */
export function useFetched<T>(state: State, name: string, ask: () => Promise<T>): Fetched<T> {
  const held = useSignal<{ name: string; fetched: Fetched<T> }>({ name, fetched: { is: "waiting" } });
  const life = state.life.value;
  useEffect(() => {
    let current = true;
    const put = (fetched: Fetched<T>) => {
      if (current) held.value = { name, fetched };
    };
    put({ is: "waiting" });
    if (life !== "live") put({ is: "refused", why: WHY_NOT[life] });
    else ask().then((value) => put({ is: "here", value }), (error: Error) => put({ is: "refused", why: error.message }));
    return () => {
      current = false;
    };
  }, [name, life]);
  return held.value.name === name ? held.value.fetched : { is: "waiting" };
}

export function Await<T>({ fetched, children }: { fetched: Fetched<T>; children: (value: T) => ComponentChildren }) {
  if (fetched.is === "waiting") return <p class="nbt-quiet">Waiting for the kernel…</p>;
  if (fetched.is === "refused") return <p class="nbt-quiet">{fetched.why}</p>;
  return <>{children(fetched.value)}</>;
}
