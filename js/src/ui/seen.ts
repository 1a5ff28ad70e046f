/** Has this element come into sight? Once it has, it stays so. */

import { useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

export function useSeen<E extends Element>(): [RefObject<E | null>, boolean] {
  const box = useRef<E>(null);
  const seen = useSignal(false);
  useEffect(() => {
    const watch = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        seen.value = true;
        watch.disconnect();
      },
      { rootMargin: "300px" },
    );
    watch.observe(box.current!);
    return () => watch.disconnect();
  }, []);
  return [box, seen.value];
}
