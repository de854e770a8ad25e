package config

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// Markdown returns the manual's table of options.
func Markdown() string {
	var b strings.Builder
	b.WriteString("| Option | Default | What it does |\n|---|---|---|\n")
	for _, o := range options {
		value := "*" + o.WorksOut + "*"
		if o.Default != "" {
			value = "`" + o.Default + "`"
		}
		help := o.Help + "."
		if o.Secret {
			help += " Secret: `" + o.Key + fileSuffix + "` names a file that holds it."
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", o.Key, strings.ReplaceAll(value, "|", `\|`), strings.ReplaceAll(help, "|", `\|`))
	}
	return b.String()
}

// Example returns a file that names every option and sets none.
func Example() string {
	var b strings.Builder
	b.WriteString("# amends.toml: take the # away to set an option.\n")
	for _, o := range options {
		if o.Key == "demo" {
			continue // for a first look, not for a file
		}
		value := cmp.Or(o.Example, o.Default)
		if _, err := strconv.Atoi(value); err != nil {
			value = strconv.Quote(value)
		}
		fmt.Fprintf(&b, "\n# %s.\n", o.Help)
		fmt.Fprintf(&b, "# Default: %s.\n", cmp.Or(o.Default, o.WorksOut))
		fmt.Fprintf(&b, "# %s = %s\n", o.Key, value)
		if o.Secret {
			fmt.Fprintf(&b, "# %s%s = \"/etc/amends/%s\"\n", o.Key, fileSuffix, o.Key)
		}
	}
	return b.String()
}
