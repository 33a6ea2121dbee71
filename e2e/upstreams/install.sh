#!/bin/sh
# Install the MCP servers that we did not write, and what the journeys need from npm, below e2e/. Quick when nothing changed.
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-../.venv/bin/python}

# Whether the digest of the lock $1 differs from the one noted in $2.
outdated() { [ "$(sha256sum "$1" | cut -d' ' -f1)" != "$(cat "$2" 2>/dev/null)" ]; }
note() { sha256sum "$1" | cut -d' ' -f1 >"$2"; }

if outdated package-lock.json node_modules/.lock-digest; then
    npm ci --ignore-scripts --loglevel=error
    note package-lock.json node_modules/.lock-digest
fi
if outdated upstreams/requirements.lock .venv/.lock-digest; then
    rm -rf .venv
    "$python" -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r upstreams/requirements.lock
    note upstreams/requirements.lock .venv/.lock-digest
fi
