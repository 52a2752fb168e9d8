// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"encoding/json"
	"strings"
	"testing"
)

// A write-only value is redacted in every form in which a server may repeat it, in errors and in
// recorded responses.
func TestSpellings(t *testing.T) {
	t.Parallel()
	const codes = "a1b2-c3\nd4e5\nf6g7-h8"
	for name, c := range map[string]struct {
		secret, echo string
		never        []string // parts of the secret
	}{
		"CRLF as LF":          {"ab12\r\ncd34\r\n", "ab12\ncd34\n", []string{"ab12", "cd34"}},
		"LF as CRLF":          {"ab12\ncd34", "ab12\r\ncd34", []string{"ab12", "cd34"}},
		"LF as CR":            {"one\ntwo", "one\rtwo", []string{"one", "two"}},
		"CRLF, no last line":  {"one\r\ntwo\r\n", "one\ntwo", []string{"one", "two"}},
		"mark at the start":   {"\ufeffpass-word", "pass-word", []string{"pass"}},
		"trimmed":             {" \n pass-word \n", "pass-word", []string{"pass"}},
		"NFC, collapsed":      {"cafe\u0301\n\npass", "caf\u00e9 pass", []string{"pass"}},
		"NFD, as LF":          {"caf\u00e9\r\npass", "cafe\u0301\npass", []string{"pass"}},
		"NFC, escaped":        {"cafe\u0301-pass", `caf\u00E9-pass`, []string{"pass"}},
		"short lines, one":    {codes, "The code d4e5 is too long", []string{"d4e5"}},
		"short lines, listed": {codes, "a1b2-c3, d4e5, f6g7-h8", []string{"a1b2", "d4e5", "f6g7"}},
		"short lines, rich":   {codes, "<p>a1b2-c3</p><p>d4e5</p>", []string{"a1b2", "d4e5"}},
		"line breaks in HTML": {"one\ntwo", "one<br />\ntwo", []string{"one", "two"}},
		"HTML, named":         {"caf\u00e9's", "caf&eacute;&apos;s", []string{"caf"}},
		"HTML, in hex":        {"a<b>'c'", "a&#x3C;b&#x3e;&#x27;c&#x27;", []string{"b&#"}},
		"HTML, twice":         {"a<b>&c", "a&amp;lt;b&amp;gt;&amp;amp;c", []string{"lt;b"}},
		"HTML, three times":   {"a<b>&c", "a&amp;amp;lt;b&amp;amp;gt;&amp;amp;amp;c", []string{"lt;b"}},
		"JSON, hex of HTML":   {"a<b>&'c'", `a\u003Cb\u003E\u0026\u0027c\u0027`, []string{"u003Cb"}},
		"JSON, pair":          {"pass \U0001f600 word", `pass \ud83d\ude00 word`, []string{"pass", "word"}},
		"JSON, CRLF as LF":    {"one\r\ntwo", `{"v":"one\ntwo`, []string{"one", "two"}},
		"JSON, in JSON":       {"one\n\"two\"", `{\"v\":\"one\\n\\\"two\\\"\"}`, []string{"one", "two"}},
		"JSON of HTML":        {"a<b>&c", `{"v":"a\u0026lt;b\u0026gt;\u0026amp;c`, []string{"lt;b"}},
		"URL, small letters":  {"a/b=c\u00e9", "a%2fb%3dc%c3%a9", []string{"2fb"}},
		"URL, small, spaces":  {"pass word/1", "v=pass+word%2f1", []string{"pass", "2f1"}},
		"URL, CRLF as LF":     {"one\r\ntwo", "v=one%0Atwo&w=100%", []string{"one", "two"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := WithSecrets(t.Context(), c.secret)
			quoted, err := json.Marshal("It says: " + c.echo)
			if err != nil {
				t.Fatal(err)
			}
			for place, reply := range map[string]reply{
				"text":     {status: 500, body: "It says: " + c.echo},
				"errors":   {status: 422, body: `{"errors":{"f":[` + string(quoted) + `]}}`},
				"title":    {status: 500, body: "<title>It says: " + c.echo + "</title>"},
				"recorded": ok(`{"data":{"id":"bbbb","status":"completed","tasks_changed_by_rules":{"t":` + string(quoted) + `}}}`),
			} {
				t.Run(place, func(t *testing.T) {
					client, _ := newScriptedClient(t, 0, reply)
					task, err := client.Complete(ctx, processTask, Completion{TaskID: processTask.Task})
					var said string
					if err != nil {
						said = err.Error()
					} else {
						said = string(task.TasksChangedByRules)
					}
					if !strings.Contains(said, "It says: ") || !strings.Contains(said, hiddenValue) {
						t.Errorf("it says %s", said)
					}
					for _, part := range c.never {
						if strings.Contains(said, part) {
							t.Errorf("%q is in %s", part, said)
						}
					}
				})
			}
		})
	}
}

// Short words and lines of a text occur in any sentence and are not redacted.
func TestWordsAreNotRedacted(t *testing.T) {
	t.Parallel()
	const said = "The text that is too long: 100% of a &amp; b \\u00e9 was lost."
	client, _ := newScriptedClient(t, 0, reply{status: 500, body: said})
	ctx := WithSecrets(t.Context(), "is", "100", "long\ntext\nthat\nlost\nThe\ntoo", "{\n}\n[\n]", "\n\n", "of\n&\nlost.",
		" is ", "a\n\n\n", "\t\tof", "    ", "\x00\x01\x02a", "b\t\t\tu\nwas    \n")
	_, err := client.Complete(ctx, processTask, Completion{TaskID: processTask.Task})
	contains(t, err.Error(), said)
}

// A text longer than maxEscaped is redacted as far as it is shown.
func TestSpellingsInLongText(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"at the start":      "caf&eacute;-pass " + strings.Repeat("x &amp; ", maxEscaped),
		"after much space":  strings.Repeat(" \n", maxEscaped) + "caf&eacute;-pass",
		"as it is, far off": strings.Repeat("\n", 2*maxEscaped) + "caf\u00e9-pass",
		"cut in an escape":  "caf&eacute;-pass " + strings.Repeat("x", maxEscaped-len("caf&eacute;-pass ")-2) + "&amp;",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, _ := newScriptedClient(t, 0, reply{status: 500, body: body})
			_, err := client.Complete(WithSecrets(t.Context(), "caf\u00e9-pass"), processTask, Completion{TaskID: processTask.Task})
			if contains(t, err.Error(), hiddenValue); strings.Contains(err.Error(), "-pass") {
				t.Errorf("it says %.200s", err)
			}
		})
	}
}
