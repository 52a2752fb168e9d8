// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
)

// Run is what Tallyfy tells of a process (tallyfy-api §1.4). No source describes the object field by field, so no more of it is
// read than its name, its status and its progress. A zero value means that the answer did not tell.
type Run struct {
	ID, Name string
	// Status is Tallyfy's word. Which words there are is not documented.
	Status string
	// Progress is JSON as Tallyfy wrote it, since its shape is not documented; nil for none.
	Progress json.RawMessage
}

// GetRun reads a process (tallyfy-api §1.4). It is repeated where that can help; the error is an [*Error].
func (c *Client) GetRun(ctx context.Context, organization, id string) (*Run, error) {
	got, err := c.repeat(ctx, call{method: http.MethodGet, path: TaskRef{Organization: organization, Run: id}.scope()})
	if err != nil {
		return nil, err
	}
	run, err := readRun(got.body, id)
	if err != nil {
		failure := got.about
		failure.Cause = err
		return nil, &failure
	}
	return run, nil
}

var errNoRun = errors.New("the answer is not a run")

// readRun reads the answer to a request for one run. id is the run asked for, so that another object is not taken for it.
func readRun(body []byte, id string) (*Run, error) {
	f, err := envelope(body, errNoRun)
	if err != nil {
		return nil, err
	}
	switch f.text("id") {
	case id:
	case "":
		return nil, errNoRun
	default:
		return nil, errors.New("the answer is about another run")
	}
	run := &Run{ID: id, Name: f.text("name"), Status: f.text("status")}
	if progress := bytes.TrimSpace(f["progress"]); len(progress) > 0 && !bytes.Equal(progress, []byte("null")) {
		run.Progress = json.RawMessage(progress)
	}
	return run, nil
}
