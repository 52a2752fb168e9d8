// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"regexp"
	"sync"
	"time"
)

const (
	maxPayload = 8 << 20         // bytes; a payload contains all form values of the process
	startTime  = 8 * time.Second // within which the CI system must accept, so that Tallyfy gets a response soon
	remembered = 24 * time.Hour  // how long a repeated event is recognized
)

// relay handles the calls of the webhook.
type relay struct {
	secret, organization, step string
	start                      func(ctx context.Context, processID string) error

	mu   sync.Mutex
	seen map[string]time.Time // when each event was received
}

// ServeHTTP starts the pipeline, and returns 202. An event that starts nothing gets 200, because
// Tallyfy counts other codes as failures. If the CI system does not accept, it returns 502: Tallyfy
// does not repeat the call, but lists it in its system log.
func (r *relay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if req.Method != http.MethodPost || subtle.ConstantTimeCompare([]byte(req.URL.Path), []byte("/"+r.secret)) != 1 {
		http.NotFound(w, req)
		return
	}
	if req.Header.Get("X-Tallyfy-orgID") != r.organization {
		refuse(w, http.StatusForbidden, "the webhook is of another organization")
		return
	}
	var p payload
	if err := json.NewDecoder(http.MaxBytesReader(w, req.Body, maxPayload)).Decode(&p); err != nil {
		refuse(w, http.StatusBadRequest, "the payload is not JSON of a webhook")
		return
	}
	processID, event := p.trigger(r.step)
	if event == "" {
		reply(w, http.StatusOK, "nothing to start")
		return
	}
	if !validID.MatchString(processID) { // it becomes a part of a state's key
		refuse(w, http.StatusBadRequest, "the ID of the process is invalid")
		return
	}
	if !r.first(event) {
		reply(w, http.StatusOK, "already received")
		return
	}
	// The start is not interrupted if the caller does not wait for the response: there is no other
	// call for this event.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(req.Context()), startTime)
	defer cancel()
	if err := retry(ctx, func() error { return r.start(ctx, processID) }); err != nil {
		r.forget(event)
		log.Printf("process %s: %v", processID, err)
		reply(w, http.StatusBadGateway, "the CI system did not start the pipeline")
		return
	}
	log.Printf("process %s: started", processID)
	reply(w, http.StatusAccepted, "started")
}

// validID matches the IDs of Tallyfy's processes and organizations.
var validID = regexp.MustCompile(`^[0-9a-f]{32}$`)

// payload has the members of both kinds of payloads that the relay reads: a launched or completed
// process is the payload itself, and a completed step has its process beside it.
type payload struct {
	ID          string `json:"id"`
	CompletedAt string `json:"completed_at"` // empty for a launch
	Step        *struct {
		ID          string `json:"id"`
		Alias       string `json:"alias"`
		CompletedAt string `json:"completed_at"`
	} `json:"this_task"`
	Process struct {
		ID string `json:"id"`
	} `json:"process"`
}

// trigger returns the process and a name of the event, if it is the event that starts the pipeline.
// A step that is reopened and completed again is another event.
func (p payload) trigger(step string) (processID, event string) {
	switch {
	case p.Step != nil && step != "" && p.Step.Alias == step:
		return p.Process.ID, p.Step.ID + " " + p.Step.CompletedAt
	case p.Step == nil && step == "" && p.CompletedAt == "":
		return p.ID, p.ID + " launched"
	default:
		return "", ""
	}
}

// first records an event, and reports whether it is new. Tallyfy may send the same event more than
// once.
func (r *relay) first(event string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	for other, at := range r.seen {
		if now.Sub(at) > remembered {
			delete(r.seen, other)
		}
	}
	if _, known := r.seen[event]; known {
		return false
	}
	r.seen[event] = now
	return true
}

// forget lets an event start the pipeline that has not started it.
func (r *relay) forget(event string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.seen, event)
}

func refuse(w http.ResponseWriter, code int, why string) {
	log.Printf("refused with %d: %s", code, why)
	reply(w, code, why)
}

func reply(w http.ResponseWriter, code int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(code)
	_, _ = io.WriteString(w, text+"\n")
}
