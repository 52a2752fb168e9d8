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
	// maxWords bounds how much of a server's words an error repeats, in characters: enough for a form with several
	// wrong fields, too little to flood a pipeline's log.
	maxMessage = 1000
	// maxDepth and maxNodes bound how deep and how far an error's body is searched for words, whatever its size.
	maxDepth = 20
	maxNodes = 1000
)

// words finds what the server said in an error's body, whatever its shape (API.md §3.2): Laravel's message and
// errors, an error that is a Boolean, a string or an object, plain text, HTML, nothing. code is the response's own, if it has one.
// redact is applied to what is decoded, before anything is shortened.
func serverMessage(body []byte, redact func(string) string) (said, code string) {
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
	w := &messageCollector{redact: redact}
	response := decode(trimmed)
	object, ok := response.(map[string]any)
	if !ok {
		w.flatten("", response, 0)
		return w.message(), ""
	}
	code, _ = object["code"].(string)
	w.flatten("", object["message"], 0)
	switch failure := object["error"].(type) {
	case string:
		w.add(failure)
	case map[string]any:
		if code == "" {
			code, _ = failure["code"].(string)
		}
		w.flatten("", failure["message"], 0)
		w.flatten("", failure["details"], 0)
	}
	w.flatten("", object["error_description"], 0)
	w.flatten("", object["errors"], 0)
	if len(w.parts) == 0 {
		w.add(code)
	}
	return w.message(), oneLine(code, redact)
}

// collector collects the messages in decoded JSON, until there are as many as an error repeats.
type messageCollector struct {
	redact func(string) string
	parts  []string // each one line, redacted
	length int      // of the parts, in bytes
	nodes  int      // how many values were searched
}

func (w *messageCollector) full() bool { return w.length > 4*maxMessage || w.nodes > maxNodes }

// add adds a message, unless it is there already.
func (w *messageCollector) add(message string) {
	message = oneLine(message, w.redact)
	if message == "" || w.full() || slices.Contains(w.parts, message) {
		return
	}
	w.parts = append(w.parts, message)
	w.length += len(message)
}

// flatten adds the messages in v with the path of the field that each is about.
func (w *messageCollector) flatten(path string, v any, depth int) {
	if w.nodes++; w.full() || depth > maxDepth {
		return
	}
	switch v := v.(type) {
	case nil:
	case string:
		if path != "" {
			v = path + ": " + v
		}
		w.add(v)
	case []any:
		for _, element := range v {
			if w.flatten(path, element, depth+1); w.full() {
				return
			}
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			inner := key
			if path != "" {
				inner = path + "." + key
			}
			if w.flatten(oneLine(inner, w.redact), v[key], depth+1); w.full() {
				return
			}
		}
	default:
		w.flatten(path, fmt.Sprint(v), depth)
	}
}

// said returns the messages in one line.
func (w *messageCollector) message() string { return oneLine(strings.Join(w.parts, "; "), w.redact) }

var title = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

func htmlMessage(page []byte, redact func(string) string) string {
	if text := pageTitle(page, redact); text != "" {
		return shorten(fmt.Sprintf("an HTML page titled %q", text)) // quoting makes it longer
	}
	return "an HTML page"
}

// pageTitle returns the title of an HTML page; empty if there is none.
func pageTitle(page []byte, redact func(string) string) string {
	if found := title.FindSubmatch(page); found != nil {
		return oneLine(html.UnescapeString(redact(string(found[1]))), redact)
	}
	return ""
}

// oneLine makes one readable line of a text that someone else wrote. Secrets are taken out before the text is cut, so that no part of
// one is left, and once more after line breaks in one may have become spaces.
func oneLine(s string, redact func(string) string) string {
	return shorten(redact(collapse(redact(s))))
}

// shorten cuts s after [maxWords] characters.
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

// collapse writes a single space for all that is between the words of s, which may be in any encoding: errors are UTF-8.
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

// asIs redacts nothing.
func noRedaction(s string) string { return s }
