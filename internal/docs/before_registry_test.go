// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/clitest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// shellBlocks returns the shell commands of a section of a page, block by block.
func shellBlocks(t *testing.T, name, section string) []string {
	t.Helper()
	p := readPage(t, filepath.Dir(examples(t)), name)
	inSection, number := false, 0
	lines := map[int]bool{} // the lines of the section
	for line := range strings.Lines(p.prose) {
		number++
		if strings.HasPrefix(line, "## ") {
			inSection = strings.TrimSpace(line) == "## "+section
		}
		lines[number] = inSection
	}
	var blocks []string
	for _, b := range p.blocks {
		if lines[b.line] && b.language == "shell" {
			blocks = append(blocks, b.text)
		}
	}
	if len(blocks) == 0 {
		t.Fatalf("%s has no commands in the section %q", name, section)
	}
	return blocks
}

// machine is a home directory and a checkout for the commands of a page. Only the CLI, Go, make and
// git are installed.
type machine struct {
	t        *testing.T
	checkout string
	env      []string
}

// newMachine returns a machine on which the address of the provider's repository leads to a copy of
// this source.
func newMachine(t *testing.T, s *fixture, source string, checkout string) *machine {
	t.Helper()
	path := t.TempDir()
	if err := os.Symlink(s.w.CLI, filepath.Join(path, "terraform")); err != nil {
		t.Fatal(err)
	}
	m := &machine{t: t, checkout: checkout}
	// If a variable is set twice, the later value wins.
	m.env = append(s.w.Command(t.Context(), s.server, checkout).Env, "TF_CLI_CONFIG_FILE="+os.DevNull,
		"PATH="+path+string(os.PathListSeparator)+os.Getenv("PATH"), "HOME="+t.TempDir(), "XDG_DATA_HOME=", "XDG_CONFIG_HOME=",
		// There is no registry: a provider that is not in a mirror is not found.
		"HTTPS_PROXY=http://127.0.0.1:1", "NO_PROXY=127.0.0.1",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_COUNT=2",
		"GIT_CONFIG_KEY_0=url.file://"+source+".insteadOf", "GIT_CONFIG_VALUE_0="+repository,
		"GIT_CONFIG_KEY_1=safe.directory", "GIT_CONFIG_VALUE_1=*",
		"TALLYFY_ACCESS_TOKEN=", "TALLYFY_CLIENT_SECRET="+sandbox.DefaultClientSecret, "TALLYFY_TOKEN_URL="+s.server.URL()+"/oauth/token")
	// The caches of Go are those of this machine, so that nothing is downloaded.
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH", "GOPROXY", "GOSUMDB"} {
		value, err := exec.CommandContext(t.Context(), "go", "env", name).Output() //nolint:gosec // a name above
		if err != nil {
			t.Fatal(err)
		}
		m.env = append(m.env, name+"="+strings.TrimSpace(string(value)))
	}
	m.env = slices.DeleteFunc(m.env, func(variable string) bool {
		return strings.HasPrefix(variable, "MAKE") || strings.HasPrefix(variable, "MFLAGS")
	})
	return m
}

func (m *machine) run(commands string) (string, error) {
	command := exec.CommandContext(m.t.Context(), "sh", "-eu", "-c", commands) //nolint:gosec // commands of a page
	command.Dir, command.Env = m.checkout, m.env
	out, err := command.CombinedOutput()
	return string(out), err
}

func (m *machine) mustRun(commands string) string {
	m.t.Helper()
	out, err := m.run(commands)
	if err != nil {
		m.t.Fatalf("%s\n%v\n%s", commands, err, out)
	}
	return out
}

// gitSource commits a copy of this source, including what is not committed, and returns its path.
func gitSource(t *testing.T) string {
	t.Helper()
	source := filepath.Join(t.TempDir(), "source")
	if err := clitest.CopySource(t.Context(), source); err != nil {
		t.Fatal(err)
	}
	commit(t, source, "init", "--quiet")
	commit(t, source, "add", "--all")
	return source
}

