// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox_test

import (
	"slices"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

func TestEnvironment(t *testing.T) {
	c := start(t, sandbox.Config{Token: "other-token", Organization: other})
	want := []string{"TALLYFY_BASE_URL=" + c.URL(), "TALLYFY_ACCESS_TOKEN=other-token", "TALLYFY_ORG_ID=" + other}
	if got := c.Environment(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
