// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestVersions compares the CLIs that pages say CI covers with those of the workflow.
func TestVersions(t *testing.T) {
	t.Parallel()
	root := filepath.Dir(examples(t))
	type workflow struct {
		Jobs map[string]struct {
			Strategy struct {
				Matrix struct {
					Include []struct{ CLI, Version, OS string }
				}
			}
		}
	}
	versions := map[string][]string{}
	for _, cell := range decoded[workflow](t, decodeYAML(t, filepath.Join(root, ".github", "workflows", "test.yml"))).Jobs["test"].Strategy.Matrix.Include {
		if cell.OS == "" {
			versions[cell.CLI] = append(versions[cell.CLI], strings.TrimSuffix(cell.Version, ".*"))
		}
	}
	list := func(cli string) string {
		all := versions[cli]
		if len(all) < 3 || all[len(all)-1] != "latest" {
			t.Fatalf("the versions of %s are %q", cli, all)
		}
		return strings.Join(all[:len(all)-1], ", ") + " and the latest"
	}
	want := fmt.Sprintf("CI covers Terraform %s, and OpenTofu %s.", list("terraform"), list("tofu"))
	for _, page := range []string{"README.md", "docs/index.md"} {
		if !strings.Contains(content(t, filepath.Join(root, filepath.FromSlash(page))), want) {
			t.Errorf("%s does not say: %s", page, want)
		}
	}
}
