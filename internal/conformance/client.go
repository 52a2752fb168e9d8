// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	// responseTimeout limits how long the head of a response takes, and how long its body does.
	responseTimeout = 30 * time.Second
	// maxAttempts limits how often a request is sent that gets a 429, or a GET that gets a 5xx.
	maxAttempts = 4
	// maxResponse limits the bytes of a body that are read.
	maxResponse = 4 << 20
	// These are parts of paths below the organization.
	pathTasks, pathRuns, pathCompleted = "tasks", "runs", "completed-tasks"
)

// client sends the requests of the suite itself. It decodes nothing but JSON, because the point is
// to see what comes back.
type client struct {
	settings Settings
	http     *http.Client
}

func newClient(s Settings, p *pacer) *client {
	return &client{settings: s, http: &http.Client{
		Transport:     p,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// call is a request. Its path is below the root of the API, and already escaped.
type call struct {
	method, path string
	query        url.Values
	body         any               // nil for none
	header       map[string]string // replaces headers; "" removes one
}

// org returns a path below the organization.
func (c *client) org(parts ...string) string {
	path := "/organizations/" + url.PathEscape(c.settings.Organization)
	for _, part := range parts {
		path += "/" + url.PathEscape(part)
	}
	return path
}

// get reads a path below the organization, with includes in "with".
func (c *client) get(ctx context.Context, with string, parts ...string) (reply, error) {
	query := url.Values{}
	if with != "" {
		query.Set("with", with)
	}
	return c.do(ctx, call{method: http.MethodGet, path: c.org(parts...), query: query})
}

// do sends a request, and again after a 429. A GET is also sent again after a 5xx. An error means
// that there was no response.
func (c *client) do(ctx context.Context, request call) (reply, error) {
	for attempt := 1; ; attempt++ {
		got, err := c.send(ctx, request)
		again := got.status == http.StatusTooManyRequests || request.method == http.MethodGet && got.status >= http.StatusInternalServerError
		if err != nil || !again || attempt == maxAttempts {
			return got, err
		}
	}
}

// send sends a request once.
func (c *client) send(ctx context.Context, request call) (reply, error) {
	var body io.Reader
	if request.body != nil {
		encoded, err := json.Marshal(request.body)
		if err != nil {
			return reply{}, err
		}
		body = bytes.NewReader(encoded)
	}
	address := c.settings.BaseURL.String() + request.path
	if len(request.query) > 0 {
		address += "?" + request.query.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, request.method, address, body)
	if err != nil {
		return reply{}, err
	}
	r.Header.Set("Authorization", "Bearer "+c.settings.Token)
	r.Header.Set("Accept", "application/json")
	r.Header.Set("X-Tallyfy-Client", "APIClient")
	r.Header.Set("User-Agent", "terraform-provider-tallyfy-conformance")
	if request.body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, value := range request.header {
		r.Header.Set(name, value)
		if value == "" {
			r.Header.Del(name)
		}
	}
	return c.receive(r)
}

// receive sends a request and reads the response.
func (c *client) receive(r *http.Request) (reply, error) {
	what := r.Method + " " + strings.TrimPrefix(r.URL.Path, c.settings.BaseURL.Path)
	response, err := c.http.Do(r)
	if err != nil {
		return reply{}, fmt.Errorf("%s: %w", what, err)
	}
	defer response.Body.Close() //nolint:errcheck // it was read
	stop := time.AfterFunc(responseTimeout, func() { _ = response.Body.Close() })
	defer stop.Stop()
	raw, err := io.ReadAll(io.LimitReader(response.Body, maxResponse))
	if err != nil {
		return reply{}, fmt.Errorf("%s: reading the response: %w", what, err)
	}
	got := reply{status: response.StatusCode, header: response.Header, raw: raw, what: what}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if decoder.Decode(&got.body) != nil {
		got.body = nil
	}
	return got, nil
}
