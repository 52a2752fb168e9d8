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

var errNoToken = errors.New("the response contains no access token")

// fetchToken requests a token with the credentials: the application's own or, if the credentials
// name a user, that user's. The latter is requested with the application's token. Token requests
// change nothing, so each of the two is retried within its own budget. The error is an [*Error]
// with [NotSent], because the request that needs the token was not sent.
func (c *Client) fetchToken(ctx context.Context) (*oauth2.Token, error) {
	token, err := retry(ctx, c.NewBudget(), Repeatable, func() (*oauth2.Token, error) { return c.requestApplicationToken(ctx) })
	if err != nil {
		return nil, c.noTokenError("getting an access token from "+c.credentials.TokenURL, err, adviseOnApplication)
	}
	if c.credentials.UserEmail == "" {
		return token, nil
	}
	token, err = retry(ctx, c.NewBudget(), Repeatable, func() (*oauth2.Token, error) { return c.requestUserToken(ctx, token) })
	if err != nil {
		return nil, c.noTokenError("getting an access token for user_email "+c.credentials.UserEmail+" from "+c.base.String(), err, adviseOnUser)
	}
	return token, nil
}

// requestApplicationToken requests the application's token once. The request must be form-encoded
// (API.md §4).
func (c *Client) requestApplicationToken(ctx context.Context) (*oauth2.Token, error) {
	transport := &tokenTransport{client: c}
	grant := clientcredentials.Config{
		ClientID: c.credentials.ClientID, ClientSecret: c.credentials.ClientSecret, TokenURL: c.credentials.TokenURL,
		Scopes: []string{"*"}, AuthStyle: oauth2.AuthStyleInParams,
	}
	token, err := grant.Token(context.WithValue(ctx, oauth2.HTTPClient, &http.Client{Transport: transport}))
	var failure *Error
	switch {
	case errors.As(err, &failure):
		return nil, failure
	case err != nil: // a 2xx without a token; the library's error may quote the response
		failure = new(transport.origin)
		failure.Cause = errNoToken
		return nil, failure
	}
	return c.register(token, transport.origin)
}

// tokenTransport sends the requests of the oauth2 library as the client sends all others: through
// the limiter, with a timeout, logged, and without following redirects. The library sees only
// accepted responses; every other response is an [*Error].
type tokenTransport struct {
	client *Client
	origin Error // describes the accepted response
}

// RoundTrip sends the request.
func (t *tokenTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	got, err := t.client.send(req.Clone(req.Context()), req.URL.String(), false)
	if err != nil {
		return nil, err
	}
	if err := got.checkComplete(); err != nil {
		return nil, err
	}
	t.origin = got.origin
	// Without the header, so that the library reads JSON whatever the content type is.
	return &http.Response{StatusCode: got.origin.Status, Body: io.NopCloser(bytes.NewReader(got.body)), Request: req}, nil
}

// requestUserToken requests the token of the user to act as, with the application's token (API.md
// §4). The shape of the response is not documented: access_token or token is read, with or without
// an envelope, and expires_in in seconds.
func (c *Client) requestUserToken(ctx context.Context, application *oauth2.Token) (*oauth2.Token, error) {
	encoded, err := c.encode(request{method: http.MethodPost, path: []string{"applications", c.credentials.Organization, "users", c.credentials.UserEmail, "token"}})
	if err != nil {
		return nil, err
	}
	got, err := c.sendWithToken(ctx, encoded, &bearerToken{Token: application}, false)
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
	return c.register(token, got.origin)
}

// register adds a new token to the secrets, so that errors and logs do not contain it. A token that
// cannot be sent is an error.
func (c *Client) register(token *oauth2.Token, origin Error) (*oauth2.Token, error) {
	if CheckToken(token.AccessToken) != nil {
		origin.Cause = errNoToken
		return nil, &origin
	}
	c.secrets.add(token.AccessToken, hiddenToken)
	return token, nil
}
