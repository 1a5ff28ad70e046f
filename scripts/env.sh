#!/bin/sh
# How is a Python environment made? usage: env.sh FOLDER [arguments of `uv pip install`]
#
# The folder is made by `python -m venv`; the packages are installed by uv, taken from PyPI into .venv and pinned like
# everything else: some 150 packages in seconds where pip takes minutes, and three environments from one download.
set -eu
cd "$(dirname "$0")/.."
folder=$1
shift

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    for candidate in "${PYTHON:-python3}" python3.13 python3.12 python3.11; do
        if new_enough "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    echo "nbtrack needs Python 3.11 or newer; ${PYTHON:-python3} is $("${PYTHON:-python3}" --version 2>&1)." >&2
    echo "Install a newer one, or name it: make PYTHON=/path/to/python3" >&2
    exit 2
}

[ -x "$folder/bin/python" ] && new_enough "$folder/bin/python" || {
    python=$(find_python) || exit 2
    rm -rf "$folder"
    "$python" -m venv "$folder" || {
        rm -rf "$folder"
        echo "'$python -m venv' failed. On Debian and Ubuntu: apt-get install python3-venv" >&2
        exit 2
    }
}
[ -x .venv/bin/uv ] || .venv/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt uv

# uv does not read pip's settings; a mirror that pip is told to use serves uv too.
if [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ]; then
    mirror=${PIP_INDEX_URL:-$(.venv/bin/python -m pip config get global.index-url 2>/dev/null || true)}
    [ -z "$mirror" ] || export UV_DEFAULT_INDEX="$mirror"
fi
exec .venv/bin/uv pip install --quiet --python "$folder/bin/python" "$@"
