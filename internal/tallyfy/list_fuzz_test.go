// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"
)

// FuzzList checks that a list has the entries of the response in their order, with or without an
// envelope, and that a number of pages, however absurd, is at least that of the page and not less
// than the response reports.
func FuzzList(f *testing.F) {
	for _, body := range []string{
		`[{"id":"bbbb"},{"id":1}]`, `[]`, ` [null, 1.50, "x", [[]], {"a":{}}]`,
		`{"data":[{"id":"bbbb"}],"meta":{"pagination":{"total":1,"count":1,"per_page":100,"current_page":1,"total_pages":1,"links":{"previous":null,"next":null}}}}`,
		`{"data":[{}],"meta":{"pagination":{"total_pages":"3","links":[]}}}`, `{"data":[],"meta":[]}`,
		`{"data":[1],"meta":{"pagination":{"total_pages":99999999999999999999}}}`, `{"data":[1],"meta":{"pagination":{"total_pages":-5}}}`,
		`{"data":{}}`, `{"data":null}`, `[1e999]`, "\f[]", `null`, `{}`, `[1,`, ``, `"[]"`,
	} {
		f.Add([]byte(body), int64(1))
	}
	for _, pages := range []int64{0, -1, 2, maxPages, maxPages + 1, 1 << 32, math.MaxInt64, math.MinInt64} {
		f.Add([]byte(`[{"id":"bbbb"}]`), pages)
	}
	f.Fuzz(func(t *testing.T, body []byte, pages int64) {
		entries, ok := parseList(body)
		if n := paged(body, 1, len(entries)).Of; n < min(1, len(entries)) || n > maxPages+1 {
			t.Errorf("the last page is %d", n)
		}
		want, isList := listed(body)
		if ok != isList || !sameEntries(entries, want) {
			t.Fatalf("got %v, %q; want %v, %q", ok, entries, isList, want)
		}
		envelope := fmt.Appendf(nil, `{"data":%s,"meta":{"pagination":{"total_pages":%d,"links":[]}}}`, body, pages)
		if _, bare := decodePlainly(body).([]any); !bare || !json.Valid(envelope) {
			return
		}
		if inEnvelope, ok := parseList(envelope); !ok || !sameEntries(inEnvelope, want) {
			t.Errorf("in an envelope: got %q, want %q", inEnvelope, want)
		}
		if len(want) == 0 {
			return // beyond the last page
		}
		switch n := paged(envelope, 1, len(want)).Of; {
		case pages > maxPages && n <= maxPages, pages >= 1 && pages <= maxPages && n != int(pages), pages < 1 && n != 1:
			t.Errorf("of %d pages the last is %d", pages, n)
		}
	})
}

// listed decodes the list in body without the code under test.
func listed(body []byte) (entries []any, isList bool) {
	whole := decodePlainly(body)
	if envelope, ok := whole.(map[string]any); ok {
		whole = envelope["data"]
	}
	entries, isList = whole.([]any)
	return entries, isList
}

// sameEntries reports whether the entries that were read are these.
func sameEntries(read []json.RawMessage, want []any) bool {
	return slices.EqualFunc(read, want, func(raw json.RawMessage, v any) bool { return reflect.DeepEqual(decodePlainly(raw), v) })
}

// decodePlainly decodes JSON with [json.Number]; nil if it is not JSON. Surrounding space may be of
// any kind.
func decodePlainly(body []byte) (v any) {
	body = bytes.TrimSpace(body)
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if !json.Valid(body) || decoder.Decode(&v) != nil {
		return nil
	}
	return v
}
