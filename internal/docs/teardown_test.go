// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/clitest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// This file runs the commands of the section "Tear Down" after parts of a pipeline were removed.
// Each function removes a part of a pipeline whose completion is applied.
var (
	taskGone = func(p *pipeline) { p.server.DeleteTask(sandbox.SeedVPCTaskID) }
	runGone  = func(p *pipeline) { p.server.DeleteRun(sandbox.SeedRunID) }

	credentialsGone = func(p *pipeline) { p.env = append(p.env, "TALLYFY_CLIENT_SECRET=revoked") }
	secretGone      = func(p *pipeline) { p.env = append(p.env, "TALLYFY_CLIENT_SECRET=") }

	blockGone = func(p *pipeline) {
		p.edit("application.tf", regexp.MustCompile(`(?s)\nprovider "tallyfy" \{.*?\n\}\n`), "")
		p.edit("main.tf", regexp.MustCompile(`(?s)\ndata "tallyfy_run".*`), "")
		p.env = append(p.env, "TALLYFY_CLIENT_SECRET=")
	}
	aliasGone = func(p *pipeline) {
		p.edit("application.tf", regexp.MustCompile(`(provider "tallyfy" \{)`), "$1\n  alias = \"other\"")
		p.edit("main.tf", regexp.MustCompile(`(data "tallyfy_run" .*|resource "tallyfy_task_completion" .*)`), "$1\n  provider = tallyfy.other")
		p.succeeds("an apply that changes the configuration alone", 0, "terraform apply -input=false -auto-approve")
		blockGone(p)
	}
	providerGone = func(p *pipeline) {
		if err := os.RemoveAll(filepath.Join(p.folder, ".terraform")); err != nil {
			p.t.Fatal(err)
		}
		p.env = append(p.env, "TF_CLI_CONFIG_FILE="+os.DevNull, "HOME="+p.t.TempDir(), "HTTPS_PROXY=http://127.0.0.1:1")
		if out, err := p.run("terraform init -input=false"); err == nil {
			p.t.Fatalf("the provider is found:\n%s", out)
		}
	}
	reopens = func(then func(*pipeline)) func(*pipeline) {
		return func(p *pipeline) {
			p.edit("main.tf", regexp.MustCompile(`(resource "tallyfy_task_completion" .*)`), "$1\n  reopen_on_destroy = true")
			p.succeeds("an apply that changes the state alone", 0, "terraform apply -input=false -auto-approve")
			then(p)
		}
	}
)

