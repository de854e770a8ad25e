package store

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"time"
)

// An archive is the one file of a backup. It knows neither database:
//
//	amends backup 1\n
//	gzip( frame* )
//	sha256 HEX\n         of all bytes before it
//
// A frame is a letter, the length of what follows as a uvarint, and that many
// bytes: H the head (JSON), T a table and its columns (JSON), R a row, M the
// manifest (JSON), which comes last. A row is its values one after the other:
//
//	0          null
//	1 varint   a whole number; true is 1, false is 0
//	2 uvarint  a text of that many bytes
//	3 uvarint  bytes
//
// Rows stand in the order of their key, texts by byte, so that equal records
// give equal rows whichever database they are in.
const (
	archiveStart   = "amends backup 1\n"
	archiveTrailer = len("sha256 ") + 2*sha256.Size + 1
	maxFrame       = 64 << 20
)

// Manifest says what a backup holds.
type Manifest struct {
	Schema int64      `json:"schema"` // version of the tables
	At     time.Time  `json:"at"`     // of the snapshot
	Tables []TableSum `json:"tables"`
	Rows   int64      `json:"rows"` // in all tables
}

// TableSum is what a backup holds of one table.
type TableSum struct {
	Name   string `json:"name"`
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"` // of the rows' frames, in hexadecimal
}

type tableHead struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
}

// reader of rows: what an archive, an audit and a restore do with a walk over
// the record, table by table. Row must not keep values.
type rowReader interface {
	table(name string, columns []string) error
	row(values []any) error
}

// appendRow appends a row in its one form.
func appendRow(out []byte, values []any) ([]byte, error) {
	for _, v := range values {
		switch v := v.(type) {
		case nil:
			out = append(out, 0)
		case int64:
			out = binary.AppendVarint(append(out, 1), v)
		case bool:
			n := int64(0)
			if v {
				n = 1
			}
			out = binary.AppendVarint(append(out, 1), n)
		case string:
			out = append(binary.AppendUvarint(append(out, 2), uint64(len(v))), v...)
		case []byte:
			out = append(binary.AppendUvarint(append(out, 3), uint64(len(v))), v...)
		default:
			return nil, fmt.Errorf("a value of type %T has no place in a backup", v)
		}
	}
	return out, nil
}

// archiveWriter writes an archive; it is a rowReader.
type archiveWriter struct {
	raw      io.Writer // what the whole file's digest does not see: the trailer
	whole    hash.Hash
	gz       *gzip.Writer
	manifest Manifest
	rows     hash.Hash // of the table under way
	buf      []byte
}

func newArchiveWriter(w io.Writer, m Manifest) (*archiveWriter, error) {
	a := &archiveWriter{raw: w, whole: sha256.New(), manifest: m}
	out := io.MultiWriter(w, a.whole)
	if _, err := io.WriteString(out, archiveStart); err != nil {
		return nil, err
	}
	var err error
	if a.gz, err = gzip.NewWriterLevel(out, gzip.BestSpeed); err != nil {
		return nil, err
	}
	return a, a.writeJSON('H', m)
}

func (a *archiveWriter) frame(kind byte, body []byte) error {
	var head [1 + binary.MaxVarintLen64]byte
	head[0] = kind
	n := 1 + binary.PutUvarint(head[1:], uint64(len(body)))
	if _, err := a.gz.Write(head[:n]); err != nil {
		return err
	}
	_, err := a.gz.Write(body)
	return err
}

func (a *archiveWriter) writeJSON(kind byte, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return a.frame(kind, body)
}

func (a *archiveWriter) table(name string, columns []string) error {
	a.endTable()
	a.manifest.Tables = append(a.manifest.Tables, TableSum{Name: name})
	a.rows = sha256.New()
	return a.writeJSON('T', tableHead{name, columns})
}

func (a *archiveWriter) endTable() {
	if n := len(a.manifest.Tables); n > 0 {
		a.manifest.Tables[n-1].SHA256 = hex.EncodeToString(a.rows.Sum(nil))
	}
}

func (a *archiveWriter) row(values []any) (err error) {
	if a.buf, err = appendRow(a.buf[:0], values); err != nil {
		return err
	}
	if len(a.buf) > maxFrame {
		return fmt.Errorf("a row of %d bytes is more than a backup takes", len(a.buf))
	}
	a.rows.Write(a.buf)
	a.manifest.Rows++
	a.manifest.Tables[len(a.manifest.Tables)-1].Rows++
	return a.frame('R', a.buf)
}

// close writes the manifest and the trailer.
func (a *archiveWriter) close() (Manifest, error) {
	a.endTable()
	if err := a.writeJSON('M', a.manifest); err != nil {
		return Manifest{}, err
	}
	if err := a.gz.Close(); err != nil {
		return Manifest{}, err
	}
	_, err := fmt.Fprintf(a.raw, "sha256 %x\n", a.whole.Sum(nil))
	return a.manifest, err
}
