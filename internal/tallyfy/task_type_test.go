// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import "testing"

func TestTakesDecision(t *testing.T) {
	t.Parallel()
	for taskType, want := range map[string]bool{
		TypeApproval: true, "a type to come": true, "": true,
		TypeTask: false, TypeEmail: false, TypeExpiring: false, TypeExpiringEmail: false,
	} {
		t.Run(taskType, func(t *testing.T) {
			t.Parallel()
			if got := TakesDecision(taskType); got != want {
				t.Errorf("got %t, want %t", got, want)
			}
		})
	}
}
