// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

// Package tallyfy is a client for the part of Tallyfy's REST API that completing a task needs.
//
// The package handles HTTP and JSON and does not depend on Terraform. It guarantees that:
//   - a request that may change something is sent at most once per call, unless Tallyfy cannot have
//     acted on it;
//   - every error states what the failure means for the request ([Outcome]);
//   - errors and log lines do not contain the token.
//
// Section numbers in comments ("API.md §1.1") refer to API.md beside this file, which describes the
// API and names its sources.
package tallyfy

import (
	"context"
	"crypto/x509"
	"errors"
	"net/http"
	"net/url"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/oauth2"
)

// DefaultBaseURL is the root of Tallyfy's API (API.md §1).
const DefaultBaseURL = "https://go.tallyfy.com/api"

const (
	// DefaultMaxRetries is the number of retries if the configuration does not set it.
	DefaultMaxRetries = 4
	// DefaultRequestTimeout limits one attempt if the configuration does not set it.
	DefaultRequestTimeout = 30 * time.Second
)

// LogFunc receives one line for each attempt. The fields contain no body, no header and no token.
type LogFunc func(ctx context.Context, message string, fields map[string]any)

// Config configures a [Client].
type Config struct {
	// BaseURL is the root of the API, with or without a trailing slash. See [ParseBaseURL].
	BaseURL string
	// AccessToken is the bearer token; empty if Credentials is set.
	AccessToken string
	// Credentials are used to request tokens; nil if AccessToken is set.
	Credentials *Credentials
	// TokenSource says where the AccessToken or the Credentials come from, such as "the environment
	// variable TALLYFY_ACCESS_TOKEN". Errors repeat it, so it must not contain a secret. Empty if
	// there is nothing to say.
	TokenSource string
	// UserAgent is the User-Agent header. Characters that a header must not contain are removed.
	UserAgent string
	// MaxRetries is how often one request may be sent again; 0 for never.
	MaxRetries int
	// RequestTimeout limits each attempt, including connecting and reading; 0 for no limit.
	RequestTimeout time.Duration
	// Log is called once for each attempt; nil for no log.
	Log LogFunc
	// Certificates are trusted in addition to those of the system. See [ParseCertificates].
	Certificates []*x509.Certificate
	// Transport replaces the default transport, which reuses connections and reads its proxy from
	// the environment. Certificates have no effect on it.
	Transport http.RoundTripper
}

// Client calls Tallyfy. It is safe for concurrent use and meant to be shared: after a rate limit,
// all its requests wait together.
type Client struct {
	base                 *url.URL
	http                 *http.Client
	credentials          *Credentials // nil if the token is configured
	tokenCache           *tokenCache
	secrets              *secrets
	tokenSource          string
	userAgent            string
	retries              int
	rateLimitRetriesOnly bool // retries reads only after a rate limit
	urgent               bool // sends a request even if the limiter's wait does not fit
	forPlan              bool // does not repeat a read during an outage
	requestTimeout       time.Duration
	log                  LogFunc
	limiter              *limiter
	outage               *atomic.Bool // a read for a plan was given up without a response, and none has come since
}

// New returns a client. It sends nothing. The error says what is wrong with the configuration.
func New(c Config) (*Client, error) {
	base, err := ParseBaseURL(c.BaseURL)
	if err != nil {
		return nil, err
	}
	if err := c.checkIdentity(); err != nil {
		return nil, err
	}
	if c.MaxRetries < 0 {
		return nil, errors.New("the number of retries is negative")
	}
	transport := c.Transport
	if transport == nil {
		if err := c.checkProxies(base); err != nil {
			return nil, err
		}
		if transport, err = newTransport(c.Certificates); err != nil {
			return nil, err
		}
	}
	log := c.Log
	if log == nil {
		log = func(context.Context, string, map[string]any) {}
	}
	client := &Client{
		base: base,
		http: &http.Client{
			Transport: transport,
			// A redirect could send the token to another host, or turn a POST into a GET. It is a
			// response like any other.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		tokenSource:    c.TokenSource,
		userAgent:      headerSafe(c.UserAgent),
		retries:        c.MaxRetries,
		requestTimeout: c.RequestTimeout,
		log:            log,
		limiter:        &limiter{},
		outage:         &atomic.Bool{},
		tokenCache:     &tokenCache{},
		secrets:        &secrets{},
	}
	if c.Credentials == nil {
		client.tokenCache.current = &bearerToken{Token: &oauth2.Token{AccessToken: c.AccessToken}}
		client.secrets.add(c.AccessToken, hiddenToken)
		return client, nil
	}
	client.credentials = new(c.Credentials.withDefaults())
	client.secrets.add(client.credentials.ClientSecret, hiddenSecret)
	return client, nil
}

// checkIdentity returns an error if the access token or the credentials cannot be used.
func (c Config) checkIdentity() error {
	switch {
	case c.Credentials == nil:
		return CheckToken(c.AccessToken)
	case c.AccessToken != "":
		return errors.New("there are both an access token and credentials to request one with")
	default:
		return c.Credentials.check()
	}
}

// checkProxies reports what is wrong with the proxies that the environment names.
func (c Config) checkProxies(base *url.URL) error {
	if err := checkProxy(os.Getenv, base); err != nil || c.Credentials == nil {
		return err
	}
	tokens, err := url.Parse(c.Credentials.withDefaults().TokenURL)
	if err != nil {
		return errors.New("the token URL cannot be read as a URL")
	}
	return checkProxy(os.Getenv, tokens)
}

// WithoutRetries returns a client that never sends a request again, and is otherwise the same: it
// shares the token and the limiter. It still replaces a token that was refused, because Tallyfy did
// not act on that request.
func (c *Client) WithoutRetries() *Client {
	client := *c
	client.retries = 0
	return &client
}

// WithRateLimitRetriesOnly returns a client that retries reads only after a rate limit, and is
// otherwise the same. It is for reads with an alternative that the same rate limit would reject.
func (c *Client) WithRateLimitRetriesOnly() *Client {
	client := *c
	client.rateLimitRetriesOnly = true
	return &client
}

// ForPlan returns a client for reads of which each failure fails the whole plan, and is otherwise
// the same. Once a read has used all its retries without a response, the others send one request
// each, until a response comes: a plan without a network must not wait for each block.
func (c *Client) ForPlan() *Client {
	client := *c
	client.forPlan = true
	return &client
}

// Urgent returns a client that sends a request even if Tallyfy asks to wait longer than the
// request's context lasts, and is otherwise the same: it waits if the wait fits. It is for the read
// that decides whether a completion succeeded.
func (c *Client) Urgent() *Client {
	client := *c
	client.urgent = true
	return &client
}

// Secrets returns the secrets that are known so far, for redaction: the access token, or the client
// secret and each token that was requested with it.
func (c *Client) Secrets() []string { return c.secrets.list() }
