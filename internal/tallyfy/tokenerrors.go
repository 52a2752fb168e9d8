// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"cmp"
	"context"
	"errors"
	"net/http"
)

// This file holds the errors of token requests and the advice for them. A configured token needs
// neither: the provider, which reads the configuration, explains its rejection.

// noTokenError returns the failure of a call that was not sent because a request for its token
// failed. doing describes that request.
func (c *Client) noTokenError(doing string, err error, advice func(*Error) string) error {
	failed := copyError(err)
	failure := *failed
	if failed.Outcome == Rejected {
		failure.TokenSource = c.tokenSource
	}
	// Without the status, because it is not the call's status: a 404 here does not mean that a task
	// is missing.
	failure.Outcome, failure.Status, failure.Code, failure.rateLimited = NotSent, 0, "", false
	failure.Cause = &describedError{doing + ": " + failed.Response(), failed}
	failure.Advice, failure.noToken = cmp.Or(failed.Advice, advice(failed)), true
	return &failure
}

// noTokenInTime returns the failure of a call whose context ended while another call was fetching
// the token for both.
func (c *Client) noTokenInTime(ctx context.Context) error {
	waited := &Error{Method: http.MethodPost, Path: c.credentials.TokenURL, Outcome: NotSent, Cause: errors.New("no response came"), retryAfter: -1, notAttempted: true}
	return c.noTokenError("getting an access token from "+c.credentials.TokenURL, waited.giveUp(stopped(ctx)), adviseOnApplication)
}

// afterRejection returns the failure to fetch another token, with the rejection of the first one as
// the earlier response.
func afterRejection(rejected, failed error) error {
	failure := copyError(failed)
	if failure.Earlier == nil {
		failure.Earlier = copyError(rejected)
	}
	return failure
}

// advise adds advice to a 401 for a token that was requested with credentials. Tallyfy has issued
// the token for them, so the credentials themselves are valid.
func (c *Client) advise(err error) error {
	var e *Error
	if c.credentials == nil || !errors.As(err, &e) || e.Status != http.StatusUnauthorized {
		return err
	}
	e.Advice = "Check that client_id and client_secret are those of an application of this organization, and that token_url and base_url belong together: " +
		"Tallyfy issued a token for them and refuses it here. "
	if c.credentials.UserEmail == "" {
		e.Advice += "It also returns 401 if only a user may do this: set user_email to act as a user."
	} else {
		e.Advice += "It also returns 401 if the user of user_email may not do this."
	}
	return e
}

// adviseOnApplication returns what to do about a failed request for the application's token.
func adviseOnApplication(e *Error) string {
	switch {
	case e.Status == http.StatusNotFound, e.Status == http.StatusMethodNotAllowed:
		return "Check token_url: it does not issue tokens. Its default is " + DefaultTokenURL + "."
	case e.Status >= 300 && e.Status < 400:
		return "Redirects are not followed, because that would send the client secret to another host: set token_url to the address it points to if you trust it."
	case e.Outcome == Rejected:
		return "Check client_id, which is a number, and client_secret: Tallyfy's support issues both. token_url must belong to the system that issued them."
	case e.Outcome == Accepted:
		return "The response does not look like Tallyfy's: check token_url and any proxy in between."
	}
	return adviseOnTransport(e, "token_url")
}

// adviseOnUser returns what to do about a failed request for a user's token (API.md §4).
func adviseOnUser(e *Error) string {
	switch {
	case IsNoEndpoint(e):
		return "Tallyfy's API has no such path: check base_url (its default ends in /api, and api.tallyfy.com is used without it). " +
			"A proxy that removes the X-Tallyfy-Client header causes the same response."
	case e.Status == http.StatusNotFound:
		return "Check user_email: Tallyfy does not know this user."
	case e.Status == http.StatusUnprocessableEntity:
		return "Check user_email and organization_id: the user must be a member of the organization."
	case e.Status == http.StatusForbidden:
		return "Check organization_id: an application is bound to one organization, and may request tokens only for users of that organization."
	case e.Status == http.StatusUnauthorized:
		return "Check client_id, and that token_url and base_url belong together: Tallyfy issued a token for the application and refuses it here."
	case e.Status >= 300 && e.Status < 400:
		return "Redirects are not followed, because that would send the access token to another host: set base_url to the address it points to if you trust it."
	case e.Outcome == Rejected:
		return "Fix the problem that Tallyfy reports, then try again."
	case e.Outcome == Accepted:
		return "The response does not look like Tallyfy's API: check base_url and any proxy in between."
	}
	return adviseOnTransport(e, "base_url")
}

// adviseOnTransport returns what to do about a request without a usable response. A cancelled
// operation needs no advice about tokens.
func adviseOnTransport(e *Error, attribute string) string {
	switch {
	case errors.Is(e.GaveUp, ErrCancelled):
		return ""
	case IsRateLimited(e):
		return "Wait, then try again; raise max_retries or the operation's timeouts if this happens often."
	case e.Outcome == NotSent:
		return "Check " + attribute + ", the network and its proxy, then try again."
	}
	return "Try again when Tallyfy responds."
}
