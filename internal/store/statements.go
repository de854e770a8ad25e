package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"modernc.org/sqlite"
)

// The SQLite driver parses a statement every time it runs; that was a third of
// the work of a commit. Connections opened here keep the statements that they
// have prepared. PostgreSQL's driver does the same by itself.

// statementsKept bounds the statements that a connection keeps.
const statementsKept = 128

// openKeeping opens a pool of SQLite connections that keep their statements.
func openKeeping(dsn string) (*sql.DB, error) {
	c, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(keeping{c}), nil
}

type keeping struct{ driver.Connector }

// Connect implements driver.Connector.
func (k keeping) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := k.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	plain, ok := c.(plainConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("a connection of the SQLite driver, a %T, lacks methods", c), c.Close())
	}
	return &keepingConn{plainConn: plain, idle: map[string]plainStmt{}}, nil
}

// plainConn is what the driver's connections can do.
type plainConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

type plainStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// keepingConn is one connection. Like every driver's it is used by one
// goroutine at a time.
type keepingConn struct {
	plainConn
	idle map[string]plainStmt // by text; one that runs is not in here
}

// ExecContext implements driver.ExecerContext.
func (c *keepingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if !isWorthKeeping(query) {
		return c.plainConn.ExecContext(ctx, query, args)
	}
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	result, err := s.ExecContext(ctx, args)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return result, c.give(query, s)
}

// QueryContext implements driver.QueryerContext.
func (c *keepingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if !isWorthKeeping(query) {
		return c.plainConn.QueryContext(ctx, query, args)
	}
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(ctx, args)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return &keepingRows{Rows: rows, conn: c, query: query, stmt: s}, nil
}

// take returns a statement that nobody else runs.
func (c *keepingConn) take(ctx context.Context, query string) (plainStmt, error) {
	if s, ok := c.idle[query]; ok {
		delete(c.idle, query)
		return s, nil
	}
	s, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	plain, ok := s.(plainStmt)
	if !ok {
		return nil, errors.Join(fmt.Errorf("a statement of the SQLite driver, a %T, lacks methods", s), s.Close())
	}
	return plain, nil
}

// give keeps a statement for the next time. When there are too many, any other
// one goes: those in daily use come back at once.
func (c *keepingConn) give(query string, s plainStmt) error {
	if _, twin := c.idle[query]; twin {
		return s.Close()
	}
	var err error
	if len(c.idle) >= statementsKept {
		for other, old := range c.idle {
			delete(c.idle, other)
			err = old.Close()
			break
		}
	}
	c.idle[query] = s
	return err
}

// Close implements driver.Conn.
func (c *keepingConn) Close() error {
	var errs []error
	for _, s := range c.idle {
		errs = append(errs, s.Close())
	}
	clear(c.idle)
	return errors.Join(append(errs, c.plainConn.Close())...)
}

// keepingRows gives the statement back when its rows are closed.
type keepingRows struct {
	driver.Rows
	conn  *keepingConn
	query string
	stmt  plainStmt // nil once given back
}

// Close implements driver.Rows.
func (r *keepingRows) Close() error {
	err := r.Rows.Close()
	s := r.stmt
	r.stmt = nil
	switch {
	case s == nil:
		return err
	case err != nil:
		return errors.Join(err, s.Close())
	}
	return r.conn.give(r.query, s)
}

// isWorthKeeping reports whether a text is one statement on rows. What changes
// tables, settings or the whole file runs rarely, and several statements in one
// text cannot be kept.
func isWorthKeeping(query string) bool {
	if strings.Contains(query, ";") {
		return false
	}
	query = strings.TrimSpace(query)
	for strings.HasPrefix(query, "--") { // River's begin with their name
		_, query, _ = strings.Cut(query, "\n")
		query = strings.TrimSpace(query)
	}
	word, _, _ := strings.Cut(query, " ")
	switch strings.ToUpper(strings.TrimSpace(word)) {
	case "SELECT", "INSERT", "UPDATE", "DELETE", "WITH":
		return true
	}
	return false
}
