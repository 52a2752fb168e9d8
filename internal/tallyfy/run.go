// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"context"
	"errors"
	"net/http"
	"strings"
)

// Run is a process (API.md §2.4). A zero value means that the response did not include the member.
type Run struct {
	ID, Name string
	// Status is the state of the process as Tallyfy wrote it, such as active, complete or archived,
	// or issue while the process has an open issue (API.md §3.1).
	Status string
	// Progress is nil if the response has nothing about it.
	Progress *Progress
}

// Progress is how far a process is. A nil member means that the response did not include it: some
// documented examples show an empty object, or the percentage instead of an object (API.md §2.4).
type Progress struct {
	// Complete is the number of completed tasks, of a Total.
	Complete, Total *int64
	// Percent is between 0 and 100.
	Percent *float64
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
// object is an error. Letter case does not count, because nothing says that it distinguishes IDs
// (API.md §5).
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
	return &Run{ID: id, Name: f.text("name"), Status: f.text("status"), Progress: f.progress("progress")}, nil
}

// progress returns the progress that the member contains; nil if it contains none.
func (f jsonObject) progress(name string) *Progress {
	p := &Progress{}
	if object, ok := parseObject(f[name]); ok {
		p.Complete, p.Total, p.Percent = object.wholeNumber("complete"), object.wholeNumber("total"), object.number("percent")
	} else {
		p.Percent = f.number(name)
	}
	if p.Complete == nil && p.Total == nil && p.Percent == nil {
		return nil
	}
	return p
}
