// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

// Package tallyfy is a client for the part of Tallyfy's REST API that completing a task needs.
//
// The package handles HTTP and JSON and does not depend on Terraform. It guarantees that:
//   - a request that may change something is sent at most once per call, unless Tallyfy cannot have acted on it;
//   - every error states what the failure means for the request ([Outcome]);
//   - errors and log lines do not contain the token.
//
// Section numbers in comments ("API.md §1.1") refer to API.md beside this file, which describes the API and names its sources.
package tallyfy

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"time"

	"golang.org/x/oauth2"
)

// DefaultBaseURL is where Tallyfy serves its API (API.md §1).
const DefaultBaseURL = "https://go.tallyfy.com/api"

const (
	// DefaultMaxRetries is how often a request is sent again when the configuration does not say.
	DefaultMaxRetries = 4
	// DefaultRequestTimeout bounds one try when the configuration does not say.
	DefaultRequestTimeout = 30 * time.Second
)

// LogFunc receives one line for each request sent. Fields hold no body, no header and no token.
type LogFunc func(ctx context.Context, message string, fields map[string]any)

// Config says where Tallyfy is and how to speak to it.
type Config struct {
	// BaseURL is the API's root, with or without a trailing slash. See [ParseBaseURL].
	BaseURL string
	// AccessToken is sent as the bearer token, where there are no Credentials.
	AccessToken string
	// Credentials are what tokens are asked for with; nil for none.
	Credentials *Credentials
	// UserAgent is sent as it is, less what may not stand in a header.
	UserAgent string
	// MaxRetries is how often one request may be sent again, 0 for never.
	MaxRetries int
	// RequestTimeout bounds each single try, connecting and reading included. 0 stands for no bound.
	RequestTimeout time.Duration
	// Log is called once for each try; nil for no log.
	Log LogFunc
	// Transport replaces the default one, which reuses connections and takes its proxy from the environment.
	Transport http.RoundTripper
}

// Client calls Tallyfy. It is safe for concurrent use, and meant to be shared: all its requests wait
// together when Tallyfy says that there were too many.
type Client struct {
	base    *url.URL
	http    *http.Client
	credentials     *Credentials // nil where the token is configured
	tokenCache  *tokenCache
	secrets *secrets
	userAgent   string
	retries int
	rateLimitRetriesOnly   bool // repeats nothing but what was refused for now
	urgent  bool // does not let the limiter end a request
	requestTimeout  time.Duration
	log     LogFunc
	limiter    *limiter
}

// New makes a client. It sends nothing. The error tells what is wrong with the configuration.
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
		transport = newTransport()
	}
	log := c.Log
	if log == nil {
		log = func(context.Context, string, map[string]any) {}
	}
	client := &Client{
		base: base,
		http: &http.Client{
			Transport: transport,
			// A redirect would carry the token elsewhere, or turn the POST into a GET: it is an answer like any other.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		userAgent:   headerSafe(c.UserAgent),
		retries: c.MaxRetries,
		requestTimeout:  c.RequestTimeout,
		log:     log,
		limiter:    &limiter{},
		tokenCache:  &tokenCache{},
		secrets: &secrets{},
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

// checkIdentity tells what is wrong with what requests are authorized by.
func (c Config) checkIdentity() error {
	switch {
	case c.Credentials == nil:
		return CheckToken(c.AccessToken)
	case c.AccessToken != "":
		return errors.New("there is both an access token and what to ask for one with")
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

// Once gives a client that never sends a request again, and is otherwise the same: it has its tokens with the other, and waits
// with it at a rate limit. A refused token is replaced all the same, since the request was not handled.
func (c *Client) WithoutRetries() *Client {
	once := *c
	once.retries = 0
	return &once
}

// Hasty gives a client that sends a request again only where Tallyfy refused it for now, and is otherwise the same: for what can
// be learned in another way, which would be refused for now as well.
func (c *Client) WithRateLimitRetriesOnly() *Client {
	hasty := *c
	hasty.rateLimitRetriesOnly = true
	return &hasty
}

// Urgent returns a client that sends a request even if Tallyfy asks to wait longer than the request's context lasts, and is otherwise
// the same: it waits if the wait fits. It is for the read that settles whether a completion went through.
func (c *Client) Urgent() *Client {
	urgent := *c
	urgent.urgent = true
	return &urgent
}

// Secrets are what must be shown to nobody, as far as it is known until now: the access token, or the client secret and each
// token that was got with it.
func (c *Client) Secrets() []string { return c.secrets.list() }
