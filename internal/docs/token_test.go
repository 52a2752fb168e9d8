// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// TestSecretsAreNotWritten runs the CLI with TF_LOG=TRACE against a server that repeats credentials
// in its responses, and searches all output and files for them.
func TestSecretsAreNotWritten(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		provider string
		prepare  func(*fixture)
		shown    string // what is shown of that
		secrets  []string
	}{
		"access token": {
			"provider.tf", func(s *fixture) { s.server.Inject(echo(sandbox.DefaultToken)) },
			"(access token)",
			[]string{sandbox.DefaultToken},
		},
		"application": {
			"application.tf", (*fixture).revokeAndEcho,
			"(client secret) (access token) (access token) (access token) (access token)",
			[]string{sandbox.DefaultClientSecret, "sandbox-application-token-", "sandbox-user-token-"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newFixtureOf(t, filepath.Join(examples(t), "provider", c.provider), filepath.Join(examples(t), "resources", "tallyfy_task_completion", "resource.tf"))
			c.prepare(s)
			left := s.outputs(c.shown + " may not do this")
			for _, secret := range c.secrets {
				for name, content := range left {
					if strings.Contains(content, secret) {
						t.Errorf("%s is in %s", secret, name)
					}
				}
			}
		})
	}
}

// echo rejects a completion with a response that repeats what was sent.
func echo(sent ...string) sandbox.Fault {
	all := strings.Join(sent, " ")
	return sandbox.Fault{
		Method: http.MethodPost, PathPart: "completed-tasks", Status: http.StatusUnprocessableEntity, Header: http.Header{"X-Request-Id": {"id-" + all}},
		Body: `{"message":"` + all + ` may not do this","errors":{"task":["` + all + `"]}}`,
	}
}

// revokeAndEcho lets the fixture act as an application for a user whose tokens are revoked when it
// sends a completion. The completion with the next token is rejected.
func (f *fixture) revokeAndEcho() {
	f.asApplication()
	f.server.Inject(sandbox.Fault{Method: http.MethodPost, PathPart: "completed-tasks", Before: func(r *http.Request) {
		f.server.RevokeTokens()
		var user int // tokens are numbered, and the application's comes before the user's
		if _, err := fmt.Sscanf(r.Header.Get("Authorization"), "Bearer sandbox-user-token-%d", &user); err != nil {
			f.t.Errorf("the completion was not sent with a user's token: %v", err)
		}
		f.server.Inject(echo(sandbox.DefaultClientSecret, fmt.Sprintf("sandbox-application-token-%d sandbox-user-token-%d sandbox-application-token-%d sandbox-user-token-%d",
			user-1, user, user+1, user+2)))
	}})
}

