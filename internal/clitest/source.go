// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package clitest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// modulePath is the module of the provider.
const modulePath = "github.com/tallyfy/terraform-provider-tallyfy"

// SourceRoot returns the root directory of the provider's module, also when the caller is in a
// module that replaces it.
func SourceRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", modulePath).Output()
	if err != nil {
		return "", fmt.Errorf("finding the source of the provider: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// SourceVersion returns the tag or the commit of the source tree, with "-dirty" if files differ
// from it; "unknown" without Git.
func SourceVersion(ctx context.Context, root string) string {
	describe := exec.CommandContext(ctx, "git", "-c", "safe.directory=*", "describe", "--tags", "--always", "--dirty", "--abbrev=12")
	describe.Dir = root
	out, err := describe.Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}

// CopySource copies the source tree into a directory: what a commit of all changes would contain.
func CopySource(ctx context.Context, to string) error {
	root, err := SourceRoot(ctx)
	if err != nil {
		return err
	}
	list := exec.CommandContext(ctx, "git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		return fmt.Errorf("listing the source of the provider: %w", err)
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		err := copyFile(filepath.Join(root, filepath.FromSlash(name)), filepath.Join(to, filepath.FromSlash(name)))
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // deleted, and not committed
			return err
		}
	}
	return nil
}

// copyFile copies a file and its permissions.
func copyFile(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	content, err := os.ReadFile(from) //nolint:gosec // a file of this source tree
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
		return err
	}
	return os.WriteFile(to, content, info.Mode().Perm()) //nolint:gosec // a directory of the caller
}
