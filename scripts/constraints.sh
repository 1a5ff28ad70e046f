#!/bin/sh
# Where do the pinned lists come from? Compiled for Python 3.11 and newer, without the address of any registry.
set -eu
cd "$(dirname "$0")/.."
compile() {
    .venv/bin/uv pip compile "$@" --universal --python-version 3.11 --upgrade --quiet --no-header --no-annotate \
        --no-emit-index-url --no-emit-find-links --no-config >/dev/null
}
compile pyproject.toml --extra demo --group dev --group tools -o constraints.txt
printf 'mlflow==3.17.2\nflask-wtf\nxgboost-cpu\nlightgbm\nipython\n' | compile - -o tests/interop/mlflow3.txt
printf 'mlflow==2.22.5\nsqlalchemy<2.1\n' | compile - -o tests/interop/mlflow2.txt
