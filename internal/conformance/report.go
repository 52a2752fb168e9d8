// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Verdict is what an observation says about API.md.
type Verdict string

// The verdicts.
const (
	// AsExpected means that a source of API.md is right.
	AsExpected Verdict = "as expected"
	// Differs means that no source is right.
	Differs Verdict = "differs"
	// Answered means that API.md did not know.
	Answered Verdict = "answers an unknown"
	// NotObserved means that it could not be seen; the note says why.
	NotObserved Verdict = "not observed"
)

// Report is what the suite found. It contains nothing that identifies the account.
type Report struct {
	// Date is the day, in UTC. Provider is the commit of the provider's source, and CLI the product
	// and version that it ran under.
	Date     string `json:"date"`
	Provider string `json:"provider"`
	CLI      string `json:"cli"`
	// Server is "Tallyfy's default address" or "another address". Process says whether a process
	// was launched.
	Server  string `json:"server"`
	Process bool   `json:"process"`
	// Interval is the least time between two requests, which numbers of reads are to be
	// multiplied with: a duration such as "1s".
	Interval string `json:"interval"`
	// Requests counts all requests, also the provider's, and RateLimited those that got a 429.
	Requests    int `json:"requests"`
	RateLimited int `json:"rate_limited"`
	// NotRemoved is how many tasks and processes were not archived, or not found. The output of the
	// suite names them.
	NotRemoved int `json:"not_removed"`
	// Ended says why the suite ended early; empty if it did not.
	Ended        string        `json:"ended,omitempty"`
	Promises     []Promise     `json:"promises"`
	Observations []Observation `json:"observations"`
}

// Promise is a promise of the provider, and whether it was kept.
type Promise struct {
	Name   string `json:"name"`
	Result string `json:"result"` // passed, failed or skipped
	Note   string `json:"note,omitempty"`
}

// Observation is a fact about the API that was unknown or uncertain.
type Observation struct {
	ID string `json:"id"`
	// Section is the section of API.md.
	Section string `json:"section"`
	// Question is what is observed, and How by which requests.
	Question string `json:"question"`
	How      string `json:"how"`
	// Expected is what sources say, each with its confidence.
	Expected []Expectation `json:"expected"`
	Seen     string        `json:"seen"`
	Verdict  Verdict       `json:"verdict"`
	Note     string        `json:"note,omitempty"`
}

// Expectation is what a source says. Tag is its confidence, as in API.md.
type Expectation struct {
	Says string `json:"says"`
	Tag  string `json:"tag"`

	match *regexp.Regexp // of what is seen; nil for exactly Says
}

func (e Expectation) matches(seen string) bool {
	if e.match == nil {
		return seen == e.Says
	}
	return e.match.MatchString(seen)
}

// judge returns the observation with what was seen and the verdict about it.
func (o Observation) judge(seen string) Observation {
	o.Seen, o.Note = seen, ""
	o.Verdict = Differs
	if len(o.Expected) == 0 {
		o.Verdict = Answered
	}
	for _, e := range o.Expected {
		if !e.matches(seen) {
			continue
		}
		o.Verdict = AsExpected
		if len(o.Expected) > 1 {
			o.Note = "agrees with " + e.Tag
		}
		break
	}
	return o
}

// miss returns the observation as one that was not made.
func (o Observation) miss(reason string) Observation {
	o.Seen, o.Verdict, o.Note = "", NotObserved, reason
	return o
}

// redact returns the report with all its texts redacted.
func (r Report) redact(redactor *redactor) Report {
	observations := make([]Observation, 0, len(r.Observations))
	for _, o := range r.Observations {
		o.Seen, o.Note = redactor.redact(o.Seen), redactor.redact(o.Note)
		observations = append(observations, o)
	}
	promises := make([]Promise, 0, len(r.Promises))
	for _, p := range r.Promises {
		p.Note = redactor.redact(p.Note)
		promises = append(promises, p)
	}
	r.Observations, r.Promises, r.Ended = observations, promises, redactor.redact(r.Ended)
	return r
}

// reportDir returns the directory of the report, which exists. A relative one is below the root of
// the repository, because go test runs in the directory of the package.
func reportDir(dir, root string) (string, error) {
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(root, dir)
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return "", fmt.Errorf("the directory of %s cannot be created: %w", envReport, err)
	}
	return dir, nil
}

// write writes conformance.md and conformance.json into a directory, and returns their paths.
func (r Report) write(dir string) ([]string, error) {
	encoded, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, file := range []struct {
		name    string
		content []byte
	}{
		{"conformance.json", append(encoded, '\n')},
		{"conformance.md", []byte(r.markdown())},
	} {
		path := filepath.Join(dir, file.name)
		if err := os.WriteFile(path, file.content, 0o600); err != nil {
			return paths, fmt.Errorf("writing the report: %w", err)
		}
		paths = append(paths, path)
	}
	return paths, nil
}

// markdown returns the report as a page.
func (r Report) markdown() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# Conformance of Tallyfy's API\n")
	process := "without a process"
	if r.Process {
		process = "with a process"
	}
	line("- %s, %s, %s", r.Date, r.Server, process)
	line("- provider at commit %s, %s", r.Provider, r.CLI)
	line("- %d requests, one in %s at most, %d of them rejected by a rate limit", r.Requests, r.Interval, r.RateLimited)
	line("- %d of the created tasks and processes were not archived", r.NotRemoved)
	if r.Ended != "" {
		line("- **Ended early:** %s", r.Ended)
	}
	line("\n## Promises of the Provider\n\n| Promise | Result | Note |\n|---|---|---|")
	for _, p := range r.Promises {
		line("| %s | %s | %s |", p.Name, p.Result, cell(p.Note))
	}
	line("\n## Observations\n\n| Verdict | Number |\n|---|---:|")
	for _, v := range []Verdict{Differs, Answered, AsExpected, NotObserved} {
		number := 0
		for _, o := range r.Observations {
			if o.Verdict == v {
				number++
			}
		}
		line("| %s | %d |", v, number)
	}
	line("\nSections are those of internal/tallyfy/API.md, and tags in brackets its levels of confidence. "+
		"%q means that no source says what was seen, %q that there was no source, and %q that one is right.", Differs, Answered, AsExpected)
	line("\n| Observation | Section | Expected | Seen | Verdict |\n|---|---|---|---|---|")
	for _, o := range r.Observations {
		verdict := string(o.Verdict)
		if o.Note != "" {
			verdict += ": " + o.Note
		}
		line("| `%s`: %s | §%s | %s | %s | %s |", o.ID, cell(o.Question), o.Section, cell(o.expected()), cell(o.Seen), cell(verdict))
	}
	return b.String()
}

// expected returns what the sources say, in one text.
func (o Observation) expected() string {
	if len(o.Expected) == 0 {
		return "unknown [UNK]"
	}
	var all []string
	for _, e := range o.Expected {
		all = append(all, e.Says+" "+e.Tag)
	}
	return strings.Join(all, ", or ")
}

// cell returns a text that cannot end a cell of a table, or begin HTML.
func cell(text string) string {
	return strings.NewReplacer("|", "\\|", "\n", " ", "<", "&lt;", "`", "'").Replace(text)
}
