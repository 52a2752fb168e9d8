// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestRedact(t *testing.T) {
	t.Parallel()
	var s secrets
	s.add("", hiddenToken)
	if got := s.redact("nothing to hide"); got != "nothing to hide" {
		t.Errorf("got %q", got)
	}
	s.add("tok-1", hiddenToken)
	s.add("tok-12", hiddenToken) // the other is a part of it
	s.add("a+b/c", hiddenSecret)
	for given, want := range map[string]string{
		"tok-1 and tok-12 and tok-123": "(access token) and (access token) and (access token)3",
		"a+b/c":                        "(client secret)",
		"client_secret=a%2Bb%2Fc&x=1":  "client_secret=(client secret)&x=1",
	} {
		t.Run(given, func(t *testing.T) {
			if got := s.redact(given); got != want {
				t.Errorf("%q became %q, want %q", given, got, want)
			}
		})
	}
	s.add("tok-1", hiddenToken)
	known := s.list()
	slices.Sort(known)
	if got := strings.Join(known, " "); got != `a%2Bb%2Fc a+b%2Fc a+b/c a+b\/c tok-1 tok-12` {
		t.Errorf("it knows %s", got)
	}
}

// Errors and logs do not contain secrets that a server repeats, neither the token URL nor the API.
func TestSecretsAreRedacted(t *testing.T) {
	t.Parallel()
	const secret, old, current = "s3cr3t/+", "t0ken-1", "t0ken-2"
	echo := func(status int, heard ...string) reply {
		all := secret + strings.Join(heard, "")
		return reply{
			status: status, header: map[string]string{"X-Request-Id": "id " + all, "Location": "https://evil.test/" + all},
			body: `{"message":"` + all + `","errors":{"f":["client_secret=s3cr3t%2F%2B&x ` + strings.Repeat("x", maxMessage-60) + ` ` + all + `"]}}`,
		}
	}
	for name, script := range map[string][]reply{
		"application":                 {echo(401)},
		"application, text":           {{status: 400, body: "client_secret=s3cr3t%2F%2B"}},
		"application, redirect":       {echo(302)},
		"no token in it":              {ok(`{"message":"` + secret + `","token":"` + current + `"}`)},
		"token as text":               {ok(current)},
		"API":                         {granted(old, 3600), echo(422, old)},
		"API, redirect":               {granted(old, 3600), echo(307, old)},
		"another one":                 {granted(old, 3600), {status: 401}, granted(current, 3600), echo(401, old, current)},
		"no other":                    {granted(old, 3600), echo(401, old), echo(401, old)},
		"response to another request": {granted(old, 3600), {status: 401}, granted(current, 3600), {status: 404, body: old + " " + current}},
	} {
		t.Run(name, func(t *testing.T) {
			client, w := scriptedApplication(t, 0, func(c *Config) {
				c.Credentials.ClientSecret = secret
				c.Log = func(_ context.Context, message string, fields map[string]any) {
					if line := fmt.Sprint(message, fields); leaks(line) {
						t.Errorf("the log holds %s", line)
					}
				}
			}, script...)
			_, err := client.GetTask(t.Context(), processTask)
			if err == nil || leaks(err.Error()) || leaks(fmt.Sprintf("%+v", err)) || len(w.requests) != len(script) {
				t.Errorf("after %d requests %v", len(w.requests), err)
			}
		})
	}
}

// A secret that the end of the message would cut is redacted.
func TestTruncatedSecretIsRedacted(t *testing.T) {
	t.Parallel()
	for before := maxMessage - len(testSecret) - 1; before < maxMessage; before++ {
		client, _ := scriptedApplication(t, 0, nil, reply{status: 400, body: strings.Repeat("x", before) + testSecret})
		if _, err := client.GetTask(t.Context(), processTask); err == nil || strings.Contains(err.Error(), "xs") {
			t.Errorf("after %d others: %v", before, err)
		}
	}
}

