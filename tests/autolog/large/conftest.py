"""Libraries of hundreds of MB, small data. What they warn of when they are imported is their own affair."""

from __future__ import annotations

import os
import warnings
from typing import Any

import numpy as np
import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import keras
    import keras_tuner  # noqa: F401
    import pytorch_lightning  # noqa: F401
    import torch
    import transformers.trainer  # noqa: F401


@pytest.fixture
def rows() -> tuple[Any, Any]:
    """Features and a class of two, in the types that networks want."""
    generator = np.random.default_rng(0)
    features = generator.normal(size=(64, 4)).astype("float32")
    return features, (features[:, 0] > 0).astype("int64")


@pytest.fixture
def network() -> Any:
    """A compiled network of Keras for `rows`."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=loss, metrics=["accuracy"])
    return model


@pytest.fixture
def loader(rows: tuple[Any, Any]) -> Any:
    """Four batches of torch."""
    data = torch.utils.data.TensorDataset(*(torch.from_numpy(part) for part in rows))
    return torch.utils.data.DataLoader(data, batch_size=16)
