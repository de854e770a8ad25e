#!/usr/bin/env bash
# Takes the pictures in docs/screenshots from the demo, whose story is the same
# every time.
set -euo pipefail
cd "$(dirname "$0")/.."
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
work=$(mktemp -d)
go build -o "$work/amends" ./cmd/amends
"$work/amends" serve --demo --addr 127.0.0.1:0 >"$work/out" &
server=$!
trap 'kill $server; wait $server || true; rm -rf "$work"' EXIT
until base=$(sed -n 's/^  open *\(http[^ ]*\)\/ .*/\1/p' "$work/out") && [ -n "$base" ]; do
	kill -0 $server
	sleep 0.1
done
mkdir -p docs/screenshots

shoot() { # shoot NAME PATH WIDTH HEIGHT [FLAG…]
	local name=$1 path=$2 width=$3 height=$4
	shift 4
	"$chromium" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
		--disable-component-update --disable-sync --hide-scrollbars --user-data-dir="$work/$name" \
		--window-size="$width,$height" --virtual-time-budget=2000 "$@" \
		--screenshot="docs/screenshots/$name.png" "$base$path" 2>/dev/null
	echo "docs/screenshots/$name.png"
}
incident=$(curl -fsS "$base/incidents" | grep -o '/incidents/[0-9]*' | head -n 1)
shoot incident "$incident" 1200 1400
shoot now / 1200 1000
shoot status /status 1200 1300
shoot promises /promises 1200 1300
shoot status-phone /status 500 1100
shoot incident-dark "$incident" 1200 1400 --blink-settings=preferredColorScheme=0
