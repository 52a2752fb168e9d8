// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// Memory for the body of a hostile or broken server is linear in its size.
func TestServerMessageUsesLinearMemory(t *testing.T) { // not parallel: it counts what the process allocates
	const size = 1 << 16
	for name, body := range map[string]func(n int) string{
		"deep": func(n int) string {
			const key = 256
			depth := n / key
			return `{"errors":` + strings.Repeat(`{"`+strings.Repeat("k", key)+`":`, depth) + `"x"` + strings.Repeat("}", depth+1)
		},
		"wide": func(n int) string {
			return `{"errors":{"` + strings.Repeat("k", 2*maxMessage) + `":[` + strings.Repeat(`"x",`, n/4) + `"x"]}}`
		},
		"nulls": func(n int) string {
			return `{"errors":{"` + strings.Repeat("k", 2*maxMessage) + `":[` + strings.Repeat(`{"a":null},`, n/11) + `null]}}`
		},
		"keys": func(n int) string {
			return `{"errors":{` + strings.Repeat(`"`+strings.Repeat("k", n/64)+`":{`, 16) + strings.Repeat("}", 18)
		},
		"text":   func(n int) string { return strings.Repeat("ab ", n/3) },
		"page":   func(n int) string { return "<title>" + strings.Repeat("ab ", n/3) + "</title>" },
		"opened": func(n int) string { return strings.Repeat("<title>", n/7) },
	} {
		t.Run(name, func(t *testing.T) {
			small, large := allocated(body(size)), allocated(body(4*size))
			if large > 6*small || large > 64*4*size {
				t.Errorf("%d KiB for a body of %d KiB, %d KiB for one of %d KiB", small>>10, size>>10, large>>10, 4*size>>10)
			}
		})
	}
}

// allocated returns how many bytes are allocated to find the message in a body.
func allocated(body string) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	serverMessage([]byte(body), noRedaction)
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestServerMessageIsLimited(t *testing.T) {
	t.Parallel()
	nested := func(depth int) string {
		return `{"errors":` + strings.Repeat(`{"a":`, depth) + `"deep"` + strings.Repeat("}", depth+1)
	}
	for name, c := range map[string]struct {
		body string
		want bool // something is said
	}{
		"at the depth":     {nested(maxDepth), true},
		"below the depth":  {nested(maxDepth + 1), false},
		"after many nulls": {`{"errors":[` + strings.Repeat("null,", maxNodes) + `"late"]}`, false},
		"message first":    {`{"message":"Too long","errors":[` + strings.Repeat("null,", maxNodes) + `"late"]}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if said, _ := serverMessage([]byte(c.body), noRedaction); (said != "") != c.want {
				t.Errorf("it says %q", said)
			}
		})
	}
}

// Messages that an error would not show are not collected.
func TestMessageCollectorStopsWhenFull(t *testing.T) {
	t.Parallel()
	w := &messageCollector{redact: noRedaction}
	for n := range 100 {
		w.add(fmt.Sprint(n, strings.Repeat(" long", maxMessage/5)))
	}
	if most := 4*maxMessage + 2*maxMessage; w.length > most || len(w.parts) > 6 {
		t.Errorf("%d messages of %d bytes were collected", len(w.parts), w.length)
	}
}
