// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strings"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// FuzzParseImportID checks that only the three forms of importForms are accepted, that each part is
// an ID, and that the ID of the resource can be imported as the same task.
func FuzzParseImportID(f *testing.F) {
	const org, run, task = sandbox.DefaultOrganization, sandbox.SeedRunID, sandbox.SeedPlainTaskID
	for _, id := range []string{
		task, run + "/" + task, org + "/" + run + "/" + task, org + "//" + task,
		"", "/", "//", "/" + task, "//" + task, task + "/", org + "/" + run + "/", org + "/" + run + "/" + task + "/", "a/b/c/d",
		"a/ /c", "a/../c", "./b", "a%2fb", "a/b?c", "a/b#c", "a\\b", "a/b\n", "a\x00", "\xff/ä",
	} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		ref, err := parseImportID(id)
		if err != nil {
			if parts := strings.Split(id, "/"); isForm(parts) {
				t.Errorf("%q was refused: %v", parts, err)
			}
			return
		}
		written := ref.Task
		if ref.Run != "" || ref.Organization != "" {
			written = ref.Run + "/" + written
		}
		if ref.Organization != "" {
			written = formatImportID(ref)
		}
		if written != id {
			t.Errorf("%q was read as %+v", id, ref)
		}
		for name, part := range map[string]string{"organization": ref.Organization, "run": ref.Run, "task": ref.Task} {
			if err := tallyfy.CheckID(part); err != nil && (part != "" || name == "task") {
				t.Errorf("the %s is not an ID: %v", name, err)
			}
		}
		if ref.Organization == "" {
			ref.Organization = org
		}
		if again, err := parseImportID(formatImportID(ref)); err != nil || again != ref {
			t.Errorf("%q: got %+v, %v; want %+v", formatImportID(ref), again, err, ref)
		}
	})
}

// isForm reports whether the parts are those of a form of importForms.
func isForm(parts []string) bool {
	if len(parts) == 3 && parts[1] == "" { // a one-off task
		parts = []string{parts[0], parts[2]}
	}
	for _, part := range parts {
		if tallyfy.CheckID(part) != nil {
			return false
		}
	}
	return len(parts) <= 3
}
