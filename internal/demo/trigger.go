// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"io"
)

// trigger passes on what a command prints, and acts once it has printed a text.
type trigger struct {
	out     io.Writer
	text    string
	act     func()
	printed []byte // until the text was found
	fired   bool
}

// Write passes p on to out.
func (t *trigger) Write(p []byte) (int, error) {
	if !t.fired {
		t.printed = append(t.printed, p...)
		if t.fired = bytes.Contains(t.printed, []byte(t.text)); t.fired {
			t.act()
		}
	}
	return t.out.Write(p)
}
