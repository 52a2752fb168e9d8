// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package notice

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// CameBack says in a sentence's end what a request brought, and after how many attempts.
func Outcome(err error) string {
	var e *tallyfy.Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	if e.Status == 0 && e.Cause == nil { // it was stopped before a request was made
		return e.GaveUp
	}
	came := e.Response()
	if e.Attempts > 1 && !strings.Contains(e.GaveUp, "attempts") {
		came += fmt.Sprintf(", after %d attempts", e.Attempts)
	}
	if e.GaveUp != "" {
		came += "; " + e.GaveUp
	}
	return came
}

// SaidBy repeats the server's own words and names the request, a line each, for whoever has to look further. It is empty where
// no request was made.
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
	if e.Status/100 == 2 && e.Outcome == tallyfy.Unknown { // it was something else
		speaker = "The response said"
	}
	add(speaker, e.ServerMessage)
	if e.Method != "" {
		add("Request", e.Method+" "+e.Path)
	}
	add("Request id", e.RequestID)
	add("Token from", e.TokenSource)
	if e.Earlier != nil {
		add("An earlier attempt was answered", e.Earlier.Result())
		add("Tallyfy said", e.Earlier.ServerMessage)
		add("Request id", e.Earlier.RequestID)
		if e.TokenSource == "" {
			add("Token from", e.Earlier.TokenSource)
		}
	}
	return strings.Join(lines, "\n")
}

// Advice says what to do about an answer to a request that reads, as far as the answer alone tells. It is empty where that
// depends on what was asked for, as it does for 403 and for the 404 of an object.
func Advice(err error) string {
	var e *tallyfy.Error
	if !errors.As(err, &e) {
		return ""
	}
	if e.Advice != "" {
		return e.Advice
	}
	switch {
	case e.GaveUp == tallyfy.Cancelled:
		return "Nothing was changed. Run it again when you are ready."
	case tallyfy.IsNotMade(err):
		return "Nothing was changed. Run it again; raise the operation's timeouts if this happens often."
	case tallyfy.IsNoEndpoint(err):
		return "Tallyfy does not know the path at all: check base_url (its default ends in /api, and api.tallyfy.com is used without it). " +
			"A proxy that removes the X-Tallyfy-Client header causes the same response."
	case e.Status == 401:
		return "Check the access token. A personal token ends after six months, and as soon as its owner logs out of Tallyfy: " +
			"create a new one under Settings > Integrations > REST API. Tallyfy also answers 401 if a token is valid and may not do this."
	case e.Status == 403, e.Status == 404:
		return ""
	case tallyfy.IsRateLimited(err):
		return "Wait and run it again; raise max_retries or the operation's timeouts if this happens often."
	case e.Status >= 300 && e.Status < 400:
		return "Redirects are not followed, since that would hand the access token on: set base_url to the address it points to if you trust it."
	case e.Outcome == tallyfy.Rejected:
		return "Correct what Tallyfy names below, and run it again."
	case e.Outcome == tallyfy.NotSent:
		return "Check base_url, the network and its proxy, and run it again."
	case e.Outcome == tallyfy.Accepted, e.Status/100 == 2:
		return "Something else than Tallyfy's API seems to answer: check base_url and the proxies on the way."
	}
	return "Run it again when Tallyfy answers."
}
