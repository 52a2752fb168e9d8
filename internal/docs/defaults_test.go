// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// statedDefault matches a default that a description states: a literal, not the name of another
// argument or of a variable.
var statedDefault = regexp.MustCompile("(?:Defaults to|Default:|, else) `([^`]+)`")

// TestDefaults compares the defaults that the schema's descriptions state with the constants of the
// code.
func TestDefaults(t *testing.T) {
	t.Parallel()
	inProvider := func(name string) string { return short(constantOf(t, "provider", name)) }
	want := map[string]string{
		"provider.base_url":        tallyfy.DefaultBaseURL,
		"provider.token_url":       tallyfy.DefaultTokenURL,
		"provider.max_retries":     strconv.Itoa(tallyfy.DefaultMaxRetries),
		"provider.request_timeout": short(tallyfy.DefaultRequestTimeout),

		"action tallyfy_complete_task.timeouts.invoke":        inProvider("defaultInvokeTimeout"),
		"data_source tallyfy_run.timeouts.read":               inProvider("defaultLookupTimeout"),
		"data_source tallyfy_task.timeouts.read":              inProvider("defaultLookupTimeout"),
		"data_source tallyfy_tasks.timeouts.read":             inProvider("defaultLookupTimeout"),
		"list_resource tallyfy_task_completion.timeouts.list": inProvider("defaultListTimeout"),
		"resource tallyfy_task_completion.timeouts.create":    inProvider("defaultCreateTimeout"),
		"resource tallyfy_task_completion.timeouts.read":      inProvider("defaultReadTimeout"),
		"resource tallyfy_task_completion.timeouts.update":    inProvider("defaultUpdateTimeout"),
		"resource tallyfy_task_completion.timeouts.delete":    inProvider("defaultDeleteTimeout"),
		"resource tallyfy_task_wait.timeouts.create":          inProvider("defaultWaitTimeout"),
		"resource tallyfy_task_wait.timeouts.read":            inProvider("defaultReadTimeout"),
	}
	// These have no constant of a number or an address.
	others := map[string]string{
		"data_source tallyfy_tasks.status":                   "all",
		"provider.preflight":                                 "true",
		"resource tallyfy_task_completion.reopen_on_destroy": "false",
		"resource tallyfy_task_wait.fail_on_rejection":       "true",
		"resource tallyfy_task_wait.poll_interval":           "15s",
	}
	for _, d := range descriptions(t) {
		for _, stated := range statedDefault.FindAllStringSubmatch(d.text, -1) {
			expected, known := want[d.file]
			if !known {
				expected, known = others[d.file]
			}
			switch {
			case strings.HasPrefix(stated[1], "TALLYFY_"): // another way to set it
				continue
			case !known:
				t.Errorf("%s states the default %s, which this test does not know: add it", d.file, stated[1])
			case stated[1] != expected:
				t.Errorf("%s states the default %s, and the code has %s", d.file, stated[1], expected)
			}
			delete(want, d.file)
		}
	}
	for path := range want {
		t.Errorf("%s does not state its default", path)
	}
}

// times are durations that pages state in words.
var times = []struct {
	pkg, constant string
	unit          time.Duration
	stated        *regexp.Regexp // its group is the number of units
}{
	{"completion", "contentionTime", time.Second, regexp.MustCompile(`one (?:by one|at a time)[^.|]*? for (\w+) seconds`)},
	{"completion", "preflightTime", time.Second, regexp.MustCompile(`does not respond within (\w+) seconds`)},
	{"tallyfy", "Grace", time.Second, regexp.MustCompile(`(?i:completion|response)[^.|]*? (?:gets|for|waits)[^.|]*? (\w+) (?:more )?seconds`)},
	{"provider", "defaultWaitTimeout", time.Hour, regexp.MustCompile(`(?m)^\| the wait \| (\w+) hours? \|`)},
}

// TestTimes compares durations in the prose of pages with the code. Each is stated somewhere.
func TestTimes(t *testing.T) {
	t.Parallel()
	for _, row := range times {
		t.Run(row.constant, func(t *testing.T) {
			t.Parallel()
			want := constantOf(t, row.pkg, row.constant)
			count := 0
			for _, p := range pages(t) {
				if !strings.HasPrefix(p.name, "docs/") {
					continue
				}
				for _, stated := range row.stated.FindAllStringSubmatch(p.prose, -1) {
					count++
					if n, ok := number(stated[1]); !ok || time.Duration(n)*row.unit != want {
						t.Errorf("%s says %q, and the code has %s", p.name, stated[0], want)
					}
				}
			}
			if count == 0 {
				t.Errorf("no page says %s: remove this row, or let it match the new words", row.stated)
			}
		})
	}
}

// number parses a number in digits or as a word.
func number(text string) (int, bool) {
	if n, err := strconv.Atoi(text); err == nil {
		return n, true
	}
	n, ok := map[string]int{"one": 1, "five": 5, "ten": 10, "fifteen": 15, "thirty": 30, "sixty": 60}[text]
	return n, ok
}

// short formats a duration as a configuration has it, such as 10m.
func short(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// constantOf returns a duration that is a constant of a package below internal/, exported or not.
func constantOf(t *testing.T, pkg, name string) time.Duration {
	t.Helper()
	for _, file := range matching(t, filepath.Join(filepath.Dir(examples(t)), "internal", pkg, "*.go")) {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range parsed.Decls {
			group, ok := declaration.(*ast.GenDecl)
			if !ok || group.Tok != token.CONST {
				continue
			}
			for _, spec := range group.Specs {
				value, ok := spec.(*ast.ValueSpec)
				if ok && value.Names[0].Name == name && len(value.Values) == 1 {
					if d, ok := duration(value.Values[0]); ok {
						return d
					}
				}
			}
		}
	}
	t.Fatalf("internal/%s has no duration %s as a constant", pkg, name)
	return 0
}

// duration evaluates an expression such as 10 * time.Minute.
func duration(expression ast.Expr) (time.Duration, bool) {
	switch e := expression.(type) {
	case *ast.BasicLit:
		n, err := strconv.ParseInt(e.Value, 10, 64)
		return time.Duration(n), err == nil
	case *ast.SelectorExpr:
		unit, ok := map[string]time.Duration{"Second": time.Second, "Minute": time.Minute, "Hour": time.Hour, "Millisecond": time.Millisecond}[e.Sel.Name]
		return unit, ok && called(e.X) == "time"
	case *ast.BinaryExpr:
		x, ok := duration(e.X)
		y, also := duration(e.Y)
		return x * y, ok && also && e.Op == token.MUL
	}
	return 0, false
}