// edit replaces a part of a file of the configuration, which must have it.
func (p *pipeline) edit(file string, part *regexp.Regexp, by string) {
	p.t.Helper()
	path := filepath.Join(p.folder, file)
	text := content(p.t, path)
	if !part.MatchString(text) {
		p.t.Fatalf("%s does not have %s", file, part)
	}
	if err := os.WriteFile(path, []byte(part.ReplaceAllString(text, by)), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// checkTaskWrites checks the number of writes to a task. Requests for a token are not counted.
func (p *pipeline) checkTaskWrites(during string, want int) {
	p.t.Helper()
	got := 0
	for _, entry := range p.server.Journal() {
		if entry.Method != http.MethodGet && strings.Contains(entry.Path, "tasks") {
			got++
		}
	}
	if got != want {
		p.t.Errorf("%s sent %d writes to a task, want %d", during, got, want)
	}
}

// TestTearDown applies the guide's configuration, removes a part, and runs the commands of the
// section "Tear Down".
func TestTearDown(t *testing.T) {
	t.Parallel()
	blocks := shellBlocks(t, "docs/guides/ci-cd.md", "Tear Down")
	if len(blocks) != 3 {
		t.Fatalf("the section has %d blocks of commands: add them to this test", len(blocks))
	}
	const destroy = "terraform destroy"
	unread, forget, uninstalled := blocks[0], blocks[1], blocks[2]+blocks[1]
	for name, c := range map[string]struct {
		gone  func(*pipeline)
		fails string // in the output of a plain destroy; empty if that works
		works string
	}{
		"nothing":                         {func(*pipeline) {}, "", destroy},
		"the task":                        {taskGone, "Error: Invalid index", unread},
		"the process":                     {runGone, "Error: Process Could Not Be Read", unread},
		"the credentials":                 {credentialsGone, "401", unread},
		"the client secret":               {secretGone, "Error: Missing Client Secret", unread},
		"the client secret, to reopen":    {reopens(secretGone), "Error: Missing Client Secret", forget},
		"the process and the credentials": {func(p *pipeline) { runGone(p); credentialsGone(p) }, "401", unread},
		"the provider block":              {blockGone, "Error: Missing Access Token", unread},
		"the provider block of an alias":  {aliasGone, "Provider configuration not present", forget},
		"the provider":                    {providerGone, "", uninstalled},
		"the credentials, to reopen":      {reopens(credentialsGone), "401", forget},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPipeline(t)
			p.succeeds("the apply", 1, "terraform apply -input=false -auto-approve")
			c.gone(p)
			if c.works != destroy {
				if out, err := p.run(destroy); err == nil || !strings.Contains(out, c.fails) {
					t.Errorf("a plain destroy: got %v, want an error with %q\n%s", err, c.fails, out)
				}
				p.checkTaskWrites("a plain destroy", 0)
			}
			if out, err := p.run(c.works); err != nil {
				t.Fatalf("%s: %v\n%s", c.works, err, out)
			}
			p.checkTaskWrites(c.works, 0)
			if c.works != destroy && p.server.Count("", "") != 0 {
				t.Errorf("%s sent %d requests", c.works, p.server.Count("", ""))
			}
			left, err := p.run("terraform state list")
			if err != nil || strings.Contains(left, "tallyfy_") {
				t.Errorf("the state still has %s (%v)", left, err)
			}
			if task, there := p.server.Task(sandbox.SeedVPCTaskID); there && task.CompletedAt == "" {
				t.Error("the task was reopened")
			}
		})
	}
}

// TestTearDownReopening reopens a task without reading it first, and cannot without credentials.
func TestTearDownReopening(t *testing.T) {
	t.Parallel()
	unread := shellBlocks(t, "docs/guides/ci-cd.md", "Tear Down")[0]
	p := newPipeline(t)
	p.succeeds("the apply", 1, "terraform apply -input=false -auto-approve")
	reopens(func(*pipeline) {})(p)
	env := p.env
	credentialsGone(p)
	if out, err := p.run(unread); err == nil || !strings.Contains(out, "401") {
		t.Errorf("without credentials: got %v\n%s", err, out)
	}
	p.checkTaskWrites("a destroy without credentials", 0)
	if task, _ := p.server.Task(sandbox.SeedVPCTaskID); task.CompletedAt == "" {
		t.Error("the task was reopened without credentials")
	}
	p.env = env
	if out, err := p.run(unread); err != nil {
		t.Fatalf("with credentials: %v\n%s", err, out)
	}
	if task, _ := p.server.Task(sandbox.SeedVPCTaskID); task.CompletedAt != "" {
		t.Error("the task was not reopened")
	}
	p.checkTaskWrites("a destroy", 1)
}

// testTearDownRemoved replaces the completion of the guide with a removed block, without the
// process and without credentials. The rest of the state stays.
func testTearDownRemoved(t *testing.T, file string) {
	needs(t, file)
	p := newPipeline(t)
	p.succeeds("the apply", 1, "terraform apply -input=false -auto-approve")
	reopens(runGone)(p)
	p.edit("main.tf", regexp.MustCompile(`(?s)\ndata "tallyfy_run".*`), "")
	if err := clitest.Checkout(p.folder, file); err != nil {
		t.Fatal(err)
	}
	credentialsGone(p)
	p.server.ResetJournal()
	if out, err := p.run("terraform apply -refresh=false"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got := p.server.Count("", ""); got != 0 {
		t.Errorf("%d requests were sent", got)
	}
	if left, err := p.run("terraform state list"); err != nil || strings.TrimSpace(left) != "terraform_data.vpc" {
		t.Errorf("the state has %q (%v)", left, err)
	}
}
