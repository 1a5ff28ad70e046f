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
# torch is pinned to a version of which a build without CUDA is easily had; what its CUDA build needs comes with that.
libraries='torch==2.13.0 keras tensorflow-cpu lightning pytorch-lightning transformers accelerate catboost keras-tuner'
printf '%s\n' mlflow==3.17.2 $libraries statsmodels 'ray[tune]' pytest pytest-timeout hypothesis |
    compile - pyproject.toml -o tests/interop/large.txt
sed -i -E '/^(nvidia-|cuda-|triton)/d' tests/interop/large.txt
printf 'mlflow==2.22.5\nsqlalchemy<2.1\n' | compile - -o tests/interop/mlflow2.txt
# ATOM 6.1.0 sets no upper bounds and goes with the libraries of its time; those that later broke it are held there.
compile tests/interop/atom.in pyproject.toml --extra server -o tests/interop/atom.txt
# nbtrack beside MLflow and TensorFlow in one process, for `make cases` and the tutorials' tests.
libraries='mlflow==3.17.2 flask-wtf tensorflow-cpu==2.21.0 keras xgboost-cpu lightgbm scikit-learn optuna polars'
printf '%s\n' $libraries pytest pytest-timeout pytest-xdist hypothesis |
    compile - pyproject.toml --extra server --extra demo -o tests/interop/both.txt
