/** Where a person writes an expression over metrics, which becomes a panel. */

import { useSignal } from "@preact/signals";
import { namesIn, parseExpression } from "../../data/expression";
import { setView } from "../../state/state";
import { knownMetrics } from "./assemble";
import { useScene } from "./scene";

export function Formula() {
  const { state } = useScene();
  const open = useSignal(false);
  const wrong = useSignal("");
  if (!open.value) {
    return (
      <button type="button" class="nbt-button" title="A panel of an expression over metrics" onClick={() => (open.value = true)}>
        + Formula
      </button>
    );
  }
  const add = (text: string) => {
    const known = knownMetrics(state.frame.peek());
    try {
      const names = namesIn(parseExpression(text, known));
      const missing = names.find((name) => !known.includes(name));
      if (names.length === 0) throw new Error("An expression names at least one metric.");
      if (missing !== undefined) throw new Error(`There is no metric '${missing}'.`);
    } catch (error) {
      wrong.value = (error as Error).message;
      return;
    }
    const { formulas } = state.view.peek().chart;
    if (!formulas.includes(text)) setView(state, { chart: { formulas: [...formulas, text] } });
    open.value = false;
    wrong.value = "";
  };
  return (
    <span class="nbt-formula">
      <input
        class="nbt-input"
        aria-label="Expression over metrics"
        aria-invalid={wrong.value !== ""}
        placeholder="val_loss - loss"
        ref={(input) => input?.focus()}
        onKeyDown={(event) => {
          if (event.key === "Enter") add(event.currentTarget.value.trim());
          else if (event.key === "Escape") open.value = false;
          else return;
          event.stopPropagation();
        }}
      />
      {wrong.value && (
        <span class="nbt-worse" role="alert">
          {wrong.value}
        </span>
      )}
    </span>
  );
}
