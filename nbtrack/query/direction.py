"""Is less of this metric better, or more?"""

from __future__ import annotations

import re

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


def direction(key: str) -> str:
    """ "min" for losses, errors and times by their known names, "max" for everything else."""
    words = re.findall(r"[a-z0-9]+", key.lower())
    if REVERSED.intersection(words):
        return "max"
    return "min" if any(word in LESS or word.endswith(LESS_ENDINGS) for word in words) else "max"


def known_direction(key: str) -> str | None:
    """The same where the name is a known one, else None: nobody can tell of `beta` which way is better."""
    words = re.findall(r"[a-z0-9]+", key.lower())
    if direction(key) == "min":
        return "min"
    return "max" if MORE.intersection(words) or REVERSED.intersection(words) else None
