"""How is a notebook run without a browser? By nbclient in a real kernel, kept as a notebook and as HTML."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def execute(path: Path, environment: dict[str, str]) -> int:
    """Run `path`; 1 if a cell failed. `NAME.executed.ipynb` and `.html` are written beside it either way."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError
    from nbconvert import HTMLExporter

    os.environ.update(environment)  # the kernel inherits it
    notebook = nbformat.read(path, as_version=4)
    place = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(notebook, timeout=600, kernel_name="python3", resources=place)
    # It warns of every unencrypted connection, this one on the loopback interface among them.
    client.extra_arguments = ["--IPKernelApp.log_level=40"]
    status = 0
    try:
        client.execute()
    except CellExecutionError as error:
        print(f"{path.name}: a cell failed.\n{error}", file=sys.stderr)
        status = 1
    executed = path.with_suffix(".executed.ipynb")
    nbformat.write(notebook, executed)
    page, _ = HTMLExporter().from_notebook_node(notebook)
    executed.with_suffix(".html").write_text(page, encoding="utf-8")
    print(f"{path.name}: {'failed' if status else 'ran'}; see {executed} and {executed.with_suffix('.html').name}")
    return status
