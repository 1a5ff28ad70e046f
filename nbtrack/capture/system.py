"""How busy are processor, memory, disk, network and GPU? By MLflow's names for them.

psutil comes with ipykernel; without it there is nothing to say, and without pynvml nothing of the GPUs.
"""

from __future__ import annotations

import os
from typing import Any

PREFIX = "system/"
EVERY = 5.0  # seconds between samples, and from the cell's start to the first
_MB = 1_000_000


class System:
    """Made at the first sample: network counts from there."""

    def __init__(self) -> None:
        self._psutil = _module("psutil")
        self._nvml = _started_nvml()
        self._network = self._psutil.net_io_counters() if self._psutil else None
        if self._psutil:
            self._psutil.cpu_percent()  # the first reading has nothing to compare with

    def sample(self) -> dict[str, float]:
        """`system/cpu_utilization_percentage` and so on; empty where nothing can be told."""
        found = {**self._machine(), **self._gpus()}
        return {PREFIX + key: float(value) for key, value in found.items()}

    def _machine(self) -> dict[str, float]:
        ps = self._psutil
        if ps is None:
            return {}
        memory, disk, network = ps.virtual_memory(), ps.disk_usage(os.sep), ps.net_io_counters()
        found = {
            "cpu_utilization_percentage": ps.cpu_percent(),
            "system_memory_usage_megabytes": memory.used / _MB,
            "system_memory_usage_percentage": memory.used / memory.total * 100,
            "disk_usage_percentage": disk.percent,
            "disk_usage_megabytes": disk.used / _MB,
            "disk_available_megabytes": disk.free / _MB,
        }
        if network and self._network:
            found["network_receive_megabytes"] = (network.bytes_recv - self._network.bytes_recv) / _MB
            found["network_transmit_megabytes"] = (network.bytes_sent - self._network.bytes_sent) / _MB
        return found

    def _gpus(self) -> dict[str, float]:
        nvml, found = self._nvml, {}
        if nvml is None:
            return {}
        try:
            for number in range(nvml.nvmlDeviceGetCount()):
                handle = nvml.nvmlDeviceGetHandleByIndex(number)
                memory, name = nvml.nvmlDeviceGetMemoryInfo(handle), f"gpu_{number}"
                found[f"{name}_memory_usage_megabytes"] = memory.used / _MB
                found[f"{name}_memory_usage_percentage"] = memory.used / memory.total * 100
                found[f"{name}_utilization_percentage"] = nvml.nvmlDeviceGetUtilizationRates(handle).gpu
                found[f"{name}_power_usage_watts"] = nvml.nvmlDeviceGetPowerUsage(handle) / 1000
        except nvml.NVMLError:  # a card may tell only part of it
            pass
        return found


def _module(name: str) -> Any:
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError:
        return None


def _started_nvml() -> Any:
    nvml = _module("pynvml")
    if nvml is None:
        return None
    try:
        nvml.nvmlInit()
    except nvml.NVMLError:  # no NVIDIA driver here
        return None
    return nvml
