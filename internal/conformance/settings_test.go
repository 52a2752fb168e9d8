// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// environment returns a getenv of these variables on top of valid ones; "" removes one.
func environment(changes map[string]string) func(string) string {
	all := map[string]string{envEnabled: "1", envAccessToken: "t", envOrganization: "o", envConfirmation: "o"}
	maps.Copy(all, changes)
	return func(name string) string { return all[name] }
}

func TestSettings(t *testing.T) {
	t.Parallel()
	s, err := ReadSettings(environment(nil))
	if err != nil {
		t.Fatal(err)
	}
	if s.Token != "t" || s.Organization != "o" || !s.IsDefault || s.BaseURL.String() != "https://go.tallyfy.com/api" || s.Interval != time.Second || s.MaxRequests != 400 {
		t.Errorf("got %+v", s)
	}
	s, err = ReadSettings(environment(map[string]string{
		envAccessToken: "", envAPIToken: "t2\n", envBaseURL: "http://127.0.0.1:8787/api/", envTemplate: "c", envInterval: "0s", envMaxRequests: "10",
		envClientID: "1", envClientSecret: "s", envReport: "/r",
	}))
	if err != nil {
		t.Fatal(err)
	}
	if s.Token != "t2" || s.IsDefault || s.BaseURL.Path != "/api" || s.Template != "c" || s.Interval != 0 || s.MaxRequests != 10 || s.ReportDir != "/r" || s.ClientSecret != "s" {
		t.Errorf("got %+v", s)
	}
}

func TestSettingsMistakes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change map[string]string
		says   string
	}{
		"no confirmation":     {map[string]string{envConfirmation: ""}, "TALLYFY_ACC_ORGANIZATION is not set: the suite creates, completes and archives tasks"},
		"other organization":  {map[string]string{envConfirmation: "p"}, "TALLYFY_ACC_ORGANIZATION and TALLYFY_ORG_ID name different organizations: nothing was sent"},
		"no organization":     {map[string]string{envOrganization: "", envConfirmation: ""}, "TALLYFY_ORG_ID is not set"},
		"no token":            {map[string]string{envAccessToken: ""}, "TALLYFY_ACCESS_TOKEN is not set: create a personal access token"},
		"only an application": {map[string]string{envAccessToken: "", envClientID: "1", envClientSecret: "s"}, "an application is not a user"},
		"half an application": {map[string]string{envClientID: "1"}, "only one of TALLYFY_CLIENT_ID and TALLYFY_CLIENT_SECRET"},
		"token":               {map[string]string{envAccessToken: "two words"}, "TALLYFY_ACCESS_TOKEN is invalid"},
		"plain http":          {map[string]string{envBaseURL: "http://tallyfy.example"}, "TALLYFY_BASE_URL is invalid: plain http"},
		"organization's URL":  {map[string]string{envOrganization: "a/b", envConfirmation: "a/b"}, "TALLYFY_ORG_ID is invalid"},
		"template":            {map[string]string{envTemplate: "a?b"}, "TALLYFY_ACC_CHECKLIST is invalid"},
		"interval":            {map[string]string{envInterval: "1"}, "TALLYFY_ACC_INTERVAL is not a duration"},
		"negative interval":   {map[string]string{envInterval: "-1s"}, "TALLYFY_ACC_INTERVAL is not a duration"},
		"requests":            {map[string]string{envMaxRequests: "0"}, "TALLYFY_ACC_MAX_REQUESTS is not a number"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := ReadSettings(environment(test.change))
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v, want %q", err, test.says)
			}
		})
	}
}

func TestDisabled(t *testing.T) {
	t.Parallel()
	if err := Disabled(environment(nil)); err != nil {
		t.Error(err)
	}
	err := Disabled(environment(map[string]string{envEnabled: ""}))
	if err == nil || !strings.Contains(err.Error(), "TF_ACC is not set") {
		t.Errorf("got %v", err)
	}
}

// TestOpen has servers that do not say who the caller is.
func TestOpen(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status     int
		body, says string
	}{
		"a page":        {200, "<html>Sign in</html>", "GET me returned 200 with something else than JSON: does TALLYFY_BASE_URL name a page to sign in?"},
		"a redirect":    {302, "", "the user of the token could not be read: GET /me: 302"},
		"no API":        {402, `{"message":"No plan."}`, "the user of the token could not be read: GET /me: 402 No plan."},
		"an empty user": {200, `{"data":[]}`, "GET me does not return the ID of a user"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "/login")
				w.WriteHeader(test.status)
				_, _ = w.Write([]byte(test.body)) // the client reads it
			}))
			defer server.Close()
			a := accountOf(t, server.URL)
			a.user = ""
			err := a.open(t.Context())
			if err == nil || !strings.Contains(err.Error(), "nothing was created, because "+test.says) {
				t.Errorf("got %v", err)
			}
		})
	}
}
