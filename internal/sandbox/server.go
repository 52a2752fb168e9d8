// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import (
	"bytes"
	"io"
	"net/http"
	"sync"
	"time"
)

const (
	// DefaultOrganization is the organization ID that the sandbox serves by
	// default.
	DefaultOrganization = "c0ffee00c0ffee00c0ffee00c0ffee00"

	// DefaultToken is the access token that the sandbox accepts by default.
	// It is valid for the sandbox only.
	DefaultToken = "sandbox-access-token"

	// DefaultClientID is the ID of the application that gets tokens by
	// default.
	DefaultClientID = "1234"

	// DefaultClientSecret is the secret of that application. It is valid for
	// the sandbox only.
	DefaultClientSecret = "sandbox-client-secret"

	// CallerID is the ID of the user that the access token acts as: a
	// standard member, not an administrator.
	CallerID = 1001
)

// maxBody limits the bytes of a request that are read, so that a client cannot fill
// the memory. It is far above any documented limit.
const maxBody = 8 << 20

// Vintage is the generation of the API that is served, of two that contradict each
// other (API.md §7, items 1 and 2).
type Vintage int

const (
	// Today ignores taskdata in a completion, and returns 2xx for a repeated
	// completion while it fires the webhooks again.
	Today Vintage = iota

	// Legacy saves the taskdata of a completion, and rejects a repeated completion
	// with 422.
	Legacy
)

// Config configures a Server. The zero value is a well-behaved Tallyfy of today.
type Config struct {
	// Organization is the only organization ID that is served; DefaultOrganization
	// if empty.
	Organization string

	// Token is the access token that is accepted besides issued ones; DefaultToken
	// if empty.
	Token string

	// ClientID and ClientSecret are the only application that gets tokens;
	// DefaultClientID and DefaultClientSecret if empty.
	ClientID, ClientSecret string

	// Vintage selects the generation of the API.
	Vintage Vintage

	// CompletionOnly serves only the two completed-tasks POSTs and tokens. Everything
	// else returns 404 ENDPOINT_NOT_FOUND.
	CompletionOnly bool

	// ListLag makes lists read from a replica that is this many task writes behind
	// (API.md §1.4). For reads of single tasks, see ReadLag.
	ListLag int

	// ReadLag makes a GET of a single task, on both paths, show it as it was this
	// long ago by Now; 0 is always current. UNK whether Tallyfy does that (API.md
	// §8). Deletions lag too. Tasks of AddTask are visible immediately. Responses to
	// writes, and methods of the Server, are always current.
	ReadLag time.Duration

	// RateLimit rejects requests above a rate; no limit if zero.
	RateLimit RateLimit

	// Latency passes before a request is handled; none if zero. A request whose
	// client is gone by then has no effect. A Fault's Delay is added.
	Latency time.Duration

	// StripClientHeader treats every request as one without X-Tallyfy-Client, as if
	// a proxy removed it: the edge in front of the API returns 404. Requests for an
	// application's token need no such header.
	StripClientHeader bool

	// ShowTaskdata includes taskdata in every task of every response. Without it,
	// only responses to PUT include taskdata; a read of a task or a list includes
	// the values only with "with=form_fields" (API.md §1.3).
	ShowTaskdata bool

	// HideTaskdata removes taskdata from every response, including those to PUT. It
	// takes precedence over ShowTaskdata.
	HideTaskdata bool

	// Rewrite changes the strings that a PUT or a Legacy completion saves in fields
	// of the types text and textarea, as a server that normalizes text does. A
	// value that becomes "" is cleared. If it is nil, texts are stored unchanged. It
	// runs under the Server's lock.
	Rewrite func(text string) string

	// Paging is how lists report that there are more pages.
	Paging Paging

	// WebhookURL receives the webhooks of the template of every process: a POST when
	// a process is launched through the API, when a step is completed, and when a
	// process is completed (API.md §6). They are sent in the background, once each;
	// none if it is empty.
	WebhookURL string

	// WatchWebhooks, if set, receives each call once its response is there. Calls of
	// it and of Watch never overlap.
	WatchWebhooks func(WebhookCall)

	// Now is the clock; time.Now if nil.
	Now func() time.Time

	// Watch, if set, receives each journal entry once its status and note are known,
	// just before the response is sent. Calls never overlap.
	Watch func(Entry)
}

// Server is an in-memory Tallyfy. It is an http.Handler, and safe for
// concurrent use. Make one with New, Start or StartOn.
type Server struct {
	cfg Config

	mu        sync.Mutex // guards everything below, and is held while a request is handled
	tasks     map[string]*stored
	added     int                 // tasks ever added, which numbers them
	created   int                 // IDs ever made by newID
	runs      map[string]*process // by id
	templates map[string]template // by id
	replica   replica
	past      history
	journal   []*record
	arrivals  int // requests since the start; unlike the journal, never reset
	faults    []*injectedFault

	completions map[string]int // by task, also deleted ones
	admissions  limiterState
	issued      issuedTokens
	listening   *loopbackListener // the latest; nil for a Server from New

	watching sync.Mutex // keeps calls of Config.Watch and Config.WatchWebhooks apart
	calls    sync.WaitGroup
}

var _ http.Handler = (*Server)(nil)

// New returns a Server without tasks that does not listen anywhere.
func New(c Config) *Server {
	if c.Organization == "" {
		c.Organization = DefaultOrganization
	}
	if c.Token == "" {
		c.Token = DefaultToken
	}
	if c.ClientID == "" {
		c.ClientID = DefaultClientID
	}
	if c.ClientSecret == "" {
		c.ClientSecret = DefaultClientSecret
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Server{
		cfg:     c,
		tasks:   map[string]*stored{},
		runs:    map[string]*process{},
		replica: replica{lag: c.ListLag, tasks: map[string]*stored{}},
		past:    history{lag: c.ReadLag, tasks: map[string][]version{}},

		completions: map[string]int{},
	}
}

// ServeHTTP records the request, applies a matching Fault, and otherwise responds as
// Tallyfy would, within Config.RateLimit. Every response has a Date by Config.Now,
// in whole seconds.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rec, fault, retryAfter := s.arrive(r)
	w.Header().Set("X-Request-Id", rec.requestID)

	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	s.keepBody(rec, body)
	if err != nil {
		s.finish(rec, 0, "the request was cut short or too large")
		drop(w)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if !wait(r.Context(), s.cfg.Latency) {
		s.finish(rec, 0, "the client went away while the request was under way")
		drop(w)
		return
	}

	var a response
	switch {
	case fault != nil:
		s.serveFault(w, r, rec, fault, body)
		return
	case retryAfter > 0:
		a = tooManyRequests(retryAfter).encode()
	default:
		a = s.handle(r, body)
	}
	s.finish(rec, a.status, a.note)
	s.setDate(w)
	a.write(w)
}
