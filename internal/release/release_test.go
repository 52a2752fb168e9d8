// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"archive/zip"
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// testRelease is a release of a small program for one platform, in the layout of GoReleaser. A test
// changes it before it is packed.
type testRelease struct {
	platform string
	flags    []string          // of the build
	packed   map[string]string // what is in the archive: files by name
	modes    map[string]os.FileMode
	bill     sbomDocument
	binary   string // a path
}

const version = "1.2.3"

// newTestRelease returns a valid release.
func newTestRelease(t *testing.T) *testRelease {
	t.Helper()
	return &testRelease{platform: "linux_amd64", flags: []string{"-trimpath", "-tags=grpcnotrace"}}
}

// build compiles the program, and records the content of the archive and the SBOM.
func (r *testRelease) build(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), "module example.com/small\n\ngo 1.26\n")
	write(t, filepath.Join(dir, "main.go"), "package main\n\nfunc main() {}\n")
	r.binary = filepath.Join(dir, "small")
	build := exec.CommandContext(t.Context(), "go", append([]string{"build", "-buildvcs=false", "-o", r.binary}, r.flags...)...) //nolint:gosec // flags of this test
	build.Dir = dir
	build.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	info, err := buildinfo.ReadFile(r.binary)
	if err != nil {
		t.Fatal(err)
	}
	name := project + "_v" + version
	r.packed = map[string]string{name: r.binary, "LICENSE": filepath.Join(dir, "go.mod")}
	r.modes = map[string]os.FileMode{name: 0o755, "LICENSE": 0o644}
	r.bill.Format = "CycloneDX"
	r.bill.Metadata.Component = sbomModule{info.Main.Path, "v" + version}
	r.bill.Metadata.Properties = []struct{ Name, Value string }{{binaryHash, digest([]byte(read(t, r.binary)))}}
	r.bill.Components = []sbomModule{{"std", info.GoVersion}}
}

// pack writes the files of the release, and returns the release as it is read again.
func (r *testRelease) pack(t *testing.T, root string) *dist {
	t.Helper()
	manifest := filepath.Join(root, "terraform-registry-manifest.json")
	write(t, manifest, "{}")
	base := filepath.Join(root, "dist", project+"_"+version+"_")
	r.zip(t, base+r.platform+archive)
	encoded, err := json.Marshal(r.bill)
	if err != nil {
		t.Fatal(err)
	}
	write(t, base+r.platform+sbom, string(encoded))
	var sums strings.Builder
	for _, file := range []string{base + r.platform + archive, base + r.platform + sbom} {
		fmt.Fprintf(&sums, "%s  %s\n", digest([]byte(read(t, file))), filepath.Base(file))
	}
	fmt.Fprintf(&sums, "%s  %s_%s_manifest.json\n", digest([]byte("{}")), project, version)
	write(t, base+"SHA256SUMS", sums.String())
	d, err := open(root)
	if err != nil {
		t.Fatal(err)
	}
	d.platforms = []string{"linux_amd64"}
	return d
}

func (r *testRelease) zip(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(path) //nolint:gosec // a folder of this test
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // the error of the writer is checked
	packed := zip.NewWriter(file)
	for name, source := range r.packed {
		header := &zip.FileHeader{Name: name, Method: zip.Store}
		header.SetMode(r.modes[name])
		w, err := packed.CreateHeader(header)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(read(t, source))); err != nil {
			t.Fatal(err)
		}
	}
	if err := packed.Close(); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path) //nolint:gosec // a folder of this test
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
