// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

const testToken = "a-token-of-the-test"

// targets are the CI systems with their settings, and the request that each expects.
var targets = map[string]struct {
	env, authorization, path, body string
	more                           map[string]string
}{
	"github": {
		"GITHUB_API_URL", "Bearer " + testToken, "/repos/example/infrastructure/dispatches",
		`{"client_payload":{"run_id":"` + testID + `"},"event_type":"tallyfy"}`,
		map[string]string{"GITHUB_REPOSITORY": "example/infrastructure", "GITHUB_TOKEN": testToken},
	},
	"gitlab": {
		"GITLAB_API_URL", "", "/projects/example%2Finfrastructure/trigger/pipeline",
		url.Values{"token": {testToken}, "ref": {"main"}, "variables[TF_VAR_run_id]": {testID}}.Encode(),
		map[string]string{"GITLAB_PROJECT": "example/infrastructure", "GITLAB_TRIGGER_TOKEN": testToken},
	},
	"terraform": {
		"TFE_ADDRESS", "Bearer " + testToken, "/api/v2/runs",
		`{"data":{"attributes":{"message":"Process ` + testID + `","variables":[{"key":"run_id","value":"\"` + testID + `\""}]},` +
			`"relationships":{"workspace":{"data":{"id":"ws-1","type":"workspaces"}}},"type":"runs"}}`,
		map[string]string{"TFE_WORKSPACE_ID": "ws-1", "TFE_TOKEN": testToken},
	},
}

func TestTargets(t *testing.T) {
	for name, target := range targets {
		t.Run(name, func(t *testing.T) {
			status := http.StatusCreated
			requests := 0
			ci := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				requests++
				body, _ := io.ReadAll(r.Body)
				if r.Method != http.MethodPost || r.URL.EscapedPath() != target.path || r.Header.Get("Authorization") != target.authorization || string(body) != target.body {
					t.Errorf("got %s %s with %q:\n%s", r.Method, r.URL.EscapedPath(), r.Header.Get("Authorization"), body)
				}
				if isJSON := json.Valid(body); isJSON != strings.HasSuffix(r.Header.Get("Content-Type"), "json") {
					t.Errorf("the body is sent as %s", r.Header.Get("Content-Type"))
				}
				w.Header().Set("Location", "https://example.com/")
				w.WriteHeader(status)
			}))
			defer ci.Close()
			t.Setenv(target.env, ci.URL+"/")
			for variable, value := range target.more {
				if _, err := pipeline(name); err == nil || !strings.Contains(err.Error(), " must be set for RELAY_TARGET="+name) {
					t.Errorf("without %s: got %v", variable, err)
				}
				t.Setenv(variable, value)
			}
			start, err := pipeline(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, test := range []struct {
				status           int
				starts, refusing bool
			}{{201, true, false}, {204, true, false}, {302, false, true}, {401, false, true}, {404, false, true}, {429, false, false}, {503, false, false}} {
				status = test.status
				err := start(t.Context(), testID)
				if (err == nil) != test.starts || errors.Is(err, errRefused) != test.refusing {
					t.Errorf("%d: got %v", test.status, err)
				}
				if err != nil && (strings.Contains(err.Error(), testToken) || !strings.Contains(err.Error(), http.StatusText(test.status))) {
					t.Errorf("%d: the error is %q", test.status, err)
				}
			}
			if requests != 7 {
				t.Errorf("%d requests were sent: was a redirect followed?", requests)
			}
			ci.Close()
			if err := start(t.Context(), testID); err == nil || errors.Is(err, errRefused) || strings.Contains(err.Error(), testToken) || strings.Contains(err.Error(), "http://") {
				t.Errorf("without a server: got %v", err)
			}
		})
	}
	if start, err := pipeline("log"); err != nil || start(t.Context(), testID) != nil {
		t.Errorf("log: %v", err)
	}
	if _, err := pipeline("jenkins"); err == nil {
		t.Error("an unknown CI system is accepted")
	}
}
