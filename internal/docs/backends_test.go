// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
)

// testBackend initializes the example of a backend against a server that denies access. The CLI has
// then accepted the whole block, which validate does not check.
func testBackend(t *testing.T, file string, initArgs ...string) {
	var requested atomic.Bool
	storage := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requested.Store(true)
		w.WriteHeader(http.StatusForbidden)
	}))
	defer storage.Close()
	needs(t, file)
	s := newFixtureWith(t, []string{"-backend=false"}, filepath.Join(examples(t), "provider", "provider.tf"), file)
	command := s.w.Command(t.Context(), s.server, s.folder, append([]string{"init", "-input=false"}, initArgs...)...)
	command.Env = append(command.Env, "AWS_ENDPOINT_URL="+storage.URL, "AWS_ACCESS_KEY_ID=nobody", "AWS_SECRET_ACCESS_KEY=nothing", "AWS_EC2_METADATA_DISABLED=true")
	if out, err := command.CombinedOutput(); err == nil || !requested.Load() {
		t.Errorf("the state was not requested (%v):\n%s", err, out)
	}
}
