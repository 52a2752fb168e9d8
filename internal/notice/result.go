// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package notice

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// Outcome returns the end of a sentence on what a request returned: the response or the reason for
// none, the number of attempts, and why there were no more.
func Outcome(err error) string {
	var e *tallyfy.Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	if e.Status == 0 && e.Cause == nil && e.GaveUp != nil { // no request was made
		return e.GaveUp.Error()
	}
	outcome := e.Response()
	if e.Attempts > 1 && !errors.Is(e.GaveUp, tallyfy.ErrOutOfRetries) {
		outcome += fmt.Sprintf(", after %d attempts", e.Attempts)
	}
	if e.GaveUp != nil {
		outcome += "; " + e.GaveUp.Error()
	}
	return outcome
}

// ServerMessage returns the server's message and the request, each on its own line, for support. It
// is empty if no request was made.
func ServerMessage(err error) string {
	var e *tallyfy.Error
	if !errors.As(err, &e) {
		return ""
	}
	var lines []string
	add := func(what, text string) {
		if text != "" {
			lines = append(lines, what+": "+text)
		}
	}
	speaker := "Tallyfy said"
	if e.Status/100 == 2 && e.Outcome == tallyfy.Unknown { // something else responded
		speaker = "The response said"
	}
	add(speaker, e.ServerMessage)
	if e.Method != "" {
		add("Request", e.Method+" "+e.Path)
	}
	add("Request ID", e.RequestID)
	add("Token from", e.TokenSource)
	if e.Earlier != nil {
		add("Response to an earlier attempt", e.Earlier.Result())
		add("Tallyfy said", e.Earlier.ServerMessage)
		add("Request ID", e.Earlier.RequestID)
		if e.TokenSource == "" {
			add("Token from", e.Earlier.TokenSource)
		}
	}
	return strings.Join(lines, "\n")
}
