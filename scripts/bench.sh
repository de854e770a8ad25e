#!/usr/bin/env bash
# Measures amends on this machine and writes docs/benchmarks.md. Arguments go
# to scripts/bench: -quick for a short run that writes nothing, -only NAME for
# one part.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh

. scripts/postgres.sh
work=$(mktemp -d)
cleanup() {
	postgres_stop
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM
postgres_start "$work"

CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o "$work/amends" ./cmd/amends
CGO_ENABLED=0 go build -o "$work/bench" ./scripts/bench
mkdir "$work/data"
"$work/bench" -amends "$work/amends" -dir "$work/data" "$@"
