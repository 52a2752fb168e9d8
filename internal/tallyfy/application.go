// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

var errNoToken = errors.New("the response holds no access token")

// fetchToken gets a token with the credentials: the application's own or, to act as a user, that user's, which the
// application asks for with its own. Asking changes nothing, so it is repeated where that can help, within a budget of
// retries for each of the two requests. The error is an *Error with [NotSent]: the call that needs the token was not sent.
func (c *Client) fetchToken(ctx context.Context) (*oauth2.Token, error) {
	token, err := retry(ctx, c.NewBudget(), Repeatable, func() (*oauth2.Token, error) { return c.requestApplicationToken(ctx) })
	if err != nil {
		return nil, noTokenError("getting an access token from "+c.credentials.TokenURL, err, adviseOnApplication)
	}
	if c.credentials.UserEmail == "" {
		return token, nil
	}
	token, err = retry(ctx, c.NewBudget(), Repeatable, func() (*oauth2.Token, error) { return c.requestUserToken(ctx, token) })
	if err != nil {
		return nil, noTokenError("getting an access token for user_email "+c.credentials.UserEmail+" from "+c.base.String(), err, adviseOnUser)
	}
	return token, nil
}

// askAsApplication asks for the application's token, form-encoded as it must be (API.md §4).
func (c *Client) requestApplicationToken(ctx context.Context) (*oauth2.Token, error) {
	exchange := &tokenTransport{client: c}
	grant := clientcredentials.Config{
		ClientID: c.credentials.ClientID, ClientSecret: c.credentials.ClientSecret, TokenURL: c.credentials.TokenURL,
		Scopes: []string{"*"}, AuthStyle: oauth2.AuthStyleInParams,
	}
	token, err := grant.Token(context.WithValue(ctx, oauth2.HTTPClient, &http.Client{Transport: exchange}))
	var failure *Error
	switch {
	case errors.As(err, &failure):
		return nil, failure
	case err != nil: // a 2xx that is no token; what the library says of it may repeat what was in it
		failure = new(exchange.about)
		failure.Cause = errNoToken
		return nil, failure
	}
	return c.register(token, exchange.about)
}

// exchanger lets the oauth2 library send its request as the client sends all others: in its turn, bounded in time, logged, and
// without following redirects. The library sees accepted answers only; every other is an *Error.
type tokenTransport struct {
	client *Client
	about  Error // the accepted answer
}

// RoundTrip sends the request.
func (e *tokenTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	got, err := e.client.send(req.Clone(req.Context()), req.URL.String(), false)
	if err != nil {
		return nil, err
	}
	if err := got.checkComplete(); err != nil {
		return nil, err
	}
	e.about = got.about
	// Without its header, so that it is read as JSON whatever it calls itself.
	return &http.Response{StatusCode: got.about.Status, Body: io.NopCloser(bytes.NewReader(got.body)), Request: req}, nil
}

// askForUser asks for the token of the user to act as, with the application's (API.md §4). The shape of the answer is not
// documented: taken are an access_token or token, in an envelope or not, and expires_in in seconds.
func (c *Client) requestUserToken(ctx context.Context, application *oauth2.Token) (*oauth2.Token, error) {
	l, err := c.encode(request{method: http.MethodPost, path: []string{"applications", c.credentials.Organization, "users", c.credentials.UserEmail, "token"}})
	if err != nil {
		return nil, err
	}
	got, err := c.sendWithToken(ctx, l, &bearerToken{Token: application}, false)
	if err != nil {
		return nil, err
	}
	if err := got.checkComplete(); err != nil {
		return nil, err
	}
	outer, _ := parseObject(got.body)
	f := unwrap(outer)
	token := &oauth2.Token{AccessToken: f.text("access_token")}
	if token.AccessToken == "" {
		token.AccessToken = f.text("token")
	}
	if seconds := f.integer("expires_in"); seconds > 0 {
		token.Expiry = time.Now().Add(time.Duration(min(seconds, int64(maxRetryAfter/time.Second))) * time.Second)
	}
	return c.register(token, got.about)
}

// learn keeps a new token out of errors and logs from now on, if it is one that can be sent.
func (c *Client) register(token *oauth2.Token, about Error) (*oauth2.Token, error) {
	if CheckToken(token.AccessToken) != nil {
		about.Cause = errNoToken
		return nil, &about
	}
	c.secrets.add(token.AccessToken, hiddenToken)
	return token, nil
}
