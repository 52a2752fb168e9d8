// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestCheck breaks a release in one way at a time.
func TestCheck(t *testing.T) {
	t.Parallel()
	binary := project + "_v" + version
	for name, test := range map[string]struct {
		flags   []string                // of the build, instead of the good ones
		spoil   func(*testRelease)      // before it is packed
		spoiled func(*testing.T, *dist) // afterwards
		want    string
	}{
		"nothing": {},
		"paths of the machine": {
			flags: []string{"-trimpath=false", "-tags=grpcnotrace"}, want: `was built with -trimpath=""`,
		},
		"other tags": {
			flags: []string{"-trimpath"}, want: `was built with -tags=""`,
		},
		"an archive of another name": {
			spoil: func(m *testRelease) { m.platform = "linux_x64" }, want: "1.2.3_linux_x64.zip: a release has no such file",
		},
		"an archive that is lost": {
			spoiled: func(_ *testing.T, d *dist) { d.platforms = append(d.platforms, "linux_arm64") }, want: "1.2.3_linux_arm64.zip: no such file",
		},
		"the archive of another platform": {
			spoil:   func(m *testRelease) { m.platform = "linux_arm64" },
			spoiled: func(_ *testing.T, d *dist) { d.platforms = []string{"linux_arm64"} }, want: `was built with GOARCH="amd64", want "arm64"`,
		},
		"a binary of another version": {
			spoil: func(m *testRelease) {
				m.packed[binary[:len(binary)-1]], m.modes[binary[:len(binary)-1]] = m.packed[binary], 0o755
				delete(m.packed, binary)
			},
			want: "it contains terraform-provider-tallyfy_v1.2.",
		},
		"no binary": {spoil: func(m *testRelease) { delete(m.packed, binary) }, want: "it lacks " + binary},
		"a binary that cannot be executed": {
			spoil: func(m *testRelease) { m.modes[binary] = 0o644 }, want: "is not executable by everyone",
		},
		"no license": {spoil: func(m *testRelease) { delete(m.packed, "LICENSE") }, want: "it lacks LICENSE"},
		"a file too many": {
			spoil: func(m *testRelease) { m.packed["README.md"] = m.packed["LICENSE"] }, want: "it contains README.md",
		},
		"no program at all": {
			spoil: func(m *testRelease) { m.packed[binary] = m.packed["LICENSE"] }, want: "the binary: ",
		},
		"an SBOM of another binary": {
			spoil: func(m *testRelease) { m.bill.Metadata.Properties[0].Value = digest(nil) }, want: "the SBOM is of another binary",
		},
		"an SBOM of another version": {
			spoil: func(m *testRelease) { m.bill.Metadata.Component.Version = "v1.2.2" }, want: "the SBOM is of {example.com/small v1.2.2}",
		},
		"an SBOM that lacks a module": {
			spoil: func(m *testRelease) { m.bill.Components = nil }, want: "the SBOM lists []",
		},
		"an invalid SBOM": {
			spoil: func(m *testRelease) { m.bill.Format = "SPDX" }, want: `the SBOM is of the format "SPDX"`,
		},
		"checksums without the manifest": {
			spoiled: func(_ *testing.T, d *dist) { delete(d.sums, project+"_"+version+"_manifest.json") },
			want:    "manifest.json: the checksums lack it",
		},
		"a manifest that has changed": {
			spoiled: func(t *testing.T, d *dist) {
				write(t, filepath.Join(d.root, "terraform-registry-manifest.json"), "{ }")
			},
			want: "manifest.json: the checksum is wrong",
		},
		"an archive too many": {
			spoiled: func(t *testing.T, d *dist) { write(t, d.path("plan9_amd64", archive), "") },
			want:    "plan9_amd64.zip: a release has no such file",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newTestRelease(t)
			if test.flags != nil {
				m.flags = test.flags
			}
			m.build(t)
			if test.spoil != nil {
				test.spoil(m)
			}
			d := m.pack(t, t.TempDir())
			if test.spoiled != nil {
				test.spoiled(t, d)
			}
			if err := d.check(); !says(err, test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// says reports whether an error contains these words; empty words mean no error.
func says(err error, words string) bool {
	if words == "" {
		return err == nil
	}
	return strings.Contains(fmt.Sprint(err), words)
}

func TestOpenFails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		files map[string]string
		want  string
	}{
		"nothing is built": {nil, "there are 0 files of checksums"},
		"two versions":     {map[string]string{"1.0.0": "", "1.0.1": ""}, "there are 2 files of checksums"},
		"another format":   {map[string]string{"1.0.0": "terraform-provider-tallyfy.zip: 00\n"}, "unexpected line"},
		"a name twice":     {map[string]string{"1.0.0": "00  a\n11  a\n"}, `unexpected line "11  a\n"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			for version, content := range test.files {
				write(t, filepath.Join(root, "dist", project+"_"+version+"_SHA256SUMS"), content)
			}
			if _, err := open(root); !says(err, test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}
