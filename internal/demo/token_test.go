// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// TestTokenIsNowhere runs the CLI with its log at TRACE, on a server that repeats the token in its answers, and looks for the
// token in everything that is left behind.
func TestTokenIsNowhere(t *testing.T) {
	t.Parallel()
	s := newScene(t, filepath.Join(examples(t), "resources", "tallyfy_task_completion", "resource.tf"))
	echo := sandbox.Fault{
		Method: http.MethodPost, Status: http.StatusUnprocessableEntity, Header: http.Header{"X-Request-Id": {"id-" + sandbox.DefaultToken}},
		Body: `{"message":"Bearer ` + sandbox.DefaultToken + ` may not do this","errors":{"task":["` + sandbox.DefaultToken + `"]}}`,
	}
	s.server.Inject(echo)
	log := filepath.Join(s.folder, "trace.log")
	traced := func(args ...string) string {
		command := s.w.Command(t.Context(), s.server, s.folder, args...)
		command.Env = append(command.Env, "TF_LOG=TRACE", "TF_LOG_PATH="+log)
		out, err := command.CombinedOutput()
		if _, exited := err.(*exec.ExitError); err != nil && !exited { //nolint:errorlint // as Output returns it
			t.Fatal(err)
		}
		return string(out)
	}
	left := map[string]string{
		"the plan's output":        traced("plan", "-input=false", "-out=tfplan"),
		"the failed apply's":       traced("apply", "-input=false", "-auto-approve"),
		"the apply's output":       traced("apply", "-input=false", "-auto-approve"),
		"the state, shown as JSON": traced("show", "-json"),
		"the plan, shown as JSON":  traced("show", "-json", "tfplan"),
		"the destroy's output":     traced("destroy", "-input=false", "-auto-approve"),
	}
	for name, want := range map[string]string{"the failed apply's": "may not do this", "the apply's output": "Apply complete!", "the state, shown as JSON": "completed_at"} {
		if !strings.Contains(left[name], want) {
			t.Errorf("%s lacks %q:\n%s", name, want, left[name])
		}
	}
	for _, name := range []string{"trace.log", "terraform.tfstate", "terraform.tfstate.backup"} {
		content, err := os.ReadFile(filepath.Join(s.folder, name)) //nolint:gosec // what the CLI wrote
		if err != nil {
			t.Fatal(err)
		}
		left[name] = string(content)
	}
	for name, content := range unzipped(t, filepath.Join(s.folder, "tfplan")) {
		left["the plan's "+name] = content
	}
	if !strings.Contains(left["trace.log"], "Tallyfy request") || !strings.Contains(left["trace.log"], "[TRACE]") {
		t.Error("the log does not hold the provider's lines")
	}
	for name, content := range left {
		if strings.Contains(content, sandbox.DefaultToken) {
			t.Errorf("the token is in %s", name)
		}
	}
}

// unzipped gives the files in an archive, as a saved plan is one.
func unzipped(t *testing.T, file string) map[string]string {
	t.Helper()
	archive, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close() //nolint:errcheck // read only
	files := map[string]string{}
	for _, member := range archive.File {
		content, err := member.Open()
		if err != nil {
			t.Fatal(err)
		}
		var text bytes.Buffer
		_, err = io.CopyN(&text, content, 1<<20)
		if err != nil && err != io.EOF { //nolint:errorlint // as documented
			t.Fatal(err)
		}
		_ = content.Close()
		files[member.Name] = text.String()
	}
	if len(files) == 0 {
		t.Fatal("the plan is empty")
	}
	return files
}
