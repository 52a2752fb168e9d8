// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package lookup

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

const runID = "5eed0000000000000000000000000042"

// harness is a client of a sandbox, without a network.
type harness struct {
	*testing.T
	server *sandbox.Server
	client *tallyfy.Client
}

func newHarness(t *testing.T, config sandbox.Config, tasks ...sandbox.Task) *harness {
	t.Helper()
	server := sandbox.New(config)
	for _, task := range tasks {
		server.AddTask(task)
	}
	client, err := tallyfy.New(tallyfy.Config{BaseURL: "http://127.0.0.1/api", AccessToken: sandbox.DefaultToken, Transport: inProcess{server}})
	if err != nil {
		t.Fatal(err)
	}
	return &harness{T: t, server: server, client: client}
}

type inProcess struct{ handler http.Handler }

func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	p.handler.ServeHTTP(recorder, r)
	return recorder.Result(), nil
}

// sent fails the test unless exactly these GETs were sent, each given by the end of its path and
// its query.
func (h *harness) sent(endings ...string) {
	h.Helper()
	var got []string
	matches := true
	for i, entry := range h.server.Journal() {
		target := entry.Path + "?" + entry.Query
		got = append(got, entry.Method+" "+target)
		matches = matches && i < len(endings) && entry.Method == http.MethodGet && strings.HasSuffix(target, endings[i])
	}
	if !matches || len(got) != len(endings) {
		h.Errorf("sent %q, want %q", got, endings)
	}
}

// failed fails the test unless an error has this attribute, this summary, and these parts of the
// detail in this order.
func (h *harness) failed(err error, attribute, summary string, parts ...string) {
	h.Helper()
	var failure *notice.Failure
	if !errors.As(err, &failure) {
		h.Fatalf("got %v, want a failure", err)
	}
	if failure.Attribute != attribute || failure.Summary != summary {
		h.Errorf("got %q on %q, want %q on %q", failure.Summary, failure.Attribute, summary, attribute)
	}
	inOrder(h.T, failure.Detail, parts...)
}

func inOrder(t *testing.T, text string, parts ...string) {
	t.Helper()
	rest := text
	for _, part := range parts {
		_, after, found := strings.Cut(rest, part)
		if !found {
			t.Errorf("%q is missing or not in this order in:\n%s", part, text)
			return
		}
		rest = after
	}
}

func ids(tasks []*tallyfy.Task) []string {
	var all []string
	for _, task := range tasks {
		all = append(all, task.ID)
	}
	return slices.Clip(all)
}
