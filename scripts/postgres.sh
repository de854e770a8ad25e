# A throw-away PostgreSQL, for the scripts that source this file.
#
# postgres_start DIR makes a cluster in DIR, starts it and exports its address
# as AMENDS_TEST_POSTGRES. It listens on a socket of its own, so no port can be
# taken, with fsync on: what is said about durability must be true of what it
# was said of. postgres_stop ends it; call it before DIR is removed.

postgres_as=() # what runs a command as a user that PostgreSQL accepts

postgres_start() {
	postgres_dir=$1
	postgres_bin=$(dirname "$(ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -V | tail -n 1)")
	[ -x "$postgres_bin/initdb" ] || postgres_bin=$(dirname "$(command -v initdb)")
	mkdir "$postgres_dir/pg" "$postgres_dir/socket"
	if [ "$(id -u)" = 0 ]; then # PostgreSQL refuses to run as root
		postgres_as=(runuser -u postgres --)
		chmod 755 "$postgres_dir"
		chown postgres "$postgres_dir/pg" "$postgres_dir/socket"
	fi
	(
		cd "$postgres_dir" # a directory that the user postgres may read
		"${postgres_as[@]}" "$postgres_bin/initdb" -D "$postgres_dir/pg" -U amends --auth=trust -E UTF8 --locale=C >"$postgres_dir/initdb.log"
		"${postgres_as[@]}" "$postgres_bin/pg_ctl" -D "$postgres_dir/pg" -w -t 60 -l "$postgres_dir/pg/log" start \
			-o "-c listen_addresses='' -c unix_socket_directories='$postgres_dir/socket' -c max_connections=400 -c timezone=UTC" >/dev/null
	)
	export AMENDS_TEST_POSTGRES="postgres://amends@/postgres?host=$postgres_dir/socket&sslmode=disable"
}

postgres_stop() {
	if [ -f "${postgres_dir:-}/pg/postmaster.pid" ]; then
		"${postgres_as[@]}" "$postgres_bin/pg_ctl" -D "$postgres_dir/pg" -m immediate -w stop >/dev/null 2>&1 || true
	fi
}
