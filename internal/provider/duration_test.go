// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"testing"
	"time"
)

func TestShortDuration(t *testing.T) {
	t.Parallel()
	for want, d := range map[string]time.Duration{
		"10m": 10 * time.Minute, "30s": 30 * time.Second, "1h": time.Hour, "1m30s": 90 * time.Second, "1h30m": 90 * time.Minute,
		"10s": 10 * time.Second, "1h0m10s": time.Hour + 10*time.Second, "20m": 20 * time.Minute, "500ms": 500 * time.Millisecond,
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			if got := shortDuration(d); got != want {
				t.Errorf("got %s", got)
			}
		})
	}
}
