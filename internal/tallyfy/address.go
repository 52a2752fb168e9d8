// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"unicode"
)

// ParseBaseURL parses the root URL of the API. It accepts https to any host, and http to a loopback
// address only, because every request carries the token. User info, a query and a fragment are
// errors. The error completes a sentence that names the URL.
func ParseBaseURL(s string) (*url.URL, error) {
	u, err := parseURL(s, "the access token")
	if err != nil {
		return nil, err
	}
	return url.Parse(strings.TrimRight(u.String(), "/"))
}

// parseURL parses a URL that receives a secret. secret names it in the error.
func parseURL(s, secret string) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return nil, errors.New("it cannot be read as a URL")
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, errors.New("it must begin with https:// (or http:// for a loopback address)")
	case u.Hostname() == "":
		return nil, errors.New("it has no host")
	case u.User != nil:
		return nil, errors.New("it must not contain a user name or password")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, errors.New("it must not have a query (?) or a fragment (#)")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return nil, fmt.Errorf("plain http would send %s unencrypted to %s: use https", secret, u.Hostname())
	}
	return u, nil
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// CheckID returns an error if s cannot be the ID of an organization, a run or a task. Tallyfy's IDs
// are 32 hexadecimal digits, but nothing guarantees that (API.md §5). CheckID therefore rejects
// only values that would change the path of the URL or are obvious mistakes. The error completes a
// sentence that names the ID.
func CheckID(s string) error {
	switch {
	case s == "":
		return errors.New("it is empty")
	case s == "." || s == "..":
		return fmt.Errorf("%q is a path, not an ID", s)
	case strings.ContainsAny(s, "/?#%"):
		return errors.New("it contains one of / ? # %, as a URL does: use only the ID")
	case strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }):
		return errors.New("it contains whitespace or a control character")
	}
	return nil
}

// CheckToken returns an error if s cannot be sent as a bearer token. The error does not contain s.
func CheckToken(s string) error {
	switch {
	case s == "":
		return errors.New("it is empty")
	case len(s) > len("bearer ") && strings.EqualFold(s[:len("bearer ")], "bearer "):
		return errors.New(`it begins with "Bearer ": set only the token, because the provider adds the word`)
	case strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }):
		return errors.New("it contains whitespace, a line break or a character that no token has (was it read from a file with a trailing line break?)")
	}
	return nil
}

// TaskRef identifies a task.
type TaskRef struct {
	// Organization and Task are required.
	Organization, Task string
	// Run is the ID of the process that the task belongs to. It is empty for a one-off task, and to
	// read a task whose process is unknown.
	Run string
}

// scope returns the part of the path that decides which tasks Tallyfy finds (API.md §1.1, "Routing
// trap").
func (r TaskRef) scope() []string {
	if r.Run == "" {
		return []string{"organizations", r.Organization}
	}
	return []string{"organizations", r.Organization, "runs", r.Run}
}

func (r TaskRef) task() []string        { return append(r.scope(), "tasks", r.Task) }
func (r TaskRef) completions() []string { return append(r.scope(), "completed-tasks") }
func (r TaskRef) completion() []string  { return append(r.completions(), r.Task) }

// escape joins the parts to a path and escapes each of them, so that it stays one part.
func escape(parts []string) (string, error) {
	var b strings.Builder
	for _, part := range parts {
		if part == "" || part == "." || part == ".." {
			return "", fmt.Errorf("%q cannot be a part of the API's path", part)
		}
		b.WriteByte('/')
		b.WriteString(url.PathEscape(part))
	}
	return b.String(), nil
}

// headerSafe removes characters that are not allowed in a header's value, such as line breaks.
func headerSafe(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, s))
}
