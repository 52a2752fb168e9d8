// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"time"
)

// exchange is a request of the provider, and the status of its response; 0 if there was none.
type exchange struct {
	method, path string // the path below the root of the API
	task         string // the ID of the task that the path or the body names
	status       int
}

// proxy is a reverse proxy on a loopback address between the provider and Tallyfy. It adds no
// credentials. It spaces the provider's requests like all others, and records them.
type proxy struct {
	settings Settings
	server   *http.Server
	address  string

	mu       sync.Mutex
	requests []*exchange
	watch    func(exchange) // called before a request is sent; nil for nothing
}

// startProxy listens on a free port. The caller closes it.
func startProxy(s Settings, p *pacer) (*proxy, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it returns immediately
	if err != nil {
		return nil, err
	}
	x := &proxy{settings: s, address: "http://" + listener.Addr().String() + s.BaseURL.Path}
	forward := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: s.BaseURL.Scheme, Host: s.BaseURL.Host})
		},
		Transport: p,
		ModifyResponse: func(response *http.Response) error {
			x.answered(response.Request, response.StatusCode)
			return nil
		},
		// The provider sees a lost connection as a lost connection, not as a response of a server
		// that answered.
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	x.server = &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		forward.ServeHTTP(w, x.record(r))
	})}
	go func() { _ = x.server.Serve(listener) }() // it ends with Close
	return x, nil
}

func (x *proxy) close() { _ = x.server.Close() }

// Environment returns the environment variables with which the provider uses the proxy.
func (x *proxy) Environment() []string {
	return []string{envBaseURL + "=" + x.address, envAccessToken + "=" + x.settings.Token, envOrganization + "=" + x.settings.Organization}
}

// exchangeKey is the key of a request's exchange in its context.
type exchangeKey struct{}

// record adds a request to the journal.
func (x *proxy) record(r *http.Request) *http.Request {
	e := &exchange{method: r.Method, path: strings.TrimPrefix(r.URL.Path, x.settings.BaseURL.Path)}
	parts := strings.Split(e.path, "/")
	if before := len(parts) - 2; before >= 0 && (parts[before] == pathTasks || parts[before] == pathCompleted) {
		e.task = parts[len(parts)-1]
	}
	if r.Method == http.MethodPost {
		body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxResponse))
		var sent struct {
			Task string `json:"task_id"`
		}
		if err == nil && json.Unmarshal(body, &sent) == nil {
			e.task = sent.Task
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	x.mu.Lock()
	x.requests = append(x.requests, e)
	watch := x.watch
	x.mu.Unlock()
	if watch != nil {
		watch(*e)
	}
	return r.WithContext(context.WithValue(r.Context(), exchangeKey{}, e))
}

func (x *proxy) answered(r *http.Request, status int) {
	if e, ok := r.Context().Value(exchangeKey{}).(*exchange); ok {
		x.mu.Lock()
		defer x.mu.Unlock()
		e.status = status
	}
}

// observe sets what is called before each request.
func (x *proxy) observe(watch func(exchange)) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.watch = watch
}

// take returns the requests since the last call.
func (x *proxy) take() []exchange {
	x.mu.Lock()
	defer x.mu.Unlock()
	taken := make([]exchange, 0, len(x.requests))
	for _, e := range x.requests {
		taken = append(taken, *e)
	}
	x.requests = nil
	return taken
}
