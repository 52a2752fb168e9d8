// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
)

// Run is a process (API.md §1.4). A zero value means that the response did not include the member.
type Run struct {
	ID, Name string
	// Status is the state of the process as Tallyfy wrote it, such as active, complete or archived,
	// or issue while the process has an open issue (API.md §3.1).
	Status string
	// Progress is JSON as Tallyfy wrote it; nil for none. It is documented as an object with the
	// numbers complete, total and percent. It is not decoded, because some documented examples show
	// an empty object or only the percentage.
	Progress json.RawMessage
}

// GetRun reads a process (API.md §1.4). The request is retried; the error is an [*Error].
func (c *Client) GetRun(ctx context.Context, organization, id string) (*Run, error) {
	got, err := c.doWithRetries(ctx, request{method: http.MethodGet, path: TaskRef{Organization: organization, Run: id}.scope()})
	if err != nil {
		return nil, err
	}
	run, err := readRun(got.body, id)
	if err != nil {
		failure := got.origin
		failure.Cause = err
		return nil, &failure
	}
	return run, nil
}

var errNoRun = errors.New("the response is not a process")

// readRun parses the response to a request for the process with this ID. A response about another
// object is an error; letter case does not count (API.md §5).
func readRun(body []byte, id string) (*Run, error) {
	f, err := envelope(body, errNoRun)
	if err != nil {
		return nil, err
	}
	switch got := f.text("id"); {
	case got == "":
		return nil, errNoRun
	case !strings.EqualFold(got, id):
		return nil, errors.New("the response is about another process")
	}
	run := &Run{ID: id, Name: f.text("name"), Status: f.text("status")}
	if progress := bytes.TrimSpace(f["progress"]); len(progress) > 0 && !bytes.Equal(progress, []byte("null")) {
		run.Progress = json.RawMessage(progress)
	}
	return run, nil
}
