// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package clitest_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/clitest"
)

// machine is a home directory and a directory on PATH with CLIs that only print their version.
type machine struct {
	t          *testing.T
	script     string
	home, path string
	env        []string
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the script needs a POSIX shell")
	}
	root, err := clitest.SourceRoot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return &machine{t: t, script: filepath.Join(root, "internal", "tools", "find-cli"), home: t.TempDir(), path: t.TempDir()}
}

// install writes a CLI that prints this version, such as "Terraform v1.15.9".
func (m *machine) install(version string, path ...string) (file string) {
	m.t.Helper()
	file = filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		m.t.Fatal(err)
	}
	program := fmt.Sprintf("#!/bin/sh\n[ \"$1\" = version ] && echo '%s' && echo on linux_amd64\n", version)
	if err := os.WriteFile(file, []byte(program), 0o755); err != nil { //nolint:gosec // it is to be run
		m.t.Fatal(err)
	}
	return file
}

// find runs the script, and returns the path that it prints, or what it says if it fails.
func (m *machine) find(args ...string) (file, failure string) {
	m.t.Helper()
	var stderr strings.Builder
	command := exec.CommandContext(m.t.Context(), m.script, args...) //nolint:gosec // a script of this source
	command.Stderr = &stderr
	command.Env = append([]string{"HOME=" + m.home, "PATH=" + m.path + ":/usr/bin:/bin", "XDG_CACHE_HOME="}, m.env...)
	out, err := command.Output()
	if err != nil {
		return "", stderr.String()
	}
	return strings.TrimSuffix(string(out), "\n"), ""
}

// TestFindCLIVersion finds a version by its name, wherever it is installed.
func TestFindCLIVersion(t *testing.T) {
	t.Parallel()
	for name, where := range map[string]func(*machine) string{
		"on PATH":         func(m *machine) string { return m.install("Terraform v1.15.9", m.path, "terraform") },
		"on PATH by name": func(m *machine) string { return m.install("Terraform v1.15.9", m.path, "terraform-1.15.9") },
		"beside another": func(m *machine) string {
			m.install("Terraform v1.11.4", m.path, "terraform")
			return m.install("Terraform v1.15.9", m.path, "terraform-1.15.9")
		},
		"by variable": func(m *machine) string {
			file := m.install("Terraform v1.15.9", m.home, "mine")
			m.env = []string{"TF_ACC_TERRAFORM_PATH=" + file}
			return file
		},
		"tenv": func(m *machine) string {
			return m.install("Terraform v1.15.9", m.home, ".tenv", "Terraform", "1.15.9", "terraform")
		},
		"tfenv": func(m *machine) string {
			return m.install("Terraform v1.15.9", m.home, ".tfenv", "versions", "1.15.9", "terraform")
		},
		"asdf": func(m *machine) string {
			return m.install("Terraform v1.15.9", m.home, ".asdf", "installs", "terraform", "1.15.9", "bin", "terraform")
		},
		"of another name":  func(m *machine) string { m.install("Terraform v1.15.8", m.path, "terraform-1.15.9"); return "" },
		"a longer version": func(m *machine) string { m.install("Terraform v1.15.90", m.path, "terraform"); return "" },
		"a pre-release":    func(m *machine) string { m.install("Terraform v1.15.9-rc1", m.path, "terraform"); return "" },
		"another product":  func(m *machine) string { m.install("OpenTofu v1.15.9", m.path, "terraform"); return "" },
		"nowhere":          func(*machine) string { return "" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			want := where(m)
			got, failure := m.find("terraform@1.15.9")
			if got != want || (want == "") != strings.Contains(failure, "found no Terraform 1.15.9. Put it on PATH as terraform-1.15.9") {
				t.Errorf("got %q and %q, want %q", got, failure, want)
			}
		})
	}
	t.Run("OpenTofu", func(t *testing.T) {
		t.Parallel()
		m := newMachine(t)
		m.install("Terraform v1.9.9", m.path, "terraform")
		want := m.install("OpenTofu v1.9.9", m.home, ".tenv", "OpenTofu", "1.9.9", "tofu")
		if got, failure := m.find("tofu@1.9.9"); got != want {
			t.Errorf("got %q and %q, want %q", got, failure, want)
		}
	})
}

// TestFindCLIArguments calls the script without a version, and with what is not one.
func TestFindCLIArguments(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.install("Terraform v1.4.7", m.path, "terraform") // too old
	want := m.install("OpenTofu v1.10.0", m.path, "tofu")
	if got, failure := m.find(); got != want {
		t.Errorf("got %q and %q, want %q", got, failure, want)
	}
	for _, arg := range []string{"terraform@1.15", "terraform@latest", "tofu@", "opentofu@1.10.0", "--help"} {
		if got, failure := m.find(arg); !strings.Contains(failure, "unknown argument "+arg+": use --tofu, or a whole version such as terraform@1.15.9") {
			t.Errorf("%s: got %q and %q", arg, got, failure)
		}
	}
	for _, args := range [][]string{{"--tofu", "terraform@1.15.9"}, {"tofu@1.10.0", "--tofu"}, {"tofu@1.10.0", ""}} {
		if got, failure := m.find(args...); got != "" || !strings.Contains(failure, "too many arguments: use --tofu, or a whole version such as terraform@1.15.9") {
			t.Errorf("%q: got %q and %q", args, got, failure)
		}
	}
}
