// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// rebuildScript builds the commit of "$1" in a clone at "$2", and signs it with a new key if gpg is
// installed: signed files must not change.
const rebuildScript = `
set -e
umask 077
export TZ=Asia/Tokyo
git clone --quiet "$1" "$2"
cd "$2"
if ! command -v gpg >/dev/null; then
	exec make --no-print-directory snapshot
fi
export GNUPGHOME="$2.keys" GPG_FINGERPRINT=nobody@example.com
mkdir "$GNUPGHOME"
trap 'gpgconf --kill all' EXIT
gpg --batch --quiet --passphrase '' --quick-generate-key "$GPG_FINGERPRINT" default default never
make --no-print-directory snapshot SKIP=
gpg --verify dist/*_SHA256SUMS.sig dist/*_SHA256SUMS
`

// rebuild builds the commit again in a clone below dir. The path, the time zone and the umask
// differ there and must not affect the release.
func rebuild(ctx context.Context, root, dir string) (*dist, error) {
	changed, err := run(ctx, root, "git", "-c", "safe.directory=*", "status", "--porcelain")
	if err != nil {
		return nil, err
	}
	if changed != "" {
		return nil, fmt.Errorf("commit these files first, or put them aside: a release is of a commit, and is compared with it\n%s", changed)
	}
	clone := filepath.Join(dir, "elsewhere", "clone")
	if _, err := run(ctx, dir, "sh", "-c", rebuildScript, "sh", root, clone); err != nil {
		return nil, err
	}
	return open(clone)
}

// run returns the standard output of a command. The error contains the rest.
func run(ctx context.Context, dir, name string, args ...string) (string, error) {
	var failure strings.Builder
	command := exec.CommandContext(ctx, name, args...) //nolint:gosec // commands of this program
	command.Dir, command.Stderr = dir, &failure
	for _, variable := range os.Environ() {
		// If make runs this program, its settings must not affect another make.
		if !strings.HasPrefix(variable, "MAKE") && !strings.HasPrefix(variable, "MFLAGS") {
			command.Env = append(command.Env, variable)
		}
	}
	out, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s%s", name, strings.Join(args, " "), err, out, failure.String())
	}
	return string(out), nil
}

// same compares two releases by their checksums, so both must have been checked.
func same(first, second *dist) error {
	problems := []error{second.check()}
	all := maps.Clone(first.sums)
	maps.Copy(all, second.sums)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if first.sums[name] != second.sums[name] {
			problems = append(problems, fmt.Errorf("%s: another build of the commit has other bytes", name))
		}
	}
	return errors.Join(problems...)
}
