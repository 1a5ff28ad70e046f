"""A thousand cells under an open dashboard cost the kernel what the first ones cost."""

from __future__ import annotations

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

from tests.kernels import NEWEST, write_spec

from .test_kernel_lines import Front

MEASURE = """
import gc, resource, time
def used():
    gc.collect()
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize(), len(gc.get_objects())
"""
CELL = "nbtrack.log_metric('loss', {at}, step={at}, run_id=first)"


@pytest.mark.slow  # a thousand
@pytest.mark.parametrize("cells", [1000])
def test_a_thousand_cells_leave_the_kernel_as_small_and_as_quick(
    tmp_path_factory: pytest.TempPathFactory, cells: int
) -> None:
    home = tmp_path_factory.mktemp("cells")
    specs = KernelSpecManager(kernel_dirs=[str(home / "kernels")], ensure_native_kernel=False)
    manager = KernelManager(kernel_name=write_spec(home / "kernels", NEWEST), kernel_spec_manager=specs)
    manager.start_kernel(cwd=str(home))
    front = Front(manager)
    try:
        front.connect()
        front.show()
        front.execute(MEASURE)
        sizes = []
        for at in range(1, cells + 1):
            front.execute(CELL.format(at=at))
            if at % (cells // 4) == 0:
                sizes.append([int(part) for part in front.execute("", "'%d %d' % used()").split()])
        (_, half, _, whole) = sizes
        assert whole[0] - half[0] < 10_000_000, sizes
        assert whole[1] - half[1] < 20 * cells, sizes
    finally:
        front.client.stop_channels()
        manager.shutdown_kernel(now=True)
