// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

const (
	// maxMessage limits the server's message in an error, in characters: enough for a form with
	// several wrong fields, and not too long for the log of a pipeline.
	maxMessage = 1000
	// maxDepth and maxNodes limit how deep and how far the body of an error is searched for
	// messages.
	maxDepth = 20
	maxNodes = 1000
)

// serverMessage returns the message in the body of an error of any shape (API.md §3.2): Laravel's
// message and errors; an error that is a Boolean, a string or an object; plain text; HTML; nothing.
// code is the response's code, if it has one. redact is applied to decoded text before it is
// shortened.
func serverMessage(body []byte, redact func(string) string) (message, code string) {
	trimmed := bytes.TrimSpace(body)
	if len(trimmed) == 0 {
		return "", ""
	}
	if !json.Valid(trimmed) {
		if trimmed[0] == '<' {
			return htmlMessage(trimmed, redact), ""
		}
		return oneLine(string(trimmed), redact), ""
	}
	c := &messageCollector{redact: redact}
	response := decode(trimmed)
	object, ok := response.(map[string]any)
	if !ok {
		c.flatten("", response, 0)
		return c.message(), ""
	}
	code, _ = object["code"].(string)
	c.flatten("", object["message"], 0)
	switch failure := object["error"].(type) {
	case string:
		c.add(failure)
	case map[string]any:
		if code == "" {
			code, _ = failure["code"].(string)
		}
		c.flatten("", failure["message"], 0)
		c.flatten("", failure["details"], 0)
	}
	c.flatten("", object["error_description"], 0)
	c.flatten("", object["errors"], 0)
	if len(c.parts) == 0 {
		c.add(code)
	}
	return c.message(), oneLine(code, redact)
}

// messageCollector collects the messages in decoded JSON, up to the length of an error.
type messageCollector struct {
	redact func(string) string
	parts  []string // each one line, redacted
	length int      // of the parts, in bytes
	nodes  int      // how many values were searched
}

func (c *messageCollector) full() bool { return c.length > 4*maxMessage || c.nodes > maxNodes }

// add adds a message, unless it was already added.
func (c *messageCollector) add(message string) {
	message = oneLine(message, c.redact)
	if message == "" || c.full() || slices.Contains(c.parts, message) {
		return
	}
	c.parts = append(c.parts, message)
	c.length += len(message)
}

// flatten adds the messages in v, each with the path of its field.
func (c *messageCollector) flatten(path string, v any, depth int) {
	if c.nodes++; c.full() || depth > maxDepth {
		return
	}
	switch v := v.(type) {
	case nil:
	case string:
		if path != "" {
			v = path + ": " + v
		}
		c.add(v)
	case []any:
		for _, element := range v {
			if c.flatten(path, element, depth+1); c.full() {
				return
			}
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			inner := key
			if path != "" {
				inner = path + "." + key
			}
			if c.flatten(oneLine(inner, c.redact), v[key], depth+1); c.full() {
				return
			}
		}
	default:
		c.flatten(path, fmt.Sprint(v), depth)
	}
}

// message returns the messages in one line.
func (c *messageCollector) message() string { return oneLine(strings.Join(c.parts, "; "), c.redact) }

var title = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

func htmlMessage(page []byte, redact func(string) string) string {
	if text := pageTitle(page, redact); text != "" {
		return shorten(fmt.Sprintf("an HTML page titled %q", text)) // quoting makes it longer
	}
	return "an HTML page"
}

// pageTitle returns the title of an HTML page; empty if it has none.
func pageTitle(page []byte, redact func(string) string) string {
	if found := title.FindSubmatch(page); found != nil {
		return oneLine(html.UnescapeString(redact(string(found[1]))), redact)
	}
	return ""
}

// oneLine returns a server's text as one readable line. Secrets are redacted before the text is
// shortened, so that no part of one remains, and again after line breaks in one may have become
// spaces.
func oneLine(s string, redact func(string) string) string {
	return shorten(redact(collapse(redact(s))))
}

// shorten cuts s after [maxMessage] characters.
func shorten(s string) string {
	count := 0
	for i := range s {
		if count == maxMessage {
			return s[:i] + "…"
		}
		count++
	}
	return s
}

// collapse replaces each run of whitespace and control characters with one space, and invalid UTF-8
// with U+FFFD.
func collapse(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			space = b.Len() > 0
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// noRedaction redacts nothing.
func noRedaction(s string) string { return s }
