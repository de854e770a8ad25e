package lint

import "path/filepath"

// SARIF 2.1.0, the part of it that code scanning reads.

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool struct {
		Driver sarifDriver `json:"driver"`
	} `json:"tool"`
	ColumnKind string        `json:"columnKind"`
	Results    []sarifResult `json:"results"`
}

type sarifDriver struct {
	Name  string      `json:"name"`
	Rules []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID      string     `json:"id"`
	Short   sarifText  `json:"shortDescription"`
	Full    sarifText  `json:"fullDescription"`
	HelpURI string     `json:"helpUri,omitempty"`
	Default sarifLevel `json:"defaultConfiguration"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifLevel struct {
	Level string `json:"level"`
}

type sarifResult struct {
	RuleID    string          `json:"ruleId"`
	RuleIndex int             `json:"ruleIndex"`
	Level     string          `json:"level"`
	Message   sarifText       `json:"message"`
	Locations []sarifLocation `json:"locations"`
	Fixes     []sarifFix      `json:"fixes,omitempty"`
}

type sarifLocation struct {
	Physical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	} `json:"physicalLocation"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifRegion struct {
	StartLine   int        `json:"startLine"`
	StartColumn int        `json:"startColumn"`
	EndLine     int        `json:"endLine"`
	EndColumn   int        `json:"endColumn"`
	Snippet     *sarifText `json:"snippet,omitempty"`
}

type sarifFix struct {
	Description sarifText     `json:"description"`
	Changes     []sarifChange `json:"artifactChanges"`
}

type sarifChange struct {
	Artifact     sarifArtifact      `json:"artifactLocation"`
	Replacements []sarifReplacement `json:"replacements"`
}

type sarifReplacement struct {
	Deleted  sarifRegion `json:"deletedRegion"`
	Inserted sarifText   `json:"insertedContent"`
}

var sarifLevels = [...]string{"note", "warning", "error"}

func newSARIF(docs string) sarifLog {
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	run.Tool.Driver.Name = "amends lint"
	for _, r := range ruleList {
		rule := sarifRule{ID: r.ID, Short: sarifText{r.Title}, Full: sarifText{r.Why}, Default: sarifLevel{sarifLevels[r.Severity]}}
		if docs != "" {
			rule.HelpURI = docs + r.ID
		}
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, rule)
	}
	return sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run}}
}

func (s *sarifLog) add(path string, r Report) {
	run := &s.Runs[0]
	uri := sarifArtifact{filepath.ToSlash(path)}
	for _, f := range r.Findings {
		region := sarifRegion{StartLine: f.From.Line, StartColumn: f.From.Column, EndLine: f.To.Line, EndColumn: f.To.Column}
		res := sarifResult{RuleID: f.Rule, RuleIndex: mustNumber(f.Rule), Level: sarifLevels[f.Severity], Message: sarifText{message(f)}}
		if f.Safe {
			res.Fixes = []sarifFix{{sarifText{"Rewrite"}, []sarifChange{{uri, []sarifReplacement{{region, sarifText{f.Rewrite}}}}}}}
		}
		var loc sarifLocation
		loc.Physical.Artifact, loc.Physical.Region = uri, region
		if f.Quote != "" {
			loc.Physical.Region.Snippet = &sarifText{f.Quote}
		}
		res.Locations = []sarifLocation{loc}
		run.Results = append(run.Results, res)
	}
}

// reviewdog's rdjson: columns count bytes, from 1, and ends are exclusive.

type rdResult struct {
	Source struct {
		Name string `json:"name"`
	} `json:"source"`
	Diagnostics []rdDiagnostic `json:"diagnostics"`
}

type rdDiagnostic struct {
	Message     string         `json:"message"`
	Location    rdLocation     `json:"location"`
	Severity    string         `json:"severity"`
	Code        rdCode         `json:"code"`
	Suggestions []rdSuggestion `json:"suggestions,omitempty"`
}

type rdLocation struct {
	Path  string  `json:"path"`
	Range rdRange `json:"range"`
}

type rdRange struct {
	Start rdPlace `json:"start"`
	End   rdPlace `json:"end"`
}

type rdPlace struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

type rdCode struct {
	Value string `json:"value"`
	URL   string `json:"url,omitempty"`
}

type rdSuggestion struct {
	Range rdRange `json:"range"`
	Text  string  `json:"text"`
}

func (d *rdResult) add(path string, r Report, docs string) {
	for _, f := range r.Findings {
		span := rdRange{rdPlace{f.From.Line, f.From.Byte}, rdPlace{f.To.Line, f.To.Byte}}
		g := rdDiagnostic{Message: message(f), Location: rdLocation{path, span},
			Severity: [...]string{"INFO", "WARNING", "ERROR"}[f.Severity], Code: rdCode{Value: f.Rule}}
		if docs != "" {
			g.Code.URL = docs + f.Rule
		}
		if f.Safe {
			g.Suggestions = []rdSuggestion{{span, f.Rewrite}}
		}
		d.Diagnostics = append(d.Diagnostics, g)
	}
}
