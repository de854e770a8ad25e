package main

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// describe says where the figures come from.
func (r *report) describe(ctx context.Context, b *bench) error {
	add := func(what, is string) {
		if is != "" {
			r.machine = append(r.machine, [2]string{what, is})
		}
	}
	add("Date", time.Now().UTC().Format("2006-01-02 15:04 UTC"))
	add("Processor", fmt.Sprintf("%s, %d cores in use", field("/proc/cpuinfo", "model name"), runtime.NumCPU()))
	add("Memory", field("/proc/meminfo", "MemTotal"))
	add("System", runtime.GOOS+"/"+runtime.GOARCH+", kernel "+first("/proc/sys/kernel/osrelease"))
	add("Disk", fileSystem(ctx, b.dir))
	add("Go", runtime.Version())
	add("amends", said(ctx, b.amends, "--version")+", revision "+said(ctx, "git", "rev-parse", "--short", "HEAD"))
	sqlite, err := ask(ctx, "sqlite", ":memory:", `SELECT sqlite_version()`)
	if err != nil {
		return err
	}
	add("SQLite", sqlite+", WAL, synchronous=FULL")
	pg, err := ask(ctx, "pgx", b.postgres, `SHOW server_version`)
	if err != nil {
		return err
	}
	add("PostgreSQL", pg+", its default settings, fsync and synchronous_commit on, over a socket on the same machine")
	command := "make bench"
	if len(b.asked) > 0 {
		command += " BENCH='" + strings.Join(b.asked, " ") + "'"
	}
	add("Command", "`"+command+"`")
	return nil
}

func ask(ctx context.Context, driver, database, query string) (answer string, err error) {
	db, err := sql.Open(driver, database)
	if err != nil {
		return "", err
	}
	defer db.Close()
	if err := db.QueryRowContext(ctx, query).Scan(&answer); err != nil {
		return "", fmt.Errorf("ask %s for %q: %w", driver, query, err)
	}
	return answer, nil
}

// said returns the first line that a program prints; "" when it cannot say.
func said(ctx context.Context, program string, args ...string) string {
	out, err := exec.CommandContext(ctx, program, args...).Output()
	if err != nil {
		return ""
	}
	line, _, _ := strings.Cut(string(out), "\n")
	return strings.TrimSpace(line)
}

// fileSystem names the kind and the device of the file system of a directory.
func fileSystem(ctx context.Context, dir string) string {
	out, err := exec.CommandContext(ctx, "df", "--output=fstype,source", dir).Output()
	if err != nil {
		return ""
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return strings.Join(strings.Fields(lines[len(lines)-1]), " on ")
}

// field returns the first value of a name in a file of "name: value" lines.
func field(file, name string) string {
	f, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if key, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func first(file string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

// load returns the machine's one-minute load average.
func load() string {
	one, _, _ := strings.Cut(first("/proc/loadavg"), " ")
	return one
}
