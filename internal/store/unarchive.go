package store

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"

	"amends.dev/internal/fault"
)

var errDamaged = errors.New("the bytes do not read as a backup")

// parseRow reads a row into values, which is used again.
func parseRow(data []byte, values []any) ([]any, error) {
	values = values[:0]
	for len(data) > 0 {
		kind := data[0]
		data = data[1:]
		switch kind {
		case 0:
			values = append(values, nil)
		case 1:
			v, n := binary.Varint(data)
			if n <= 0 {
				return nil, errDamaged
			}
			values, data = append(values, v), data[n:]
		case 2, 3:
			size, n := binary.Uvarint(data)
			if n <= 0 || size > uint64(len(data)-n) {
				return nil, errDamaged
			}
			text := data[n : n+int(size)]
			data = data[n+int(size):]
			if kind == 2 {
				values = append(values, string(text))
			} else {
				values = append(values, bytes.Clone(text))
			}
		default:
			return nil, errDamaged
		}
	}
	return values, nil
}

// archiveReader reads an archive and notices every byte that is not as it was
// written.
type archiveReader struct {
	body     *sealed
	in       *bufio.Reader
	head     Manifest
	manifest Manifest // as the rows turn out to be
	rows     hash.Hash
	buf      bytes.Buffer
	values   []any
	columns  int
}

// damaged is the error for whatever is wrong with the file itself.
func damaged(err error) error {
	return fault.Wrap(fault.Invalid, "This backup is damaged. Nothing of it was used. Take another copy of the file, or an older backup", err)
}

func openArchive(r io.Reader) (*archiveReader, error) {
	a := &archiveReader{body: &sealed{src: r, sum: sha256.New()}}
	start := make([]byte, len(archiveStart))
	if _, err := io.ReadFull(a.body, start); err != nil || string(start) != archiveStart {
		return nil, fault.Wrap(fault.Invalid, "This is not a backup that this amends can read. Give it a file that amends backup wrote, or start a newer amends", err)
	}
	gz, err := gzip.NewReader(a.body)
	if err != nil {
		return nil, damaged(err)
	}
	a.in = bufio.NewReaderSize(gz, 64<<10)
	kind, body, err := a.frame()
	if err != nil || kind != 'H' {
		return nil, damaged(errors.Join(err, errDamaged))
	}
	if err := json.Unmarshal(body, &a.head); err != nil {
		return nil, damaged(err)
	}
	a.manifest = Manifest{Schema: a.head.Schema, At: a.head.At}
	return a, nil
}

func (a *archiveReader) frame() (kind byte, body []byte, err error) {
	if kind, err = a.in.ReadByte(); err != nil {
		return 0, nil, err
	}
	size, err := binary.ReadUvarint(a.in)
	if err != nil {
		return 0, nil, err
	}
	if size > maxFrame {
		return 0, nil, errDamaged
	}
	// The buffer grows with what is there, not with what a damaged length says.
	a.buf.Reset()
	_, err = io.CopyN(&a.buf, a.in, int64(size))
	return kind, a.buf.Bytes(), err
}

// each hands every row on and returns the manifest when all of the file is as
// it was written. What to got is worth nothing unless the error is nil.
func (a *archiveReader) each(to rowReader) (Manifest, error) {
	for {
		kind, body, err := a.frame()
		if err != nil {
			return Manifest{}, damaged(err)
		}
		switch kind {
		case 'T':
			err = a.table(body, to)
		case 'R':
			err = a.row(body, to)
		case 'M':
			return a.manifest, a.end(body)
		default:
			err = damaged(errDamaged)
		}
		if err != nil {
			return Manifest{}, err
		}
	}
}

func (a *archiveReader) table(body []byte, to rowReader) error {
	var t tableHead
	if err := json.Unmarshal(body, &t); err != nil {
		return damaged(err)
	}
	a.endTable()
	a.manifest.Tables = append(a.manifest.Tables, TableSum{Name: t.Name})
	a.rows, a.columns = sha256.New(), len(t.Columns)
	return to.table(t.Name, t.Columns)
}

func (a *archiveReader) endTable() {
	if n := len(a.manifest.Tables); n > 0 {
		a.manifest.Tables[n-1].SHA256 = hex.EncodeToString(a.rows.Sum(nil))
	}
}

func (a *archiveReader) row(body []byte, to rowReader) (err error) {
	if a.values, err = parseRow(body, a.values); err != nil || len(a.values) != a.columns || a.rows == nil {
		return damaged(errors.Join(err, errDamaged))
	}
	a.rows.Write(body)
	a.manifest.Rows++
	a.manifest.Tables[len(a.manifest.Tables)-1].Rows++
	return to.row(a.values)
}

// end compares the manifest and the digest of the whole file.
func (a *archiveReader) end(body []byte) error {
	a.endTable()
	var said Manifest
	if err := json.Unmarshal(body, &said); err != nil {
		return damaged(err)
	}
	got, err := json.Marshal(a.manifest)
	if err != nil {
		return err
	}
	want, err := json.Marshal(said)
	if err != nil {
		return err
	}
	if !bytes.Equal(got, want) {
		return damaged(errors.New("the rows are not those that the manifest lists"))
	}
	if _, err := a.in.ReadByte(); err != io.EOF {
		return damaged(errors.Join(err, errors.New("something follows the manifest")))
	}
	return a.body.check()
}

// sealed hands on all bytes but the trailer, and digests them.
type sealed struct {
	src  io.Reader
	sum  hash.Hash
	held []byte // read and not handed on; at least the trailer, once the end was seen
	err  error
}

// Read implements io.Reader.
func (s *sealed) Read(p []byte) (int, error) {
	for len(s.held) <= archiveTrailer && s.err == nil {
		var part [64 << 10]byte
		var n int
		n, s.err = s.src.Read(part[:])
		s.held = append(s.held, part[:n]...)
	}
	free := len(s.held) - archiveTrailer
	if free <= 0 {
		return 0, s.err
	}
	n := copy(p, s.held[:free])
	s.sum.Write(p[:n])
	s.held = s.held[:copy(s.held, s.held[n:])]
	return n, nil
}

// check compares the digest of what was handed on with the trailer.
func (s *sealed) check() error {
	if s.err != io.EOF {
		return damaged(s.err)
	}
	if want := fmt.Sprintf("sha256 %x\n", s.sum.Sum(nil)); string(s.held) != want {
		return damaged(errors.New("the digest of the file is not the one at its end"))
	}
	return nil
}