// TestWriteOnlyValues checks each place where a response may repeat a value that was sent.
func TestWriteOnlyValues(t *testing.T) {
	t.Parallel()
	quoted := func(value string) string {
		return `{"errors":{"taskdata":{"f":["The value '` + value + `' is too long."]}}}`
	}
	long := strings.Repeat("x", maxMessage-20) + " "
	const pem = "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nabc\n-----END KEY-----\n"
	for name, c := range map[string]struct {
		secret string
		reply  reply
		says   string // the error
		never  string // a part of the secret
	}{
		"as it is":       {"hunter2-pass", reply{status: 422, body: quoted("hunter2-pass")}, "The value '(write-only value)' is too long.", "hunter2"},
		"text":           {"hunter2-pass", reply{status: 500, body: "SQLSTATE (value = hunter2-pass)"}, "(value = (write-only value))", "hunter2"},
		"escaped":        {"caf\u00e9/\"pw\"", reply{status: 422, body: quoted(`caf\u00e9\/\"pw\"`)}, "(write-only value)", "caf"},
		"JSON in text":   {"caf\u00e9/\"pw\"", reply{status: 500, body: `{"value":"caf\u00e9\/\"pw\"` + "\n"}, "(write-only value)", "caf"},
		"JSON, as it is": {"caf\u00e9/\"pw\"", reply{status: 500, body: `{"value":"caf` + "\u00e9" + `/\"pw\"` + "\n"}, "(write-only value)", "caf"},
		"query":          {"a b&c+d\u00e9", reply{status: 302, header: map[string]string{"Location": "https://x.test/?v=a+b%26c%2Bd%C3%A9"}}, "?v=(write-only value)", "b%26c"},
		"path":           {"a b&c+d\u00e9", reply{status: 302, header: map[string]string{"Location": "https://x.test/a%20b&c+d%C3%A9"}}, "x.test/(write-only value)", "b&c"},
		"HTML":           {"a<b>&'c'", reply{status: 500, body: "<title>Bad a&lt;b&gt;&amp;&#039;c&#039; here</title>"}, `titled \"Bad (write-only value) here\"`, "b&gt;"},
		"HTML in JSON":   {"a<b>&'c'", reply{status: 422, body: quoted("a&lt;b&gt;&amp;&#039;c&#039;")}, "(write-only value)", "b&gt;"},
		"HTML, by Go":    {"a<b>&'c'", reply{status: 422, body: quoted("a&lt;b&gt;&amp;&#39;c&#39;")}, "(write-only value)", "b&gt;"},
		"decomposed":     {"caf\u00e9-pass", reply{status: 422, body: quoted("cafe\u0301-pass")}, "(write-only value)", "-pass"},
		"composed":       {"cafe\u0301-pass", reply{status: 422, body: quoted("caf\u00e9-pass")}, "(write-only value)", "-pass"},
		"line":           {pem, reply{status: 422, body: quoted("MIIEvQIBADANBgkq")}, "'(write-only value)'", "MIIE"},
		"lines":          {pem, reply{status: 422, body: quoted(strings.ReplaceAll(pem, "\n", `\r\n`))}, "(write-only value)", "BEGIN"},
		"collapsed":      {"two\n\nwords", reply{status: 500, body: "two words"}, "(write-only value)", "two"},
		"spread":         {"two words", reply{status: 500, body: "two\t\n words"}, "(write-only value)", "two"},
		"cut by the end": {"hunter2-pass", reply{status: 422, body: `{"message":"` + long + `hunter2-pass is too long"}`}, "(write-only", "hunt"},
		"key":            {"hunter2-pass", reply{status: 422, body: `{"errors":{"` + long + `hunter2-pass":["x"]}}`}, "(write-only", "hunt"},
		"overlap":        {"pass-word", reply{status: 422, body: quoted("hunter2-pass-word")}, "'(write-only value)'", "word"},
		"number":         {"12345678", reply{status: 422, body: `{"errors":{"f":[12345678]}}`}, "f: (write-only value)", "12345"},
		"code":           {"hunter2-pass", reply{status: 422, body: `{"code":"hunter2-pass"}`}, "(write-only value)", "hunter2"},
		"request ID":     {"hunter2-pass", reply{status: 422, header: map[string]string{"X-Request-Id": "r hunter2-pass"}}, "(request ID r (write-only value))", "hunter2"},
		"transport":      {"hunter2-pass", reply{lost: errors.New(`malformed header "hunter2-pass"`)}, `malformed header "(write-only value)"`, "hunter2"},
		"2xx, page":      {"hunter2-pass", ok("<title>hunter2-pass</title>"), `titled "(write-only value)"`, "hunter2"},
		"2xx, text":      {"hunter2-pass", ok("hunter2-pass"), "plain text: (write-only value)", "hunter2"},
		"2xx, error":     {"hunter2-pass", ok(`{"message":"hunter2-pass"}`), "not a task: (write-only value)", "hunter2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := WithSecrets(WithSecrets(t.Context(), c.secret, "hunter2-pass"), "abc", "")
			for method, send := range operations {
				client, _ := newScriptedClient(t, 0, c.reply)
				err := send(ctx, client)
				var e *Error
				if !errors.As(err, &e) {
					t.Fatalf("%s: got %v", method, err)
				}
				all := fmt.Sprintf("%v\n%s\n%s\n%s\n%v", err, e.ServerMessage, e.Code, e.RequestID, e.Cause)
				contains(t, fmt.Sprintf("%v\n%q", err, err), c.says)
				if strings.Contains(all, c.never) {
					t.Errorf("%s: it says %s", method, all)
				}
			}
		})
	}
}

