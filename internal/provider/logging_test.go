// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-log/tflog"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"
)

// The log names the task of a wait at INFO, with secrets masked.
func TestProgressIsLoggedAtInfo(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	ctx := tflogtest.RootLogger(t.Context(), &log)
	logger(tflog.SubsystemInfo, func() []string { return []string{"hush"} })(ctx, "waiting for a Tallyfy task", map[string]any{"title": "Approve the hush change", "status": "in-progress"})
	lines, err := tflogtest.MultilineJSONDecode(&log)
	if err != nil || len(lines) != 1 {
		t.Fatalf("got %v, %v", lines, err)
	}
	title, _ := lines[0]["title"].(string)
	if lines[0]["@level"] != "info" || lines[0]["@message"] != "waiting for a Tallyfy task" || !strings.HasPrefix(title, "Approve the ") || strings.Contains(title, "hush") {
		t.Errorf("got %v", lines[0])
	}
}

// Lines are written only if the CLI shows them. Variables that a user has set keep their values.
func TestSilenceUnusedLogs(t *testing.T) {
	parts := []string{"TF_LOG_SDK", "TF_LOG_SDK_PROTO", "TF_LOG_SDK_FRAMEWORK", "TF_LOG_PROVIDER_TALLYFY"}
	for name, c := range map[string]struct {
		set      map[string]string
		silenced bool
	}{
		"default":                       {nil, true},
		"TF_LOG":                        {map[string]string{"TF_LOG": "INFO"}, false},
		"TF_LOG_PROVIDER":               {map[string]string{"TF_LOG_PROVIDER": "trace"}, false},
		"of the CLI alone":              {map[string]string{"TF_LOG_CORE": "TRACE"}, true},
		"TF_LOG, and providers are off": {map[string]string{"TF_LOG": "TRACE", "TF_LOG_PROVIDER": "off"}, true},
		"off":                           {map[string]string{"TF_LOG": "OFF"}, true},
		"as JSON":                       {map[string]string{"TF_LOG": "JSON"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, variable := range append([]string{"TF_LOG", "TF_LOG_PROVIDER", "TF_LOG_CORE"}, parts...) {
				t.Setenv(variable, c.set[variable])
			}
			t.Setenv("TF_LOG_SDK_PROTO", "WARN")
			SilenceUnusedLogs()
			for _, part := range parts {
				want := ""
				if c.silenced {
					want = "off"
				}
				if part == "TF_LOG_SDK_PROTO" {
					want = "WARN"
				}
				if got := os.Getenv(part); got != want {
					t.Errorf("%s is %q, want %q", part, got, want)
				}
			}
		})
	}
}
