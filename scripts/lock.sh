#!/bin/sh
# Renews both lock files: exact versions and hashes for every platform, no index address.
set -eu
command -v uv >/dev/null || {
    echo "uv is needed to renew the lock files." >&2
    exit 1
}
compile() {
    uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
        --no-header --no-emit-index-url --no-emit-find-links --quiet "$@"
}
compile --upgrade --output-file requirements.lock
compile --group dev --constraint requirements.lock --output-file requirements-dev.lock
