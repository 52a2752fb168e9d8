// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/clitest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// task is a configuration that requires this version from this registry. A snapshot is a
// pre-release, which CLIs install only if it is named.
const task = `terraform {
  required_providers {
    tallyfy = { source = "%s/tallyfy/tallyfy", version = "%s" }
  }
}

resource "tallyfy_task_completion" "it" {
  run_id  = "%s"
  task_id = "%s"
}
`

// install lets the CLI install an archive from a mirror, under the name of each registry, and
// complete a task with it.
func install(ctx context.Context, dir, archive, version string, out io.Writer) error {
	w, err := clitest.Install(dir, archive)
	if err != nil {
		return err
	}
	for _, registry := range clitest.Registries {
		if err := complete(ctx, w, filepath.Join(dir, "from "+registry), fmt.Sprintf(task, registry, version, sandbox.SeedRunID, sandbox.SeedPlainTaskID)); err != nil {
			return fmt.Errorf("%s with the provider of %s from %s: %w", w.CLI, registry, filepath.Base(archive), err)
		}
		say(out, "%s has installed it from a mirror of %s, and completed a task once.", w.CLI, registry)
	}
	return nil
}

// complete applies the configuration twice, and returns an error unless the task was completed
// once.
func complete(ctx context.Context, w *clitest.Installation, folder, configuration string) error {
	server, err := sandbox.Start(sandbox.Config{})
	if err != nil {
		return err
	}
	defer server.Close()
	sandbox.Seed(server)
	if err := os.Mkdir(folder, 0o750); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, "main.tf"), []byte(configuration), 0o600); err != nil {
		return err
	}
	for _, args := range [][]string{{"init"}, {"apply", "-auto-approve"}, {"apply", "-auto-approve"}} {
		var output bytes.Buffer
		if err := w.Run(ctx, server, folder, &output, append(args, "-input=false")...); err != nil {
			return fmt.Errorf("%s: %w\n%s", args[0], err, output.String())
		}
	}
	if sent, fired := server.Count(http.MethodPost, ""), server.Webhooks(sandbox.SeedPlainTaskID); sent != 1 || fired != 1 {
		return fmt.Errorf("%d completions were sent, and webhooks fired %d times, want 1 and 1", sent, fired)
	}
	return nil
}
