/** Is less of this metric better, or more? The table of nbtrack/query/direction.py. */

import type { Frame } from "../data/frame";

const LESS = new Set([
  ...["loss", "error", "err", "regret", "cost", "deviance", "divergence", "kl", "fid", "brier", "ece"],
  ...["mse", "mae", "rmse", "rmsle", "msle", "mape", "smape", "wer", "cer"],
  ...["perplexity", "ppl", "nll", "bpb", "bpc", "crossentropy", "xent"],
  ...["latency", "duration", "time", "runtime", "seconds", "memory"],
]);
const LESS_ENDINGS = ["loss", "error", "mse", "mae", "mape", "perplexity", "entropy"];
// scikit-learn's neg_mean_squared_error turns the sense around.
const REVERSED = new Set(["neg", "negative"]);

const TAG = "tags.nbtrack.metric.";

/** What `chosen` says of the metric, else what `%%track -m loss:min` wrote into a run, else its name. */
export function directionOf(frame: Frame, key: string, chosen: Readonly<Record<string, string>> = {}): "min" | "max" {
  return (chosen[key] ?? tagged(frame, key) ?? direction(key)) === "min" ? "min" : "max";
}

function tagged(frame: Frame, key: string): string | undefined {
  const column = frame.columns.get(TAG + key);
  if (column?.kind !== "text") return undefined;
  const code = column.codes.find((code) => code >= 0);
  return code === undefined ? undefined : column.words[code];
}

/** "min" for losses, errors and times by their known names, "max" for everything else. */
export function direction(key: string): "min" | "max" {
  const words = key.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  if (words.some((word) => REVERSED.has(word))) return "max";
  const less = (word: string) => LESS.has(word) || LESS_ENDINGS.some((ending) => word.endsWith(ending));
  return words.some(less) ? "min" : "max";
}
