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
	// DefaultOrganization is the organization id that the sandbox serves unless
	// Config says otherwise.
	DefaultOrganization = "c0ffee00c0ffee00c0ffee00c0ffee00"

	// DefaultToken is the access token that the sandbox accepts unless Config
	// says otherwise. It opens nothing but the sandbox.
	DefaultToken = "sandbox-access-token"

	// DefaultClientID is the id of the application that gets tokens unless
	// Config says otherwise.
	DefaultClientID = "1234"

	// DefaultClientSecret is the secret of that application. It opens nothing
	// but the sandbox.
	DefaultClientSecret = "sandbox-client-secret"

	// CallerID is the id of the user that the access token acts as: a plain
	// member, no administrator.
	CallerID = 1001
)

// maxBody bounds the bytes of a request that are read, so that a runaway client
// cannot fill the memory. Far above any documented field limit.
const maxBody = 8 << 20

// Vintage tells which of the two contradicting generations of the API is
// served (API.md §7, items 1 and 2).
type Vintage int

const (
	// Today ignores taskdata in a completion, and answers a repeated completion
	// with 2xx while it fires the webhooks again.
	Today Vintage = iota

	// Legacy saves the taskdata of a completion, and refuses a repeated
	// completion with 422.
	Legacy
)

// Config shapes a Server. The zero value is a well-behaved Tallyfy of today.
type Config struct {
	// Organization is the only organization id the token may use;
	// DefaultOrganization if empty.
	Organization string

	// Token is the access token that is accepted besides those that are given
	// out; DefaultToken if empty.
	Token string

	// ClientID and ClientSecret are the only application that gets tokens;
	// DefaultClientID and DefaultClientSecret if empty.
	ClientID, ClientSecret string

	// Vintage picks the generation of the API.
	Vintage Vintage

	// CompletionOnly leaves nothing but the two completed-tasks POSTs and what
	// gives out tokens: everything else answers 404 ENDPOINT_NOT_FOUND.
	CompletionOnly bool

	// ListLag makes lists answer from a replica that is this many task writes
	// behind (API.md §1.4). For tasks that are read one by one there is
	// ReadLag.
	ListLag int

	// ReadLag makes a GET of a single task, on both paths, show it as it was
	// this long ago by Now; 0 is always current. UNK whether Tallyfy does that
	// (API.md §8). Deletions lag too. What AddTask added is known at once,
	// and the answers to writes, and methods of the Server, are always current.
	ReadLag time.Duration

	// RateLimit refuses what comes too fast; none if zero.
	RateLimit RateLimit

	// Latency passes before a request is handled, as on a way to a distant
	// server; none if zero. A request whose client has gone by then has no
	// effect. A Fault's Delay comes on top.
	Latency time.Duration

	// StripClientHeader treats every request as one without X-Tallyfy-Client, as
	// if a proxy removed it: the edge in front of the API answers 404. Requests
	// for an application's token need no such header.
	StripClientHeader bool

	// ShowTaskdata shows taskdata in every task of every response. Without it,
	// only responses to PUT show taskdata; a read of a task or a list shows the
	// values only with "with=form_fields" (API.md §1.3).
	ShowTaskdata bool

	// HideTaskdata leaves taskdata out of every response, including those to
	// PUT. It takes precedence over ShowTaskdata.
	HideTaskdata bool

	// Rewrite changes the strings that a PUT or a Legacy completion saves in
	// fields of the types text and textarea, as a server that normalizes text
	// does. A value that becomes "" is cleared. If it is nil, texts are stored as
	// they are sent. It runs under the Server's lock.
	Rewrite func(text string) string

	// Paging is how lists report that there are more pages.
	Paging Paging

	// Now is the clock; time.Now if nil.
	Now func() time.Time

	// Watch, if set, gets each journal entry once its status and note are
	// known, just before the answer is sent. Calls never overlap.
	Watch func(Entry)
}

// Server is an in-memory Tallyfy. It is an http.Handler, and safe for
// concurrent use. Make one with New, Start or StartOn.
type Server struct {
	cfg Config

	mu       sync.Mutex // guards everything below, and is held while a request is handled
	tasks    map[string]*stored
	added    int                 // tasks ever added, which numbers them
	runs     map[string]*process // by id
	replica  replica
	past     past
	journal  []*record
	arrivals int // requests since the start; unlike the journal, never reset
	faults   []*armed

	completions map[string]int // by task, also deleted ones
	admissions  admissions
	issued      issued
	listening   *listening // the latest; nil for a Server from New

	watching sync.Mutex // keeps calls of Config.Watch apart
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
		past:    past{lag: c.ReadLag, tasks: map[string][]version{}},

		completions: map[string]int{},
	}
}

// ServeHTTP journals the request, lets a matching Fault have its way, and
// otherwise answers as Tallyfy would, within Config.RateLimit. Every response
// has a Date by Config.Now, in whole seconds.
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

	var a answer
	switch {
	case fault != nil:
		s.serveFault(w, r, rec, fault, body)
		return
	case retryAfter > 0:
		a = tooManyRequests(retryAfter).sealed()
	default:
		a = s.handle(r, body)
	}
	s.finish(rec, a.status, a.note)
	s.stamp(w)
	a.write(w)
}
