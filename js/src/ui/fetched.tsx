/** Something that is asked of the kernel: waiting, here, or refused with a reason. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { State } from "../state/state";

export type Fetched<T> = { is: "waiting" } | { is: "here"; value: T } | { is: "refused"; why: string };

/** Asks when `name` changes, and again when a kernel comes back. */
export function useFetched<T>(state: State, name: string, ask: () => Promise<T>): Fetched<T> {
  const held = useSignal<{ name: string; fetched: Fetched<T> }>({ name, fetched: { is: "waiting" } });
  const live = state.life.value === "live";
  useEffect(() => {
    let current = true;
    const put = (fetched: Fetched<T>) => {
      if (current) held.value = { name, fetched };
    };
    put({ is: "waiting" });
    if (!live) put({ is: "refused", why: "Files are not saved with the notebook: run it to see them." });
    else ask().then((value) => put({ is: "here", value }), (error: Error) => put({ is: "refused", why: error.message }));
    return () => {
      current = false;
    };
  }, [name, live]);
  return held.value.name === name ? held.value.fetched : { is: "waiting" };
}

export function Await<T>({ fetched, children }: { fetched: Fetched<T>; children: (value: T) => ComponentChildren }) {
  if (fetched.is === "waiting") return <p class="nbt-quiet">Waiting for the kernel…</p>;
  if (fetched.is === "refused") return <p class="nbt-quiet">{fetched.why}</p>;
  return <>{children(fetched.value)}</>;
}
