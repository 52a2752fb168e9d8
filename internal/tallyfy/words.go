// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// maxWords bounds how much of a server's words an error repeats, in characters: enough for a form with several
// wrong fields, too little to flood a pipeline's log.
const maxWords = 1000

// words finds what the server said in an error's body, whatever its shape (tallyfy-api §3.2): Laravel's message and
// errors, an error that is a bool, a string or an object, plain text, HTML, nothing. code is the answer's own, if it has one.
func words(body []byte) (said, code string) {
	trimmed := bytes.TrimSpace(body)
	if len(trimmed) == 0 {
		return "", ""
	}
	if !json.Valid(trimmed) {
		if trimmed[0] == '<' {
			return htmlWords(trimmed), ""
		}
		return shorten(string(trimmed)), ""
	}
	answer := decode(trimmed)
	object, ok := answer.(map[string]any)
	if !ok {
		return shorten(strings.Join(flatten("", answer), "; ")), ""
	}
	code, _ = object["code"].(string)
	var parts []string
	add := func(more ...string) {
		for _, part := range more {
			if part != "" && !slices.Contains(parts, part) {
				parts = append(parts, part)
			}
		}
	}
	add(flatten("", object["message"])...)
	switch failure := object["error"].(type) {
	case string:
		add(failure)
	case map[string]any:
		if code == "" {
			code, _ = failure["code"].(string)
		}
		add(flatten("", failure["message"])...)
		add(flatten("", failure["details"])...)
	}
	add(flatten("", object["error_description"])...)
	add(flatten("", object["errors"])...)
	if len(parts) == 0 {
		add(code)
	}
	return shorten(strings.Join(parts, "; ")), shorten(code)
}

// flatten lists the messages in v with the path of the field that each is about.
func flatten(path string, v any) []string {
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		if path == "" {
			return []string{v}
		}
		return []string{path + ": " + v}
	case []any:
		var all []string
		for _, element := range v {
			all = append(all, flatten(path, element)...)
		}
		return all
	case map[string]any:
		keys := make([]string, 0, len(v))
		for key := range v {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		var all []string
		for _, key := range keys {
			inner := key
			if path != "" {
				inner = path + "." + key
			}
			all = append(all, flatten(inner, v[key])...)
		}
		return all
	default:
		return flatten(path, fmt.Sprint(v))
	}
}

var title = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

func htmlWords(page []byte) string {
	if text := pageTitle(page); text != "" {
		return shorten(fmt.Sprintf("an HTML page titled %q", text)) // quoting makes it longer
	}
	return "an HTML page"
}

// pageTitle returns the title of an HTML page; empty if there is none.
func pageTitle(page []byte) string {
	if found := title.FindSubmatch(page); found != nil {
		return shorten(string(found[1]))
	}
	return ""
}

// shorten makes one readable line of s, which may be in any encoding: errors are UTF-8.
func shorten(s string) string {
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "\uFFFD"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
	if runes := []rune(s); len(runes) > maxWords {
		return string(runes[:maxWords]) + "…"
	}
	return s
}
