// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"bufio"
	"bytes"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
)

var someBases = []string{
	DefaultBaseURL, "https://api.tallyfy.com", "https://go.tallyfy.com/api/", "https://go.tallyfy.com:8443//a%2fb//", "https://user:pw@go.tallyfy.com", "https://go.tallyfy.com?",
	"https://go.tallyfy.com/#", "https://h/a b/%3F", "http://127.0.0.1:8787/api", "http://[::1]:80", "http://[::ffff:127.0.0.1]", "http://[::1%25lo]/", "http://localhost", "http://LOCALHOST:",
	"http://localhost.evil.test", "http://go.tallyfy.com", "HTTPS://Go.Tallyfy.Com", "https:go.tallyfy.com", "//go.tallyfy.com", "ftp://x", "https://", "https://:443", "https://ä.test/ö", "",
}

// FuzzParseBaseURL checks that the token is sent in plain text to this machine only, that a path
// can be appended to the result, and that the result is accepted again.
func FuzzParseBaseURL(f *testing.F) {
	for _, base := range someBases {
		f.Add(base)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, err := ParseBaseURL(s)
		if (u == nil) == (err == nil) {
			t.Fatalf("both or neither of a URL and an error: %v, %v", u, err)
		}
		if err != nil {
			return
		}
		if u.Hostname() == "" || u.Scheme != "https" && (u.Scheme != "http" || !isThisMachine(u.Hostname())) {
			t.Errorf("the token would go to %s by %s", u.Host, u.Scheme)
		}
		if u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.Opaque != "" || strings.ContainsAny(u.String(), "?#") || strings.HasSuffix(u.String(), "/") {
			t.Errorf("%q is more than a place for paths", u)
		}
		if again, err := ParseBaseURL(u.String()); err != nil || *again != *u {
			t.Errorf("%q again: got %q, %v", u, again, err)
		}
	})
}

// isThisMachine reports whether a request to host stays on this machine.
func isThisMachine(host string) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback() || strings.EqualFold(host, "localhost")
}

// FuzzPath checks that a request stays below the base URL whatever the IDs are, that the server
// finds exactly the parts from which its path was built, and that accepted IDs can be sent.
func FuzzPath(f *testing.F) {
	for _, base := range someBases {
		f.Add(base, "c0ffee", "aaaa", "bbbb")
	}
	for _, id := range []string{"", ".", "..", "...", "a/b", "../../me", `..\..`, "a?b", "a#b", "a%2fb", "%2e%2e", "a b", "a\nb", "a;b=c", "a:b", "@", "ä", "\xff", "//", "\x00"} {
		f.Add(DefaultBaseURL, id, "aaaa", "bbbb")
		f.Add(DefaultBaseURL, "c0ffee", id, "bbbb")
		f.Add(DefaultBaseURL, "c0ffee", "aaaa", id)
	}
	f.Fuzz(func(t *testing.T, base, organization, run, task string) {
		root, err := ParseBaseURL(base)
		if err != nil {
			return
		}
		ref := TaskRef{Organization: organization, Run: run, Task: task}
		accepted := CheckID(organization) == nil && CheckID(task) == nil && (run == "" || CheckID(run) == nil)
		for _, parts := range [][]string{ref.task(), ref.completions(), ref.completion()} {
			path, err := escape(parts)
			switch {
			case err == nil:
				checkPath(t, root, path, parts)
			case accepted:
				t.Errorf("the ids were accepted, and cannot be sent: %v", err)
			}
		}
	})
}

// checkPath checks that a request to root and path reaches root's host, and compares the part below
// root.
func checkPath(t *testing.T, root *url.URL, path string, parts []string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, root.String()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if req.URL.Scheme != root.Scheme || req.URL.Hostname() != root.Hostname() || req.URL.Port() != root.Port() || req.URL.User != nil {
		t.Errorf("%s leads from %s to %s", path, root, req.URL)
	}
	below, ok := strings.CutPrefix(req.URL.RequestURI(), strings.TrimSuffix(root.RequestURI(), "/")+"/")
	if !ok {
		t.Fatalf("%s is not below %s", req.URL.RequestURI(), root)
	}
	got := strings.Split(below, "/")
	for i, part := range got {
		if got[i], err = url.PathUnescape(part); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(part, "?#") || part == "." || part == ".." {
			t.Errorf("%q is no mere name", part)
		}
	}
	if !slices.Equal(got, parts) {
		t.Errorf("got %q, want %q", got, parts)
	}
}

// FuzzCheckToken checks that an accepted token arrives unchanged, and that an error does not
// contain a rejected one.
func FuzzCheckToken(f *testing.F) {
	for _, token := range []string{"eyJhbGciOi.J9._-", testToken, "", "secret\n", " x", "x ", "x y", "Bearer secret", "bearer\tx", "bearer", "s\u00e9cret", "\x7f", "~!,:;=\"", "a\r\nHost: evil"} {
		f.Add(token)
	}
	fixed := []string{CheckToken("").Error(), CheckToken("Bearer x").Error(), CheckToken("\n").Error()}
	f.Fuzz(func(t *testing.T, token string) {
		if err := CheckToken(token); err != nil {
			if !slices.Contains(fixed, err.Error()) {
				t.Errorf("the error depends on the token: %v", err)
			}
			return
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, DefaultBaseURL, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		var wire bytes.Buffer
		if err := req.Write(&wire); err != nil {
			t.Fatal(err)
		}
		arrived, err := http.ReadRequest(bufio.NewReader(&wire))
		if err != nil {
			t.Fatal(err)
		}
		got := arrived.Header["Authorization"]
		if len(got) != 1 || !slices.Equal(strings.Fields(got[0]), []string{"Bearer", token}) || len(arrived.Header) != len(req.Header)+1 { // and a User-Agent
			t.Errorf("arrived as %q, with %d headers", got, len(arrived.Header))
		}
	})
}
