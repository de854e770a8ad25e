#!/usr/bin/env bash
# Runs every check: setup, format, vet, staticcheck, known vulnerabilities, then
# the tests on SQLite, on a throw-away PostgreSQL and in a real browser. The
# last line counts the tests. With the argument "screenshots" it only takes
# pictures of the pages; with "soak" it only kills servers, for hours.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh

work=$(mktemp -d)
as_postgres=()
cleanup() {
	if [ -f "$work/pg/postmaster.pid" ]; then
		"${as_postgres[@]}" "$pg/pg_ctl" -D "$work/pg" -m immediate -w stop >/dev/null 2>&1 || true
	fi
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

AMENDS_TEST_CHROMIUM=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
export AMENDS_TEST_CHROMIUM

if [ "${1:-}" = screenshots ]; then
	mkdir -p tmp/screenshots
	AMENDS_TEST_SCREENSHOTS=$PWD/tmp/screenshots go test -count=1 ./internal/web
	ls tmp/screenshots
	exit
fi

# PostgreSQL on a socket of its own, so no port can be taken, with fsync on:
# what the tests say about durability must be true of what they ran on.
pg=$(dirname "$(ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -V | tail -n 1)")
[ -x "$pg/initdb" ] || pg=$(dirname "$(command -v initdb)")
mkdir "$work/pg" "$work/socket"
if [ "$(id -u)" = 0 ]; then # PostgreSQL refuses to run as root
	as_postgres=(runuser -u postgres --)
	chmod 755 "$work"
	chown postgres "$work/pg" "$work/socket"
fi
(
	cd "$work" # a directory that the user postgres may read
	"${as_postgres[@]}" "$pg/initdb" -D "$work/pg" -U amends --auth=trust -E UTF8 --locale=C >"$work/initdb.log"
	"${as_postgres[@]}" "$pg/pg_ctl" -D "$work/pg" -w -t 60 -l "$work/pg/log" start \
		-o "-c listen_addresses='' -c unix_socket_directories='$work/socket' -c max_connections=200 -c timezone=UTC" >/dev/null
)
AMENDS_TEST_POSTGRES="postgres://amends@/postgres?host=$work/socket&sslmode=disable"
export AMENDS_TEST_POSTGRES

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
AMENDS_CHAOS_KILLS=${AMENDS_CHAOS_KILLS:-200} go test -race -json -timeout 15m ./... >"$work/test.json" || status=$?
go run ./scripts/count -exit "$status" <"$work/test.json"
