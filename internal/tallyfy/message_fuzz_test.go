// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// errorShapes are the bodies of API.md §3.2, with %s where the server's message stands.
var errorShapes = []string{
	`{"error":true,"errors":{"is_approved":[%s]}}`,
	`{"message":"The given data was invalid.","errors":{"is_approved":[%s]}}`,
	`{"message":"The given data was invalid.","errors":{"taskdata":{"f1":%s}}}`,
	`{"error":true,"message":%s,"code":"ENDPOINT_NOT_FOUND"}`,
	`{"message":%s,"code":"SOME_CODE","error":true}`,
	`{"error":"denied","message":%s}`,
	`{"error":%s}`,
	`{"error":"invalid_client","error_description":%s}`,
	`{"error":{"code":"SEATS","message":%s,"details":{"left":0}}}`,
	`{"error":{"code":"SEATS","message":"No seats","details":{"why":[%s]}}}`,
	`{"error":true,"code":%s}`,
	`[%s]`,
	`%s`,
}

// FuzzServerMessage checks that the message of any response is one line of limited length that a
// terminal can show, and that a message with text is never empty.
func FuzzServerMessage(f *testing.F) {
	for _, shape := range errorShapes {
		f.Add(fmt.Appendf(nil, shape, `"The is approved field is required."`))
	}
	for _, body := range []string{
		"", " \n", "Unauthorized.", "Acc\xe8s refus\xe9", "a\x1b[31mb\nc\u2028d\u0085e", `{"message":"cut o`, `{}`, `null`, `true`, `{"errors":{"a":null,"b":[false,1e3]}}`,
		"<html><title>502\nBad Gateway</title>", "<title>" + strings.Repeat(`"`, maxMessage) + "</title>", "<", "\ufeff{}", "\"\"\f",
		`{"message":"` + strings.Repeat("ä", maxMessage) + `","code":"` + strings.Repeat("C", 2*maxMessage) + `"}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		said, code := serverMessage(body, noRedaction)
		for _, got := range []string{said, code} {
			if !utf8.ValidString(got) || strings.ContainsFunc(got, unicode.IsControl) || got != strings.TrimSpace(got) || strings.Contains(got, "  ") {
				t.Errorf("not one clean line: %q", got)
			}
			if n := utf8.RuneCountInString(got); n > maxMessage+1 { // and an ellipsis
				t.Errorf("%d characters: %q", n, got)
			}
		}
		if said == "" && !json.Valid(bytes.TrimSpace(body)) && visible(string(body)) {
			t.Errorf("nothing is said of %q", body)
		}
	})
}

// FuzzErrorShapes checks that a message is found in a response of any shape, a number in its own
// digits, and the code unchanged.
func FuzzErrorShapes(f *testing.F) {
	for _, message := range []string{
		"The is approved field is required.", "You don't have application's permissions for this organization!", "Permission denied. Error code: APSH213.",
		"Cannot delete linked tasks.", "", " ", "two\n\nlines", "a\x00b", "denied", "No seats", "<b>", "[]", `"quoted"`, "50% %s", "ä\u00a0ö", strings.Repeat("long ", maxMessage),
	} {
		f.Add(message, int64(12345678))
	}
	f.Fuzz(func(t *testing.T, message string, number int64) {
		if said, _ := serverMessage(fmt.Appendf(nil, `{"errors":{"owners":[%d]}}`, number), noRedaction); said != fmt.Sprintf("owners: %d", number) {
			t.Errorf("%d became %q", number, said)
		}
		encoded, err := json.Marshal(message)
		if err != nil || !utf8.ValidString(message) {
			return
		}
		line := spacedOnce(message)
		for _, shape := range errorShapes {
			said, code := serverMessage([]byte(strings.Replace(shape, "%s", string(encoded), 1)), noRedaction)
			if utf8.RuneCountInString(line) < maxMessage/2 && !strings.Contains(said, line) {
				t.Errorf("%s: %q is missing in %q", shape, line, said)
			}
			if strings.Contains(shape, "ENDPOINT_NOT_FOUND") && code != "ENDPOINT_NOT_FOUND" {
				t.Errorf("%s: the code is %q", shape, code)
			}
		}
		if text := strings.TrimSpace(message); !json.Valid([]byte(text)) && !strings.HasPrefix(text, "<") {
			if said, _ := serverMessage([]byte(message), noRedaction); utf8.RuneCountInString(line) <= maxMessage && said != line {
				t.Errorf("plain text: got %q, want %q", said, line)
			}
		}
	})
}

// spacedOnce is s with a single space between its words.
func spacedOnce(s string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)), " ")
}

func visible(s string) bool { return spacedOnce(s) != "" }