// Short values occur in any text.
func TestShortValuesAreNotRedacted(t *testing.T) {
	t.Parallel()
	client, _ := newScriptedClient(t, 0, reply{status: 422, body: `{"message":"The text is wrong."}`})
	err := operations[http.MethodPost](WithSecrets(t.Context(), "is", "", "ext", "a\nshort\nline"), client)
	contains(t, err.Error(), "The text is wrong.")
}

// What automations changed contains no form values. JSON without any is unchanged to the last
// digit.
func TestWithoutValues(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ sent, want string }{
		"nothing to hide":  {`{ "t" : {"title":"<T>", "n": 1.50} }`, `{ "t" : {"title":"<T>", "n": 1.50} }`},
		"empty list":       {`[]`, `[]`},
		"null":             {`null`, ``},
		"taskdata":         {`{"t":{"id":"t","taskdata":{"f":"v"},"n":1.50}}`, `{"t":{"id":"t","n":1.50}}`},
		"form, deeper":     {`[[{"a":{"form_fields":[{"value":"v"}],"b":"<"}}]]`, `[[{"a":{"b":"<"}}]]`},
		"secret":           {`{"t":{"title":"Set to hunter2-pass"}}`, `{"t":{"title":"Set to (write-only value)"}}`},
		"escaped":          {`["caf\u00e9-pass"]`, `["(write-only value)"]`},
		"secret in a key":  {`{"hunter2-pass":true}`, `{"(write-only value)":true}`},
		"secret, a number": {`[12345678,1]`, `["(write-only value)",1]`},
		"token":            {`["` + testToken + `"]`, `["(access token)"]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, _ := newScriptedClient(t, 0, ok(`{"data":{"id":"bbbb","status":"completed","tasks_changed_by_rules":`+c.sent+`}}`))
			ctx := WithSecrets(t.Context(), "hunter2-pass", "caf\u00e9-pass", "12345678")
			got, err := client.Complete(ctx, processTask, Completion{TaskID: task})
			if err != nil || string(got.TasksChangedByRules) != c.want {
				t.Errorf("got %s, %v; want %s", got.TasksChangedByRules, err, c.want)
			}
		})
	}
}

// leaks reports whether a text contains a part of a secret of these tests.
func leaks(text string) bool {
	return strings.Contains(text, "s3cr3t") || strings.Contains(text, "t0ken")
}
