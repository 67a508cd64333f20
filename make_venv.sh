#!/bin/sh
# Makes .venv with the first Python of 3.12 or newer that it finds, and installs the pinned packages.
set -eu

new_enough() { "$@" -c 'import sys; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1; }

make_venv() {
    for python in "${PYTHON:-python3}" python3 python3.12 python3.13 python3.14 python; do
        if new_enough "$python"; then
            "$python" -m venv .venv && return
            echo "Python's venv module does not work: on Debian and Ubuntu, install it with: apt-get install python3-venv" >&2
            exit 1
        fi
    done
    if command -v pyenv >/dev/null 2>&1; then
        for version in $(pyenv versions --bare 2>/dev/null | grep -E '^3\.(1[2-9]|[2-9][0-9])' | sort -V); do
            if new_enough env PYENV_VERSION="$version" pyenv exec python; then
                PYENV_VERSION="$version" pyenv exec python -m venv .venv && return
            fi
        done
    fi
    if command -v uv >/dev/null 2>&1 && uv venv --quiet --seed --python 3.12 .venv; then
        return
    fi
    echo "Python 3.12 or newer is needed, and none was found: install it (https://www.python.org/downloads), or set PYTHON to its path." >&2
    exit 1
}

if ! new_enough .venv/bin/python; then
    rm -rf .venv
    make_venv
fi
echo "Installing the pinned packages into .venv; the first time this takes a minute or two."
.venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
