#!/bin/sh
# Makes .venv and installs the named lock file, with every hash checked.
# A copy of the installed lock is kept in .venv, so that an unchanged lock costs nothing.
set -eu
lock=$1

usable() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
        >/dev/null 2>&1
}

find_python() {
    for name in ${PYTHON:+"$PYTHON"} python3.14 python3.13 python3.12 python3.11 python3 python; do
        if usable "$name"; then
            echo "$name"
            return
        fi
    done
    cat >&2 <<'MESSAGE'
No usable Python was found. This needs Python 3.11 or newer with its venv module
(on Debian and Ubuntu: apt install python3 python3-venv).
If it is somewhere else, name it: make install PYTHON=/path/to/python3
MESSAGE
    exit 1
}

is_installed() {
    .venv/bin/python -c '' >/dev/null 2>&1 || return 1
    cmp -s "$lock" ".venv/installed-$lock" && return 0
    # The development lock holds everything of the other one.
    [ "$lock" = requirements.lock ] &&
        cmp -s requirements.lock .venv/installed-with-requirements-dev.lock
}

if is_installed; then
    exit 0
fi

if ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
    python=$(find_python)
    echo "Making .venv with $("$python" --version 2>&1) ..."
    rm -rf .venv
    "$python" -m venv .venv
fi

echo "Installing $lock ..."
rm -f .venv/installed-*
.venv/bin/python -m pip install --quiet --disable-pip-version-check \
    --no-deps --require-hashes -r "$lock"
cp "$lock" ".venv/installed-$lock"
if [ "$lock" = requirements-dev.lock ]; then
    cp requirements.lock .venv/installed-with-requirements-dev.lock
fi