// commit runs a git command and commits what it has added.
func commit(t *testing.T, source string, args ...string) {
	t.Helper()
	for _, args := range [][]string{args, {"-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false", "commit", "--quiet", "--no-verify", "--allow-empty", "-m", "x"}} {
		command := exec.CommandContext(t.Context(), "git", args...) //nolint:gosec // arguments of this test
		command.Dir = source
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

// TestBeforeTheRegistry runs the commands of the section "CI Before the Registry" on a person's
// machine, in a job of GitHub Actions, and on a machine of HCP Terraform. The lock file of the
// first is valid on all of them.
func TestBeforeTheRegistry(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"sh", "make", "git"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("there is no %s", tool)
		}
	}
	here := runtime.GOOS + "_" + runtime.GOARCH
	if here != "linux_amd64" && here != "darwin_arm64" {
		t.Skipf("the section is for linux_amd64 and darwin_arm64, and this is %s", here)
	}
	guides := filepath.Join(examples(t), "guides", "ci-cd")
	s := newFixtureOf(t, filepath.Join(examples(t), "provider", "application.tf"), filepath.Join(guides, "main.tf"))
	blocks := shellBlocks(t, "docs/guides/ci-cd.md", "CI Before the Registry")
	if len(blocks) != 3 {
		t.Fatalf("the section has %d blocks of commands: add them to this test", len(blocks))
	}
	source := gitSource(t)

	// checkout returns a checkout of the configuration with its lock file, if there is one.
	lock := ""
	checkout := func() string {
		folder := filepath.Join(t.TempDir(), "infrastructure")
		files := matching(t, filepath.Join(s.folder, "*.tf"))
		if lock != "" {
			files = append(files, lock)
		}
		if err := clitest.Checkout(folder, files...); err != nil {
			t.Fatal(err)
		}
		return folder
	}

	person := newMachine(t, s, source, checkout())
	person.mustRun(blocks[0])
	lock = filepath.Join(person.checkout, ".terraform.lock.hcl")
	if got := strings.Count(content(t, lock), "h1:"); got != 2 {
		t.Errorf("the lock file has %d checksums, want one for each platform:\n%s", got, content(t, lock))
	}
	if out := person.mustRun(blocks[1]); !strings.Contains(out, "go version go") {
		t.Errorf("the version of Go is not printed: %s", out)
	}
	person.mustRun("terraform init -input=false -lockfile=readonly && terraform plan -input=false -lock=false")

	t.Run("GitHub Actions", func(t *testing.T) {
		job := newMachine(t, s, source, checkout())
		build(t, job, filepath.Join(guides, "tallyfy-provider", "action.yml"))
		s.server.ResetJournal()
		job.mustRun("terraform init -input=false -lockfile=readonly && terraform apply -input=false -auto-approve")
		if got := s.posts(sandbox.SeedVPCTaskID); got != 1 {
			t.Errorf("%d completions were sent", got)
		}
	})
	t.Run("another commit", func(t *testing.T) {
		other := gitSource(t)
		changed := content(t, filepath.Join(other, "main.go")) + "\nfunc init() { println() }\n"
		if err := os.WriteFile(filepath.Join(other, "main.go"), []byte(changed), 0o600); err != nil {
			t.Fatal(err)
		}
		commit(t, other, "add", "--all")
		job := newMachine(t, s, other, checkout())
		build(t, job, filepath.Join(guides, "tallyfy-provider", "action.yml"))
		if out, err := job.run("terraform init -input=false -lockfile=readonly"); err == nil || !strings.Contains(out, "checksums") {
			t.Errorf("init accepts another build: %v\n%s", err, out)
		}
	})
	t.Run("HCP Terraform", func(t *testing.T) {
		if here != "linux_amd64" {
			t.Skip("its machines are linux_amd64")
		}
		committed := newMachine(t, s, source, checkout())
		if out, err := committed.run("terraform init -input=false -lockfile=readonly"); err == nil {
			t.Fatalf("init finds a provider before there is one:\n%s", out)
		}
		committed.mustRun("git clone --quiet " + repository + " ../terraform-provider-tallyfy\n" + blocks[2])
		committed.env = append(committed.env, "HOME="+t.TempDir())
		committed.mustRun("terraform init -input=false -lockfile=readonly && terraform plan -input=false -lock=false")
	})
}

// build runs the steps of a composite action.
func build(t *testing.T, job *machine, file string) {
	t.Helper()
	type step struct {
		Uses, Run string
		With      map[string]any
	}
	action := decoded[struct{ Runs struct{ Steps []step } }](t, decodeYAML(t, file))
	ran := 0
	for _, step := range action.Runs.Steps {
		switch name, _, _ := strings.Cut(step.Uses, "@"); {
		case name == "actions/checkout":
			job.mustRun("git clone --quiet https://github.com/" + fmt.Sprint(step.With["repository"], " ", step.With["path"]))
		case step.Run != "":
			ran++
			job.mustRun(step.Run)
		}
	}
	if ran == 0 {
		t.Errorf("%s runs nothing", file)
	}
}
