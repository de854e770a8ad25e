package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"amends.dev/client"
	"amends.dev/internal/app"
	"amends.dev/internal/fault"
)

func newImport() *cobra.Command {
	c := &cobra.Command{
		Use: "import", GroupID: groupTeam, Short: "Bring the history of another tool", Args: cobra.NoArgs, RunE: helpOnly,
	}
	page := &cobra.Command{
		Use: "statuspage FILE|DIR|URL", Short: "Bring incidents from Statuspage",
		Long: `Bring the past incidents of a Statuspage, with their recorded times. Nobody is
told, and no promise is made up: where no next time was kept, the ledger has
none. What has been brought before is left as it is, so it can be run again.

FILE is native JSON as /api/v2/incidents.json of the page gives it, or a .tar.gz
of such files. DIR is read with everything below it. URL is the page itself.

It asks the server that you are signed in to, as an admin with a session, and
opens the record itself when --data, --database or --config say where it is, or
when you are signed in nowhere. A SQLite record is open to it only while the
server does not run.`,
		Example: "  amends import statuspage ./history --dry-run\n  amends import statuspage https://status.example.org",
		Args:    cobra.ExactArgs(1),
		RunE:    either(importServer, importRecord),
	}
	page.Flags().BoolP("dry-run", "n", false, "Say what would come, and change nothing")
	page.Flags().Bool("json", false, "Print JSON")
	addRecordFlags(page)
	c.AddCommand(page)
	return c
}

// importTimeout bounds the upload of one history.
const importTimeout = 5 * time.Minute

func importServer(d *desk, args []string) error {
	d.api.Timeout = importTimeout
	dry, _ := d.cmd.Flags().GetBool("dry-run")
	return d.imports(d.cmd, args[0], func(history []byte) (client.Imported, error) {
		done, err := d.api.ImportStatuspage(d.ctx, history, dry)
		return done, withSession(err)
	})
}

func importRecord(r *recordDesk, args []string) error {
	dry, _ := r.cmd.Flags().GetBool("dry-run")
	return r.imports(r.cmd, args[0], func(history []byte) (client.Imported, error) {
		return app.ImportStatuspage(r.cmd.Context(), r.db, history, dry)
	})
}

// imports brings every history that a place holds, and sums up.
func (t *terminal) imports(c *cobra.Command, from string, bring func([]byte) (client.Imported, error)) error {
	files, err := histories(c, from)
	if err != nil {
		return err
	}
	var sum client.Imported
	draw := t.progress("files")
	for i, file := range files {
		one, err := bring(file.data)
		if err != nil {
			if sum.Added > 0 {
				t.remark("%d incidents were brought before it. Running it again goes on from there.", sum.Added)
			}
			return fmt.Errorf("%s: %w", file.name, err)
		}
		sum.Found, sum.Added, sum.Known, sum.Skipped = sum.Found+one.Found, sum.Added+one.Added, sum.Known+one.Known, sum.Skipped+one.Skipped
		draw(i+1, len(files))
	}
	if asJSON, _ := c.Flags().GetBool("json"); asJSON {
		return writeJSON(t.out, sum)
	}
	t.done("%s", importWords(c, sum))
	return nil
}

func importWords(c *cobra.Command, sum client.Imported) string {
	brought := "%s brought"
	if dry, _ := c.Flags().GetBool("dry-run"); dry {
		brought = "%s would come"
	}
	parts := []string{fmt.Sprintf(brought, count(int64(sum.Added), "incident", "incidents"))}
	if sum.Known > 0 {
		parts = append(parts, fmt.Sprintf("%d here already", sum.Known))
	}
	if sum.Skipped > 0 {
		parts = append(parts, fmt.Sprintf("%d left out as planned work", sum.Skipped))
	}
	text := strings.Join(parts, ", ") + "."
	if sum.Added > 0 && !strings.Contains(brought, "would") {
		text += " See how often was spoken:  amends report cadence"
	}
	return text
}

// history is one file of Statuspage JSON.
type history struct {
	name string
	data []byte
}

// maxHistory bounds one file, in bytes.
const maxHistory = 64 << 20

// histories reads a file, a folder, an archive or a page.
func histories(c *cobra.Command, from string) ([]history, error) {
	if strings.HasPrefix(from, "https://") || strings.HasPrefix(from, "http://") {
		data, err := fetchHistory(c, from)
		return []history{{from, data}}, err
	}
	info, err := os.Stat(from)
	switch {
	case err != nil:
		return nil, fault.Wrap(fault.Invalid, fmt.Sprintf("%s cannot be read. Name a file, a folder or the address of a page", from), err)
	case info.IsDir():
		return folder(from)
	case strings.HasSuffix(from, ".tar.gz") || strings.HasSuffix(from, ".tgz"):
		return archive(from)
	}
	data, err := readAtMost(from, maxHistory+1)
	if err != nil {
		return nil, fmt.Errorf("read the history: %w", err)
	}
	return []history{{from, data}}, nil
}

func folder(dir string) (list []history, err error) {
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".json" {
			return err
		}
		data, err := readAtMost(path, maxHistory+1)
		list = append(list, history{path, data})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the folder: %w", err)
	}
	if len(list) == 0 {
		return nil, fault.Newf(fault.Invalid, "There is no .json file in %s. Name the folder that holds the incidents", dir)
	}
	return list, nil
}

func archive(path string) (list []history, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the archive: %w", err)
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, fmt.Sprintf("%s is not a .tar.gz archive. Unpack it and name the folder", path), err)
	}
	for r := tar.NewReader(unzipped); ; {
		head, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, fmt.Sprintf("%s is damaged. Unpack it and name the folder", path), err)
		}
		if head.Typeflag != tar.TypeReg || filepath.Ext(head.Name) != ".json" {
			continue
		}
		data, err := io.ReadAll(io.LimitReader(r, maxHistory+1))
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, fmt.Sprintf("%s is damaged. Unpack it and name the folder", path), err)
		}
		list = append(list, history{head.Name, data})
	}
	if len(list) == 0 {
		return nil, fault.Newf(fault.Invalid, "There is no .json file in %s. Name the archive that holds the incidents", path)
	}
	return list, nil
}

// fetchHistory asks a page for its incidents.
func fetchHistory(c *cobra.Command, address string) ([]byte, error) {
	if !strings.HasSuffix(address, ".json") {
		address = strings.TrimRight(address, "/") + "/api/v2/incidents.json"
	}
	req, err := http.NewRequestWithContext(c.Context(), http.MethodGet, address, nil)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, fmt.Sprintf("%s is not an address. Write it like https://status.example.org", address), err)
	}
	res, err := (&http.Client{Timeout: client.DefaultTimeout}).Do(req)
	if err != nil {
		return nil, fault.Wrap(fault.Conflict, fmt.Sprintf("%s does not answer. Check the address, or save the JSON and name the file", address), err)
	}
	defer res.Body.Close()
	var b bytes.Buffer
	if _, err := io.Copy(&b, io.LimitReader(res.Body, maxHistory+1)); err != nil {
		return nil, fmt.Errorf("read %s: %w", address, err)
	}
	if res.StatusCode != http.StatusOK {
		return nil, fault.Newf(fault.Conflict, "%s answers with status %d. Check the address, or save the JSON and name the file", address, res.StatusCode)
	}
	return b.Bytes(), nil
}
