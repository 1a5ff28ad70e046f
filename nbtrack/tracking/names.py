"""What is a run called when nobody named it, and which tags say what autolog did in it?"""

from __future__ import annotations

import random

QUALITIES = (
    "amber", "awake", "blue", "bold", "brave", "brisk", "calm", "clear", "crisp", "deft", "early", "exact", "fair",
    "fleet", "fond", "fresh", "gentle", "glad", "golden", "grand", "green", "happy", "hardy", "keen", "kind", "light",
    "lively", "lucid", "mellow", "mild", "neat", "nimble", "noble", "open", "patient", "plain", "polite", "proud",
    "quick", "quiet", "rapid", "ready", "red", "round", "sharp", "silver", "smart", "snug", "sound", "stable", "steady",
    "still", "stout", "sunny", "swift", "tall", "tidy", "vivid", "warm", "wise",
)  # fmt: skip
THINGS = (
    "acorn", "alder", "aspen", "badger", "beech", "birch", "brook", "cedar", "cliff", "clover", "comet", "coral",
    "crane", "delta", "dune", "eagle", "ember", "falcon", "fern", "finch", "fjord", "fox", "glade", "grove", "harbor",
    "hazel", "heron", "hill", "ibis", "iris", "island", "ivy", "lake", "larch", "lark", "linden", "lotus", "maple",
    "marsh", "meadow", "moss", "oak", "orbit", "otter", "owl", "pebble", "pine", "plover", "pond", "quartz", "raven",
    "reed", "ridge", "river", "robin", "sparrow", "spruce", "stone", "tern", "thrush", "valley", "willow", "wren",
)  # fmt: skip

AUTOLOGGED = "nbtrack.autologging"  # what autolog did in a run, in words
LIBRARY = "mlflow.autologging"  # MLflow's tag of a run that autolog has started
AUTOLOGGED_NAMES = "nbtrack.autologging.names"  # JSON: which params and metrics it wrote, and which are defaults

# A person's random.seed(0) must not make every run of a sweep bear the same name.
_random = random.SystemRandom()


def random_name() -> str:
    """`quiet-heron-417`: at most 20 characters."""
    return f"{_random.choice(QUALITIES)}-{_random.choice(THINGS)}-{_random.randrange(1000)}"
