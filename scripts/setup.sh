#!/usr/bin/env bash
# Installs what the tests need and is not there yet. On a Debian machine as
# root it installs; elsewhere it says what to install, and fails.
set -euo pipefail

missing=()
need() { # need PACKAGE FILE…: the package is there when one of the files is
	local package=$1 file
	shift
	for file in "$@"; do
		[ -e "$file" ] && return
		command -v "$file" >/dev/null && return
	done
	missing+=("$package")
}
need git git
need chromium chromium chromium-browser google-chrome
need fonts-liberation /usr/share/fonts/truetype/liberation /usr/share/fonts/truetype/liberation2 /usr/share/fonts/liberation-sans
need postgresql /usr/lib/postgresql/*/bin/initdb initdb
need prometheus-alertmanager prometheus-alertmanager alertmanager
need prometheus prometheus
need gcc gcc # the race detector links with it

if [ ${#missing[@]} -gt 0 ]; then
	if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
		echo "make test needs these, named as Debian names them: ${missing[*]}" >&2
		echo "Install them, or run make test as root on Debian, and it installs them." >&2
		exit 1
	fi
	echo "installing ${missing[*]}"
	export DEBIAN_FRONTEND=noninteractive
	# The services of these packages must not start; the tests start their own.
	policy=/usr/sbin/policy-rc.d
	if [ ! -e $policy ]; then
		printf '#!/bin/sh\nexit 101\n' >$policy
		chmod +x $policy
		trap 'rm -f $policy' EXIT
	fi
	dpkg --configure -a >/dev/null
	apt-get update -qq
	# gcc alone links only with libc's headers beside it.
	[[ " ${missing[*]} " == *" gcc "* ]] && missing+=(libc6-dev)
	apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
