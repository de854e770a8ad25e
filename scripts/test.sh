#!/usr/bin/env bash
# Runs every check: setup, format, vet, staticcheck, known vulnerabilities, then
# the tests on SQLite, on a throw-away PostgreSQL and in a real browser. The
# last line counts the tests. With the argument "soak" it only kills servers, for
# hours.
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

AMENDS_TEST_CHROMIUM=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
export AMENDS_TEST_CHROMIUM

postgres_start "$work"

if [ "${1:-}" = soak ]; then
	AMENDS_CHAOS_KILLS=${AMENDS_CHAOS_KILLS:-10000} go test -count=1 -v -timeout 48h \
		-run '^(TestNothingIsLostOrRepeatedWhenTheServerIsKilledOverAndOver|TestOneOfTwoNodesDiesOrFreezes)$' ./internal/app
	exit
fi

step() { printf '== %s\n' "$*"; }

step format
unformatted=$(git ls-files --cached --others --exclude-standard '*.go' | xargs -r gofmt -l)
if [ -n "$unformatted" ]; then
	echo "make fmt formats these: $unformatted" >&2
	exit 1
fi

step build
CGO_ENABLED=0 go build ./...

step vet
go vet ./...

step staticcheck
go tool -modfile=tools/go.mod staticcheck ./...

# govulncheck reads its database from a directory, or from an archive of one,
# named by AMENDS_VULNDB; without it there may be no network to ask.
if [ -n "${AMENDS_VULNDB:-}" ]; then
	step govulncheck
	vulndb=$AMENDS_VULNDB
	if [ -f "$vulndb" ]; then
		tar -xzf "$vulndb" -C "$work"
		vulndb=$(dirname "$(find "$work" -maxdepth 3 -name ID -type d | head -n 1)")
	fi
	go tool -modfile=tools/go.mod govulncheck -db "file://$(realpath "$vulndb")" ./...
else
	echo "govulncheck is left out: AMENDS_VULNDB names no database"
fi

step test
status=0
AMENDS_CHAOS_KILLS=${AMENDS_CHAOS_KILLS:-100} go test -race -json -timeout 15m ./... >"$work/test.json" || status=$?
go run ./scripts/count -exit "$status" <"$work/test.json"
