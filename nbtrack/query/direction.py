"""Is less of this metric better, or more? What was set, else what runs were tracked with, else the known names."""

from __future__ import annotations

import re
from collections.abc import Mapping

from nbtrack.frame import Frame, Text

TAG = "tags.nbtrack.metric."
LESS = frozenset(
    (
        *("loss", "error", "err", "regret", "cost", "deviance", "divergence", "kl", "fid", "brier", "ece"),
        *("mse", "mae", "rmse", "rmsle", "msle", "mape", "smape", "wer", "cer"),
        *("perplexity", "ppl", "nll", "bpb", "bpc", "crossentropy", "xent"),
        *("latency", "duration", "time", "runtime", "seconds", "memory"),
    )
)
LESS_ENDINGS = ("loss", "error", "mse", "mae", "mape", "perplexity", "entropy")
MORE = frozenset(
    (
        *("acc", "accuracy", "auc", "roc", "auroc", "auprc", "f1", "fbeta", "precision", "recall", "score", "r2"),
        *("map", "ndcg", "mrr", "iou", "miou", "dice", "bleu", "rouge", "meteor", "psnr", "ssim", "reward", "return"),
        *("sensitivity", "specificity", "correlation", "throughput", "kappa", "mcc"),
    )
)
# scikit-learn's neg_mean_squared_error turns the sense around.
REVERSED = frozenset(("neg", "negative"))
# Settings, parts of a model and the machine's own measures have no best. The words of js/src/data/directions.ts.
NEUTRAL = re.compile(
    r"(^|[^a-z])(lr|learning_rate|epoch|step|steps|iteration|iterations|grad|gradient|norm|momentum|weights?|bias|coef"
    r"|intercept|count|size)([^a-z]|$)",
    re.IGNORECASE,
)


def direction(key: str) -> str:
    """ "min" for losses, errors and times by their known names, "max" for everything else."""
    words = re.findall(r"[a-z0-9]+", key.lower())
    if REVERSED.intersection(words):
        return "max"
    return "min" if any(word in LESS or word.endswith(LESS_ENDINGS) for word in words) else "max"


def direction_of(frame: Frame, key: str, chosen: Mapping[str, str] | None = None) -> str:
    """What `chosen` says of the metric, else what `%%track -m loss:min` wrote into a run, else its name."""
    return "min" if ((chosen or {}).get(key) or _tagged(frame, key) or direction(key)) == "min" else "max"


def has_best(key: str) -> bool:
    return not key.startswith("system/") and NEUTRAL.search(key) is None


def _tagged(frame: Frame, key: str) -> str | None:
    column = frame.columns.get(TAG + key)
    if not isinstance(column, Text):
        return None
    return next((column.words[code] for code in column.codes if code >= 0), None)


def known_direction(key: str) -> str | None:
    """The same where the name is a known one, else None: nobody can tell of `beta` which way is better."""
    words = re.findall(r"[a-z0-9]+", key.lower())
    if direction(key) == "min":
        return "min"
    return "max" if MORE.intersection(words) or REVERSED.intersection(words) else None
