// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

// Package clitest runs a real Terraform or OpenTofu for the demo and the tests. The provider is
// built from this source and installed from a filesystem mirror.
package clitest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Installation is a directory outside the repository with a CLI configuration and a mirror.
// Concurrent runs may share it.
type Installation struct {
	// CLI is the path of terraform or tofu.
	CLI string
	// Color enables escape sequences in the output.
	Color bool

	dir string
}

// New builds the provider into dir, which the caller removes.
func New(ctx context.Context, dir string) (*Installation, error) {
	w, err := newInstallation(dir)
	if err != nil {
		return nil, err
	}
	return w, w.buildProvider(ctx)
}

// Install returns an installation in dir with a released archive instead of a build. The caller
// removes dir.
func Install(dir, archive string) (*Installation, error) {
	w, err := newInstallation(dir)
	if err != nil {
		return nil, err
	}
	for _, registry := range Registries {
		if err := Checkout(w.mirrored(registry, Address), archive); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// newInstallation returns an installation with an empty mirror.
func newInstallation(dir string) (*Installation, error) {
	cli, err := findCLI()
	if err != nil {
		return nil, err
	}
	w := &Installation{CLI: cli, dir: dir}
	config := fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", filepath.Join(dir, "mirror"))
	return w, os.WriteFile(w.cliConfig(), []byte(config), 0o600)
}

func (w *Installation) cliConfig() string { return filepath.Join(w.dir, "cli.tfrc") }

// findCLI returns the path of the CLI. It does not build one; internal/tools/find-cli does, for the
// makefile.
func findCLI() (string, error) {
	if path := os.Getenv("TF_ACC_TERRAFORM_PATH"); path != "" {
		return path, nil
	}
	for _, name := range []string{"terraform", "tofu"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("neither terraform nor tofu is on PATH: run make demo or make test, which then build OpenTofu")
}

func (w *Installation) buildProvider(ctx context.Context) error {
	root, err := SourceRoot(ctx)
	if err != nil {
		return err
	}
	return w.install(ctx, Address, Version, root, ".", releaseFlags...)
}

// releaseFlags are the flags with which a release of the provider is built.
var releaseFlags = []string{"-tags=grpcnotrace", "-ldflags=-s -w -X main.version=" + Version}

// install builds a provider of the module in a directory, with the flags of a release, and copies
// it into the mirror.
func (w *Installation) install(ctx context.Context, address, version, folder, program string, flags ...string) error {
	binary := filepath.Join(w.dir, "built", filepath.FromSlash(address), version)
	// Without version control stamps, as in the makefile.
	args := append([]string{"build", "-trimpath", "-buildvcs=false", "-o", binary}, append(flags, program)...)
	command := exec.CommandContext(ctx, "go", args...) //nolint:gosec // our own source, and tools that it pins
	command.Dir, command.Env = folder, append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("building the provider %s: %w\n%s", address, err, out)
	}
	return w.Mirror(address, version, binary)
}

// CLIVersion is the version of a CLI.
type CLIVersion struct {
	// OpenTofu is true if the CLI is OpenTofu, and false if it is Terraform.
	OpenTofu     bool
	Major, Minor int
	// Text is the whole version, such as "1.16.0-rc2".
	Text string
}

// AtLeast reports whether the version is this or a later one.
func (v CLIVersion) AtLeast(major, minor int) bool {
	return v.Major > major || v.Major == major && v.Minor >= minor
}

// CLIVersion returns the version that the CLI reports.
func (w *Installation) CLIVersion(ctx context.Context) (CLIVersion, error) {
	command := exec.CommandContext(ctx, w.CLI, "version") //nolint:gosec // the CLI that the user chose
	command.Dir, command.Env = w.dir, append(os.Environ(), "CHECKPOINT_DISABLE=1", "TF_CLI_CONFIG_FILE="+w.cliConfig())
	out, err := command.Output()
	if err != nil {
		return CLIVersion{}, fmt.Errorf("reading the version of %s: %w", w.CLI, err)
	}
	var v CLIVersion
	var product string
	if _, err := fmt.Sscanf(string(out), "%s v%s", &product, &v.Text); err != nil {
		return v, fmt.Errorf("reading the version of %s from %q: %w", w.CLI, out, err)
	}
	if _, err := fmt.Sscanf(v.Text, "%d.%d", &v.Major, &v.Minor); err != nil {
		return v, fmt.Errorf("reading the version %q of %s: %w", v.Text, w.CLI, err)
	}
	v.OpenTofu = product == "OpenTofu"
	return v, nil
}

// AtLeast reports whether the CLI has this version or a later one, and which it has, for features
// that come with one version of Terraform and OpenTofu alike: write-only values with 1.11,
// identities with 1.12.
func (w *Installation) AtLeast(ctx context.Context, major, minor int) (bool, string, error) {
	v, err := w.CLIVersion(ctx)
	return v.AtLeast(major, minor), v.Text, err
}

// Server is the Tallyfy that the provider uses, such as a sandbox.
type Server interface {
	// Environment returns the provider's environment variables, as NAME=value.
	Environment() []string
}

// Command returns a command of the CLI, to be run in the directory of a configuration against this
// server.
func (w *Installation) Command(ctx context.Context, server Server, folder string, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, w.CLI, args...) //nolint:gosec // the CLI that the user chose
	command.Dir, command.Env = folder, w.environment(server)
	return command
}

// Run runs a command of the CLI. The error is an [*exec.ExitError] if its exit code is not 0.
func (w *Installation) Run(ctx context.Context, server Server, folder string, output io.Writer, args ...string) error {
	command := w.Command(ctx, server, folder, args...)
	command.Stdout, command.Stderr = output, output
	return command.Run()
}

// environment returns the user's environment without variables that affect the CLI or the provider,
// and with those of the server.
func (w *Installation) environment(server Server) []string {
	var env []string
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "TF_") && !strings.HasPrefix(variable, "TALLYFY_") {
			env = append(env, variable)
		}
	}
	env = append(env, "TF_CLI_CONFIG_FILE="+w.cliConfig(), "CHECKPOINT_DISABLE=1")
	env = append(env, server.Environment()...)
	if !w.Color {
		env = append(env, "TF_CLI_ARGS=-no-color")
	}
	return env
}

// Checkout copies the files of a configuration into a directory, so that the repository stays
// clean.
func Checkout(folder string, files ...string) error {
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return err
	}
	for _, file := range files {
		content, err := os.ReadFile(file) //nolint:gosec // a file of this source tree
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, filepath.Base(file)), content, 0o600); err != nil { //nolint:gosec // a folder of the caller's
			return err
		}
	}
	return nil
}
