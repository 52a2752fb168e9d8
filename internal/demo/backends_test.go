// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
)

// testBackend has the CLI go to where the example of a backend keeps its state, as far as a server that lets nobody in: by then
// it has taken the whole block. A mere validation does not look at it.
func testBackend(t *testing.T, file string) {
	var asked atomic.Bool
	storage := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Store(true)
		w.WriteHeader(http.StatusForbidden)
	}))
	defer storage.Close()
	needs(t, file)
	s := newSceneIn(t, []string{"-backend=false"}, filepath.Join(examples(t), "provider", "provider.tf"), file)
	command := s.w.Command(t.Context(), s.server, s.folder, "init", "-input=false")
	command.Env = append(command.Env, "AWS_ENDPOINT_URL="+storage.URL, "AWS_ACCESS_KEY_ID=nobody", "AWS_SECRET_ACCESS_KEY=nothing", "AWS_EC2_METADATA_DISABLED=true")
	if out, err := command.CombinedOutput(); err == nil || !asked.Load() {
		t.Errorf("the state was not asked for (%v):\n%s", err, out)
	}
}
