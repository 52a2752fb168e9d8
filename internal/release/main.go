// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

// Command release checks what "make snapshot" has built: names, checksums, the content of each
// archive and its SBOM, that "make mirror" and another build of the commit have the same bytes, and
// that a CLI installs the archive and completes a task with it.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/clitest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := check(ctx, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "The release is not as it should be:")
		fmt.Fprintln(os.Stderr, err)
		stop()
		os.Exit(1)
	}
}

// check checks the release in dist/ of this repository.
func check(ctx context.Context, out io.Writer) error {
	root, err := clitest.SourceRoot(ctx)
	if err != nil {
		return err
	}
	built, err := open(root)
	if err != nil {
		return err
	}
	if err := built.check(); err != nil {
		return err
	}
	say(out, "%s: %d archives, each with its SBOM, and their checksums.", built.version, len(built.platforms))

	temp, err := os.MkdirTemp("", "tallyfy-release-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp) //nolint:errcheck // a temporary folder
	if here := runtime.GOOS + "_" + runtime.GOARCH; slices.Contains(built.platforms, here) {
		if err := install(ctx, temp, built.path(here, archive), built.version, out); err != nil {
			return err
		}
	} else {
		say(out, "No archive is for %s, so none is installed here.", here)
	}

	say(out, "Building it with make mirror.")
	if err := mirrored(ctx, root, filepath.Join(temp, "mirror"), built); err != nil {
		return err
	}
	say(out, "The packages have the files of the archives.")

	say(out, "Building the commit once more, in another folder, time zone and umask.")
	again, err := rebuild(ctx, root, temp)
	if err != nil {
		return err
	}
	if err := same(built, again); err != nil {
		return err
	}
	say(out, "The same bytes.")
	return nil
}

func say(out io.Writer, format string, args ...any) {
	_, _ = fmt.Fprintf(out, format+"\n", args...) // there is no other place for the error
}
