// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

// Package tallyfy is a client of Tallyfy's REST API: the part of it that completing a task needs.
//
// It knows HTTP and JSON and nothing of Terraform. Its three promises: a request that may change
// something is sent at most once a call unless Tallyfy cannot have acted on it; every failure says
// what it means for the request ([Outcome]); and the token is in no error and no log line.
//
// Section numbers in comments ("tallyfy-api §1.1") are those of the project's page of facts about the API.
package tallyfy

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"
)

// DefaultBaseURL is where Tallyfy serves its API (tallyfy-api §1).
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
	// AccessToken is sent as the bearer token.
	AccessToken string
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
	token   string
	agent   string
	retries int
	perTry  time.Duration
	log     LogFunc
	gate    *gate
}

// New makes a client. It sends nothing. The error tells what is wrong with the configuration.
func New(c Config) (*Client, error) {
	base, err := ParseBaseURL(c.BaseURL)
	if err != nil {
		return nil, err
	}
	if err := CheckToken(c.AccessToken); err != nil {
		return nil, err
	}
	if c.MaxRetries < 0 {
		return nil, errors.New("the number of retries is negative")
	}
	transport := c.Transport
	if transport == nil {
		transport = newTransport()
	}
	log := c.Log
	if log == nil {
		log = func(context.Context, string, map[string]any) {}
	}
	return &Client{
		base: base,
		http: &http.Client{
			Transport: transport,
			// A redirect would carry the token elsewhere, or turn the POST into a GET: it is an answer like any other.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		token:   c.AccessToken,
		agent:   headerSafe(c.UserAgent),
		retries: c.MaxRetries,
		perTry:  c.RequestTimeout,
		log:     log,
		gate:    &gate{},
	}, nil
}

// Once gives a client that never sends a request again, and is otherwise the same: it waits with the other at a rate limit.
func (c *Client) Once() *Client {
	once := *c
	once.retries = 0
	return &once
}

// maxIdlePerHost keeps a connection alive for each of the operations that Terraform runs side by side by default.
const maxIdlePerHost = 10

func newTransport() http.RoundTripper {
	base, ok := http.DefaultTransport.(*http.Transport)
	if !ok { // Somebody replaced the default on purpose.
		return http.DefaultTransport
	}
	transport := base.Clone()
	transport.MaxIdleConnsPerHost = maxIdlePerHost
	return transport
}
