// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/clitest"
)

// TestBlocks checks every block of code on every page. A configuration is one of the examples,
// which [TestExamples] applies, or a real CLI validates it. Other languages are well-formed.
func TestBlocks(t *testing.T) {
	t.Parallel()
	applied := exampleFiles(t)
	quoted := 0
	for _, p := range pages(t) {
		for _, b := range p.blocks {
			name := fmt.Sprintf("%s:%d", p.name, b.line)
			switch b.language {
			case "terraform", "hcl", "tf":
				if applied[b.text] {
					quoted++
					continue
				}
				t.Run(name, func(t *testing.T) { t.Parallel(); testConfiguration(t, b.text) })
			case "yaml", "yml":
				t.Run(name, func(t *testing.T) { t.Parallel(); decodeYAML(t, written(t, "block.yml", b.text)) })
			case "json":
				if !json.Valid([]byte(b.text)) {
					t.Errorf("%s: this is not JSON", name)
				}
			case "shell", "sh", "bash":
				t.Run(name, func(t *testing.T) { t.Parallel(); testShell(t, b.text) })
			case "text", "console": // output, or a signature
			default:
				t.Errorf("%s: no test covers blocks in %q: add them to this test", name, b.language)
			}
		}
	}
	if quoted < 10 {
		t.Errorf("only %d blocks are examples: is each page read?", quoted)
	}
}

// exampleFiles returns the contents of the configurations below examples/.
func exampleFiles(t *testing.T) map[string]bool {
	t.Helper()
	contents := map[string]bool{}
	err := filepath.WalkDir(examples(t), func(file string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && slices.Contains([]string{".tf", ".hcl"}, filepath.Ext(file)) {
			contents[content(t, file)] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return contents
}

var (
	declares = regexp.MustCompile(`(?m)^(?:resource|data|ephemeral) "([a-z0-9]+)_|^provider "([a-z0-9]+)"`)
	requires = regexp.MustCompile(`(?m)^\s*required_providers\b`)
)

// testConfiguration validates a block that is not an example, together with the examples' provider
// block if it has none. A block of other providers alone is only parsed, because the tests have no
// registry.
func testConfiguration(t *testing.T, text string) {
	file := written(t, "block.tf", text)
	if out, err := cli(t, filepath.Dir(file), "", "fmt", "-check", "-diff", filepath.Base(file)); err != nil {
		t.Errorf("%v: terraform fmt would change it:\n%s", err, out)
	}
	others := false
	for _, declared := range declares.FindAllStringSubmatch(text, -1) {
		provider := declared[1] + declared[2]
		others = others || provider != "tallyfy" && provider != "terraform"
	}
	switch {
	case others && strings.Contains(text, "tallyfy_"):
		t.Errorf("it uses tallyfy with a provider that the tests do not have, so it cannot be validated: use terraform_data instead\n%s", text)
	case others:
	case requires.MatchString(text):
		testValidate(t, file)
	default:
		testValidate(t, filepath.Join(examples(t), "provider", "provider.tf"), file)
	}
}

// testValidate validates a configuration without its backend.
func testValidate(t *testing.T, files ...string) {
	needs(t, files[len(files)-1])
	s := newFixtureWith(t, []string{"-backend=false"}, files...)
	s.mustRun("validate")
}

func testShell(t *testing.T, text string) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no sh")
	}
	command := exec.CommandContext(t.Context(), sh, "-n") //nolint:gosec // only parses
	command.Stdin = strings.NewReader(text)
	if out, err := command.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// decodeYAML decodes YAML with a function of the CLI, so that no library is needed.
func decodeYAML(t *testing.T, file string) any {
	t.Helper()
	file = written(t, filepath.Base(file), content(t, file)) // apart from configurations, which the CLI would read too
	out, err := cli(t, filepath.Dir(file), fmt.Sprintf("base64encode(jsonencode(yamldecode(file(%q))))\n", filepath.Base(file)), "console")
	if err != nil {
		t.Fatalf("%s: %v\n%s", file, err, out)
	}
	var read any
	decoded, err := base64.StdEncoding.DecodeString(strings.Trim(strings.TrimSpace(out), `"`))
	if err == nil {
		err = json.Unmarshal(decoded, &read)
	}
	if err != nil {
		t.Fatalf("%s: %v\n%s", file, err, out)
	}
	return read
}

// cli runs the CLI without a provider.
func cli(t *testing.T, folder, input string, args ...string) (string, error) {
	t.Helper()
	w, err := clitest.Shared()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), w.CLI, args...) //nolint:gosec // the CLI that the user chose
	command.Dir, command.Stdin = folder, strings.NewReader(input)
	command.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1", "TF_CLI_ARGS=-no-color", "TF_CLI_CONFIG_FILE="+os.DevNull)
	out, err := command.CombinedOutput()
	return string(out), err
}

// written writes a text to a file of this test.
func written(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
