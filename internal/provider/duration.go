// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// duration rejects strings that are not durations above zero. It is the one rule for all durations
// of a configuration.
func duration() validator.String {
	return stringRule{summary: "Invalid Duration", rule: "must be a duration above zero, such as `30s`", check: checkDuration}
}

// shortDuration returns a duration as people write it in a configuration: 10m instead of 10m0s.
func shortDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// checkDuration returns an error that completes a sentence unless s is a duration above zero.
func checkDuration(s string) error {
	if d, err := time.ParseDuration(s); err != nil || d <= 0 {
		return errors.New(`it must be above zero, in numbers that each have a unit (ms, s, m or h), such as "30s", "5m" or "1h30m"`)
	}
	return nil
}