// outputs plans, applies twice and destroys, and returns all output and files. The first apply must
// fail with this failure.
func (f *fixture) outputs(failure string) map[string]string {
	t := f.t
	t.Helper()
	log := filepath.Join(f.folder, "trace.log")
	traced := func(args ...string) string {
		command := f.w.Command(t.Context(), f.server, f.folder, args...)
		command.Env = append(append(command.Env, f.env...), "TF_LOG=TRACE", "TF_LOG_PATH="+log)
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
	for name, want := range map[string]string{"the failed apply's": failure, "the apply's output": "Apply complete!", "the state, shown as JSON": "completed_at"} {
		if text := strings.Join(strings.FieldsFunc(left[name], func(r rune) bool { return r == '│' || unicode.IsSpace(r) }), " "); !strings.Contains(text, want) {
			t.Errorf("%s lacks %q:\n%s", name, want, left[name])
		}
	}
	for _, name := range []string{"trace.log", "terraform.tfstate", "terraform.tfstate.backup"} {
		content, err := os.ReadFile(filepath.Join(f.folder, name)) //nolint:gosec // what the CLI wrote
		if err != nil {
			t.Fatal(err)
		}
		left[name] = string(content)
	}
	for name, content := range unzipped(t, filepath.Join(f.folder, "tfplan")) {
		left["the plan's "+name] = content
	}
	if !strings.Contains(left["trace.log"], "Tallyfy request") || !strings.Contains(left["trace.log"], "[TRACE]") {
		t.Error("the log does not hold the provider's lines")
	}
	return left
}

// TestWriteOnlyValuesAreNotWritten searches all output and files for a write-only value and its
// next version.
func TestWriteOnlyValuesAreNotWritten(t *testing.T) {
	t.Parallel()
	const secret, next = "s3cr3t-0ne", "s3cr3t-tw0"
	file := filepath.Join(t.TempDir(), "main.tf")
	configuration := fmt.Sprintf(`
terraform {
  required_providers {
    tallyfy = { source = "tallyfy/tallyfy" }
  }
}

variable "secret" {
  type      = string
  ephemeral = true
}

variable "key_version" { type = number }

resource "tallyfy_task_completion" "rotate" {
  task_id                = %q
  form_fields_wo         = { "Key fingerprint" = var.secret }
  form_fields_wo_version = var.key_version
}

resource "tallyfy_task_completion" "vpc" {
  run_id              = %q
  task_id             = %q
  taskdata            = { %q = "vpc-1" }
  taskdata_wo         = { %q = var.secret }
  taskdata_wo_version = var.key_version
}
`, sandbox.SeedOneOffTaskID, sandbox.SeedRunID, sandbox.SeedVPCTaskID, sandbox.SeedVPCIDField, sandbox.SeedVPCNotesField)
	if err := os.WriteFile(file, []byte(configuration), 0o600); err != nil {
		t.Fatal(err)
	}
	needs(t, file)
	s := newFixtureOf(t, file)
	log := filepath.Join(s.folder, "trace.log")
	left := map[string]string{}
	run := func(value string, version int, args ...string) {
		command := s.w.Command(t.Context(), s.server, s.folder, args...)
		command.Env = append(command.Env, "TF_LOG=TRACE", "TF_LOG_PATH="+log, "TF_VAR_secret="+value, fmt.Sprintf("TF_VAR_key_version=%d", version))
		out, err := command.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
		}
		left[strings.Join(args, " ")+value] = string(out)
	}
	held := func(value string) {
		t.Helper()
		key, _ := s.server.Task(sandbox.SeedOneOffTaskID)
		vpc, _ := s.server.Task(sandbox.SeedVPCTaskID)
		if key.Taskdata[sandbox.SeedKeyField] != value || vpc.Taskdata[sandbox.SeedVPCNotesField] != value || vpc.Taskdata[sandbox.SeedVPCIDField] != "vpc-1" {
			t.Errorf("the tasks hold %v and %v", key.Taskdata, vpc.Taskdata)
		}
	}
	run(secret, 1, "plan", "-input=false", "-out=tfplan")
	run(secret, 1, "show", "-json", "tfplan")
	run(secret, 1, "apply", "-input=false", "tfplan")
	held(secret)
	s.server.ResetJournal()
	run(next, 1, "apply", "-input=false", "-auto-approve") // the same version is not a change, whatever the value
	s.checkWrites("the next apply", 0)
	run(next, 2, "apply", "-input=false", "-auto-approve")
	held(next)
	for _, task := range []string{sandbox.SeedOneOffTaskID, sandbox.SeedVPCTaskID} {
		if fired := s.server.Webhooks(task); fired != 2 {
			t.Errorf("the webhooks of %s fired %d times", task, fired)
		}
	}
	run(next, 2, "show", "-json")

	for _, name := range []string{"trace.log", "terraform.tfstate", "terraform.tfstate.backup"} {
		t.Run(name, func(t *testing.T) {
			content, err := os.ReadFile(filepath.Join(s.folder, name)) //nolint:gosec // what the CLI wrote
			if err != nil {
				t.Fatal(err)
			}
			left[name] = string(content)
		})
	}
	for name, content := range unzipped(t, filepath.Join(s.folder, "tfplan")) {
		left["the plan's "+name] = content
	}
	for name, content := range left {
		for _, value := range []string{secret, next} {
			if at := strings.Index(content, value); at >= 0 {
				t.Errorf("%s is in %s: …%s…", value, name, content[max(0, at-200):min(len(content), at+50)])
			}
		}
	}
}

// unzipped returns the files in an archive, such as a saved plan.
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
