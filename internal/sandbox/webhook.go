// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

import (
	"bytes"
	"encoding/json"
	"net/http"
	"time"
)

// webhookTimeout limits a call of a webhook. UNK how long Tallyfy waits.
const webhookTimeout = 10 * time.Second

// WebhookCall is a call of Config.WebhookURL.
type WebhookCall struct {
	// Event is what happened, such as "step completed: Provision the VPC".
	Event string

	// Body is the JSON that was sent.
	Body []byte

	// Status is that of the response; 0 if there was none, and Err is the reason.
	Status int
	Err    error
}

// webhook is a call that is to be made.
type webhook struct {
	event   string
	payload object
}

// stepCompleted calls the webhook of the template for a completed step, and for the
// process if that was its last one (API.md §6). The caller holds s.mu, and has
// recorded the completion.
func (s *Server) stepCompleted(t *stored) {
	t.webhooks++
	p, ok := s.runs[t.RunID]
	if s.cfg.WebhookURL == "" || !ok {
		return
	}
	calls := []webhook{{"step completed: " + t.Title, s.stepPayload(p, t)}}
	if s.nextTask(t.RunID) == nil {
		calls = append(calls, webhook{"process completed: " + p.name, s.processPayload(p, timestamp(s.cfg.Now()))})
	}
	s.call(calls...)
}

// launched calls the webhook of the template for a new process. The caller holds
// s.mu.
func (s *Server) launched(p *process) {
	if s.cfg.WebhookURL != "" {
		s.call(webhook{"process launched: " + p.name, s.processPayload(p, nil)})
	}
}

// call makes the calls in the background, one after the other and each once: Tallyfy
// does not repeat a call that fails (API.md §6).
func (s *Server) call(calls ...webhook) {
	pending := make([]WebhookCall, len(calls))
	for i, c := range calls { // while s.mu is held
		pending[i].Event = c.event
		pending[i].Body, pending[i].Err = json.Marshal(c.payload)
	}
	s.calls.Go(func() {
		client := &http.Client{Timeout: webhookTimeout}
		for _, c := range pending {
			done := s.post(client, c)
			if s.cfg.WatchWebhooks != nil {
				s.watching.Lock()
				s.cfg.WatchWebhooks(done)
				s.watching.Unlock()
			}
		}
	})
}

func (s *Server) post(client *http.Client, c WebhookCall) WebhookCall {
	if c.Err != nil {
		return c
	}
	req, err := http.NewRequest(http.MethodPost, s.cfg.WebhookURL, bytes.NewReader(c.Body)) //nolint:noctx // the client has a timeout
	if err != nil {
		c.Err = err
		return c
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header["X-Tallyfy-orgID"] = []string{s.cfg.Organization} // in Tallyfy's spelling
	response, err := client.Do(req)
	if err != nil {
		c.Err = err
		return c
	}
	_ = response.Body.Close() // nothing is read of it
	c.Status = response.StatusCode
	return c
}

// WaitForWebhooks waits until all calls of webhooks have ended.
func (s *Server) WaitForWebhooks() { s.calls.Wait() }

// processPayload is what a launched or completed process sends. A launch has no time
// of completion. It is not in an envelope.
func (s *Server) processPayload(p *process, completedAt any) object {
	payload := s.wireRun(p)
	payload["completed_at"] = completedAt
	if completedAt != nil {
		payload["status"] = "complete"
	}
	payload["process-tasks"] = s.processTasks(p.id)
	payload["prerun"], payload["ko-form-fields"] = object{}, object{}
	payload["guest-links"] = object{}
	payload["launcher"] = webhookUser(p.starter)
	return payload
}

// stepPayload is what a completed step sends.
func (s *Server) stepPayload(p *process, t *stored) object {
	step := s.stepOf(t)
	step["completed_at"] = t.CompletedAt
	step["completed_by"] = webhookUser(t.CompleterID)
	step["assets"] = []any{}
	var next any = []any{} // if there is none
	if n := s.nextTask(p.id); n != nil {
		next = s.stepOf(n)
	}
	values := object{}
	for _, other := range s.tasks {
		for _, f := range other.Fields {
			if v, has := other.Taskdata[f.ID]; has && other.RunID == p.id && f.Alias != "" {
				values[f.Alias] = v
			}
		}
	}
	return object{
		"this_task": step,
		"next_task": next,
		"process": object{
			"id":              p.id,
			"organization_id": s.cfg.Organization,
			"name":            p.name,
			"status":          p.status(),
			"created_at":      plainTimestamp(p.created),
			"ClientURL":       "https://go.tallyfy.com/tracker/" + p.id,
			"prerun":          object{},
			"tags":            []any{},
		},
		"process-tasks": s.processTasks(p.id),
		"form-fields":   values,
		"template":      object{"id": orNull(p.template), "title": orNull(s.templates[p.template].title), "alias": nil, "summary": nil},
		"launcher":      webhookUser(p.starter),
		"completer":     webhookUser(t.CompleterID),
		"guest-links":   object{},
	}
}

// stepOf returns the members that this_task and next_task share.
func (s *Server) stepOf(t *stored) object {
	captures, users := object{}, []any{}
	for _, f := range t.Fields {
		if v, has := t.Taskdata[f.ID]; has {
			captures[f.ID] = object{"alias": orNull(f.Alias), "label": f.Label, "value": v}
		}
	}
	for _, id := range t.Owners.Users {
		users = append(users, webhookUser(id))
	}
	return object{
		"id":       t.ID,
		"title":    t.Title,
		"alias":    orNull(t.Alias),
		"status":   t.Status,
		"summary":  orNull(t.Summary),
		"deadline": orNull(t.Deadline),
		"position": t.number,
		"captures": captures,
		"owners":   object{"users": users, "guests": append([]string{}, t.Owners.Guests...)},
	}
}

// processTasks maps the alias of each task, or its ID if it has none, to its ID.
func (s *Server) processTasks(run string) object {
	all := object{}
	for _, t := range s.tasks {
		switch {
		case t.RunID != run:
		case t.Alias != "":
			all[t.Alias] = t.ID
		default:
			all[t.ID] = t.ID
		}
	}
	return all
}

// nextTask returns the first visible task of a process that is not completed; nil if
// there is none.
func (s *Server) nextTask(run string) *stored {
	var next *stored
	for _, t := range s.tasks {
		if t.RunID == run && !t.done() && !t.Hidden && !t.Archived && (next == nil || t.number < next.number) {
			next = t
		}
	}
	return next
}

func webhookUser(id int64) any {
	if id == 0 {
		return nil
	}
	return object{"id": id, "full_name": userName(id)}
}
