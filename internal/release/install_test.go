// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/clitest"
)

// TestInstall lets a real CLI install a build of this source, packed like a release, and another
// program.
func TestInstall(t *testing.T) {
	t.Parallel()
	root, err := clitest.SourceRoot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	provider := filepath.Join(t.TempDir(), "provider")
	build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", provider, ".") //nolint:gosec // our own source
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, test := range map[string]struct{ content, inside, want string }{
		"the provider":                   {provider, project + "_v" + version, ""},
		"a binary that no CLI looks for": {provider, "tallyfy_v" + version, "init: "},
		"a file that is not a program":   {filepath.Join(root, "LICENSE"), project + "_v" + version, "apply: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if runtime.GOOS == "windows" {
				test.inside += ".exe"
			}
			m := testRelease{packed: map[string]string{test.inside: test.content}, modes: map[string]os.FileMode{test.inside: 0o755}}
			dir := t.TempDir()
			packed := filepath.Join(dir, project+"_"+version+"_"+runtime.GOOS+"_"+runtime.GOARCH+archive)
			m.zip(t, packed)
			var out bytes.Buffer
			err := install(t.Context(), dir, packed, version, &out)
			if !says(err, test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
			if times := strings.Count(out.String(), "completed a task once"); err == nil && times != len(clitest.Registries) {
				t.Errorf("it was installed from %d registries:\n%s", times, out.String())
			}
		})
	}
}
