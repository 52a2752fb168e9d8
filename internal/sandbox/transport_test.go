// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// TestTransport reads a response, a connection that is dropped, and a request whose context ends.
func TestTransport(t *testing.T) {
	t.Parallel()
	s := sandbox.New(sandbox.Config{})
	get := func(ctx context.Context) (int, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://sandbox/api/me", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := sandbox.Transport{Handler: s}.RoundTrip(r)
		if err != nil {
			return 0, err
		}
		return resp.StatusCode, resp.Body.Close()
	}
	if status, err := get(t.Context()); status != http.StatusUnauthorized && status != http.StatusNotFound || err != nil {
		t.Errorf("got %d, %v", status, err)
	}
	s.Inject(sandbox.Fault{Drop: true})
	if _, err := get(t.Context()); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a dropped connection: got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	s.Inject(sandbox.Fault{Before: func(*http.Request) { cancel() }, Delay: time.Hour})
	if _, err := get(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("a request whose context ends: got %v", err)
	}
}
