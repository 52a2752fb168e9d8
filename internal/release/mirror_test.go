// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/clitest"
)

// clone copies the source tree to a directory, including changes that are not committed.
func clone(t *testing.T, dir string) string {
	t.Helper()
	if _, err := exec.LookPath("make"); err != nil || runtime.GOOS == "windows" {
		t.Skip("there is no make")
	}
	if err := clitest.CopySource(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestBuild builds the source twice, in different directories and environments, and compares it
// with the provider that the tests install, which has the flags of a release. No setting of the
// user changes the bytes.
func TestBuild(t *testing.T) {
	t.Parallel()
	w, err := clitest.New(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	want := read(t, w.Binary(clitest.Address, clitest.Version))
	settings := filepath.Join(t.TempDir(), "env") // the file of "go env -w"
	if err := os.WriteFile(settings, []byte("GOFLAGS=-gcflags=-N\nGOEXPERIMENT=fieldtrack\nGOAMD64=v3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, env := range map[string][]string{
		"as it is":       nil,
		"other settings": {"GOENV=" + settings},
		"another environment": {
			"CGO_ENABLED=1", "GOFLAGS=-tags=other -buildvcs=true", "GOAMD64=v3", "GOARM64=v9.0", "GOEXPERIMENT=synctest", "GOFIPS140=latest", "TZ=Asia/Tokyo",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := clone(t, filepath.Join(t.TempDir(), name))
			makeWith(t.Context(), t, dir, env, "build", "VERSION="+clitest.Version)
			if read(t, filepath.Join(dir, project)) != want {
				t.Error("the build has other bytes than that with the flags of a release")
			}
		})
	}
}

// TestMirror checks the packages of make mirror, and that it rejects what a CLI would not find.
func TestMirror(t *testing.T) {
	t.Parallel()
	dir := clone(t, t.TempDir())
	mirror := filepath.Join(t.TempDir(), "a mirror")
	here := runtime.GOOS + "_" + runtime.GOARCH
	makeWith(t.Context(), t, dir, nil, "mirror", "VERSION="+version, "MIRROR="+mirror)
	program := project + "_v" + version
	packed := filepath.Join(t.TempDir(), "packed.zip")
	folder := filepath.Join(mirror, clitest.Registries[0], filepath.FromSlash(clitest.Address), version, here)
	m := testRelease{
		packed: map[string]string{program: filepath.Join(folder, program), "LICENSE": filepath.Join(dir, "LICENSE")},
		modes:  map[string]os.FileMode{program: 0o755, "LICENSE": 0o644},
	}
	m.zip(t, packed)
	for _, registry := range clitest.Registries {
		if err := sameFiles(packed, filepath.Join(mirror, registry, filepath.FromSlash(clitest.Address), version, here)); err != nil {
			t.Errorf("%s: %v", registry, err)
		}
	}
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"no version":           {[]string{"mirror"}, "VERSION=dev is not a version such as 0.0.1"},
		"a version of no kind": {[]string{"mirror", "VERSION=v1.0.0"}, "VERSION=v1.0.0 is not a version"},
		"two numbers":          {[]string{"mirror", "VERSION=1.0"}, "VERSION=1.0 is not a version"},
		"no platform":          {[]string{"mirror", "VERSION=1.0.0", "PLATFORMS=linux"}, `"linux" is not a platform`},
		"an unknown platform":  {[]string{"mirror", "VERSION=1.0.0", "PLATFORMS=linux_x64"}, "unsupported GOOS/GOARCH pair linux/x64"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := run(t.Context(), dir, "make", append(test.args, "MIRROR="+filepath.Join(t.TempDir(), "none"))...)
			if !says(err, test.want) || err == nil {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// TestSameFiles compares packages that differ from an archive.
func TestSameFiles(t *testing.T) {
	t.Parallel()
	source := filepath.Join(t.TempDir(), "LICENSE")
	write(t, source, "license")
	packed := filepath.Join(t.TempDir(), "packed.zip")
	m := testRelease{packed: map[string]string{"LICENSE": source}, modes: map[string]os.FileMode{"LICENSE": 0o644}}
	m.zip(t, packed)
	for name, test := range map[string]struct {
		files map[string]string
		want  string
	}{
		"the same":     {map[string]string{"LICENSE": "license"}, ""},
		"other bytes":  {map[string]string{"LICENSE": "licence"}, "make mirror builds another LICENSE"},
		"a file more":  {map[string]string{"LICENSE": "license", "README.md": ""}, "make mirror adds README.md"},
		"a file fewer": {map[string]string{"README.md": ""}, "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			for file, content := range test.files {
				write(t, filepath.Join(folder, file), content)
			}
			if err := sameFiles(packed, folder); !says(err, test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// makeWith runs make in an environment that has these variables too.
func makeWith(ctx context.Context, t *testing.T, dir string, env []string, args ...string) {
	t.Helper()
	command := exec.CommandContext(ctx, "env", append(append(env, "make", "--no-print-directory"), args...)...) //nolint:gosec // arguments of this test
	command.Dir = dir
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "MAKE") && !strings.HasPrefix(variable, "MFLAGS") {
			command.Env = append(command.Env, variable)
		}
	}
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("make %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}
