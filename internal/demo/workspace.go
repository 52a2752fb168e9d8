// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// providerVersion is what the built provider calls itself in the plugin mirror.
const providerVersion = "0.0.1"

// workspace is a folder outside the source tree in which a CLI finds the provider as an installed one: built from this
// source, in a mirror, with no registry to ask.
type workspace struct {
	cli, dir string
	color    bool // whether the CLI may write escape sequences
}

// newWorkspace builds the provider into dir, which the caller removes.
func newWorkspace(ctx context.Context, dir string) (*workspace, error) {
	cli, err := findCLI()
	if err != nil {
		return nil, err
	}
	w := &workspace{cli: cli, dir: dir}
	if err := w.buildProvider(ctx); err != nil {
		return nil, err
	}
	config := fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", filepath.Join(dir, "mirror"))
	return w, os.WriteFile(w.cliConfig(), []byte(config), 0o600)
}

func (w *workspace) cliConfig() string { return filepath.Join(w.dir, "cli.tfrc") }

// findCLI gives the path of the CLI that is to be used. It builds none: that is for internal/tools/find-cli, which the
// makefile asks.
func findCLI() (string, error) {
	if path := os.Getenv("TF_ACC_TERRAFORM_PATH"); path != "" {
		return path, nil
	}
	for _, name := range []string{"terraform", "tofu"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("there is no terraform and no tofu on PATH: run make demo or make test, which build an OpenTofu then")
}

func (w *workspace) buildProvider(ctx context.Context) error {
	root, err := sourceRoot(ctx)
	if err != nil {
		return err
	}
	// Both registries' names, since each CLI expands "tallyfy/tallyfy" by its own.
	for _, host := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		folder := filepath.Join(w.dir, "mirror", host, "tallyfy", "tallyfy", providerVersion, runtime.GOOS+"_"+runtime.GOARCH)
		binary := filepath.Join(folder, "terraform-provider-tallyfy_v"+providerVersion)
		if runtime.GOOS == "windows" {
			binary += ".exe"
		}
		// Without version control stamps, as in the makefile.
		build := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-ldflags", "-X main.version="+providerVersion, "-o", binary, ".") //nolint:gosec // our own source
		build.Dir = root
		if out, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("building the provider: %w\n%s", err, out)
		}
	}
	return nil
}

func sourceRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return "", fmt.Errorf("finding the source of the provider: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// run runs the CLI in a configuration's folder, against this sandbox. The error is an *exec.ExitError where the CLI did not end with 0.
func (w *workspace) run(ctx context.Context, server *sandbox.Server, folder string, output io.Writer, args ...string) error {
	command := exec.CommandContext(ctx, w.cli, args...) //nolint:gosec // the CLI that the user chose
	command.Dir = folder
	command.Env = w.environment(server)
	command.Stdout, command.Stderr = output, output
	return command.Run()
}

// environment is the user's, without what would lead this CLI elsewhere, and with what a user of the sandbox exports.
func (w *workspace) environment(server *sandbox.Server) []string {
	var env []string
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "TF_") && !strings.HasPrefix(variable, "TALLYFY_") {
			env = append(env, variable)
		}
	}
	env = append(env,
		"TF_CLI_CONFIG_FILE="+w.cliConfig(),
		"CHECKPOINT_DISABLE=1",
		"TALLYFY_BASE_URL="+server.URL(),
		"TALLYFY_ACCESS_TOKEN="+sandbox.DefaultToken,
		"TALLYFY_ORG_ID="+sandbox.DefaultOrganization,
	)
	if !w.color {
		env = append(env, "TF_CLI_ARGS=-no-color")
	}
	return env
}

// checkout copies the files of a configuration into a folder of their own, so that the source tree stays clean.
func checkout(folder string, files ...string) error {
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
