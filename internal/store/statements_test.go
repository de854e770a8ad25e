package store

import (
	"database/sql"
	"path/filepath"
	"testing"
)

func openKept(t *testing.T) *sql.DB {
	t.Helper()
	db, err := openKeeping("file:" + filepath.Join(t.TempDir(), "kept.db"))
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	mustExec(t, db, `CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT NOT NULL) STRICT`)
	return db
}

func mustExec(t *testing.T, db *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.Exec(query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func count(t *testing.T, db *sql.DB) (n int) {
	t.Helper()
	if err := db.QueryRow(`SELECT COUNT(*) FROM words`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

const insertWord = `INSERT INTO words (id, word) VALUES ($1, $2)`

func TestAKeptStatementRunsAgainWithOtherArguments(t *testing.T) {
	db := openKept(t)
	for i, word := range []string{"own", "tell", "fix", "measure"} {
		mustExec(t, db, insertWord, i, word)
		var got string
		if err := db.QueryRow(`SELECT word FROM words WHERE id = $1`, i).Scan(&got); err != nil || got != word {
			t.Errorf("word %d is %q, %v; want %q", i, got, err, word)
		}
	}
}

func TestAStatementThatWasRefusedCanBeRunAgain(t *testing.T) {
	db := openKept(t)
	mustExec(t, db, insertWord, 1, "own")
	if _, err := db.Exec(insertWord, 1, "again"); !isUnique(err) {
		t.Errorf("a second row with the same id is answered with %v, want a unique violation", err)
	}
	mustExec(t, db, insertWord, 2, "tell")
	if n := count(t, db); n != 2 {
		t.Errorf("%d rows, want 2", n)
	}
}

func TestTheSameTextMayRunInsideItself(t *testing.T) {
	db := openKept(t)
	for i := range 3 {
		mustExec(t, db, insertWord, i, "word")
	}
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	pairs := 0
	for range 2 { // the second time, both are kept ones
		outer, err := tx.Query(`SELECT id FROM words`)
		if err != nil {
			t.Fatal(err)
		}
		for outer.Next() {
			inner, err := tx.Query(`SELECT id FROM words`)
			if err != nil {
				t.Fatal(err)
			}
			for inner.Next() {
				pairs++
			}
			if err := inner.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if err := outer.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if pairs != 18 {
		t.Errorf("%d pairs of 3 rows, twice; want 18", pairs)
	}
}

func TestAKeptStatementSeesATableThatHasChanged(t *testing.T) {
	db := openKept(t)
	mustExec(t, db, insertWord, 1, "own")
	mustExec(t, db, `ALTER TABLE words ADD COLUMN tongue TEXT NOT NULL DEFAULT 'en'`)
	mustExec(t, db, insertWord, 2, "tell")
	rows, err := db.Query(`SELECT * FROM words`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	if columns, err := rows.Columns(); err != nil || len(columns) != 3 {
		t.Errorf("columns %v, %v; want three", columns, err)
	}
}

func TestAConnectionKeepsOnlySoMany(t *testing.T) {
	db := openKept(t)
	for n := range 3 * statementsKept {
		mustExec(t, db, sqliteDialect.insertText(`INSERT INTO words (word)`, "", n%200+1, 1), words(n%200+1)...)
	}
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	err = conn.Raw(func(c any) error {
		if kept := len(c.(*keepingConn).idle); kept > statementsKept || kept < statementsKept/2 {
			t.Errorf("%d statements are kept, want %d at most, and not much fewer", kept, statementsKept)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func words(n int) []any {
	out := make([]any, n)
	for i := range out {
		out[i] = "word"
	}
	return out
}

func TestOnlySingleStatementsOnRowsAreKept(t *testing.T) {
	for query, want := range map[string]bool{
		"SELECT 1":                                true,
		"\n\tinsert into t values (1)":            true,
		"-- name: JobGet :one\nWITH a AS (b) c":   true,
		"-- one\n-- two\nUPDATE\n t SET a = 1":    true,
		"PRAGMA user_version":                     false,
		"VACUUM INTO 'copy'":                      false,
		"CREATE TABLE t (a)":                      false,
		"INSERT INTO t VALUES (1); DELETE FROM t": false,
		"-- nothing but a comment":                false,
		"":                                        false,
	} {
		if got := isWorthKeeping(query); got != want {
			t.Errorf("isWorthKeeping(%q) = %v, want %v", query, got, want)
		}
	}
}
