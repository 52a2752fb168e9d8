// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"errors"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

const outageText = "no further attempt was made, because another read got no response to any of its attempts"

// Once a read for a plan has used its retries without a response, the others send one request each,
// and only they.
func TestForPlan(t *testing.T) {
	t.Parallel()
	refused, lost := reply{refused: net.ErrClosed}, reply{lost: net.ErrClosed}
	for name, c := range map[string]struct {
		script []reply
		reads  []int  // how many requests each read sends
		fails  []bool // whether it fails
	}{
		"no connection":                 {[]reply{refused}, []int{3, 1, 1}, []bool{true, true, true}},
		"no response":                   {[]reply{lost}, []int{3, 1, 1}, []bool{true, true, true}},
		"recovers":                      {[]reply{refused, refused, refused, ok(openTask), refused, ok(openTask)}, []int{3, 1, 2}, []bool{true, false, false}},
		"responds with an error":        {[]reply{refused, refused, refused, {status: 500}, refused, ok(openTask)}, []int{3, 3}, []bool{true, false}},
		"had a response":                {[]reply{{status: 500}, refused, refused, refused, ok(openTask)}, []int{3, 2}, []bool{true, false}},
		"asks to wait after the outage": {[]reply{refused, refused, refused, {status: 429}, ok(openTask)}, []int{3, 2}, []bool{true, false}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, w := newScriptedClient(t, 2, c.script...)
				for i, want := range c.reads {
					before := len(w.requests)
					_, err := client.ForPlan().GetTask(t.Context(), processTask)
					if sent := len(w.requests) - before; sent != want || (err != nil) != c.fails[i] {
						t.Errorf("read %d sent %d requests: %v", i+1, sent, err)
					}
					if err != nil && i > 0 {
						contains(t, err.Error(), outageText)
					}
				}
				if name != "no connection" {
					return
				}
				for _, c := range []struct {
					client *Client
					want   int
				}{{client, 3}, {client.ForPlan(), 1}} { // the failure of another client changes nothing
					before := len(w.requests)
					if _, err := c.client.GetTask(t.Context(), processTask); len(w.requests)-before != c.want {
						t.Errorf("it sent %d requests, want %d: %v", len(w.requests)-before, c.want, err)
					}
				}
			})
		})
	}
	t.Run("credentials", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			w := &scriptedTransport{script: []reply{refused}}
			client, err := New(Config{BaseURL: "https://tallyfy.test/api", Credentials: &Credentials{ClientID: "7", ClientSecret: "hidden"}, MaxRetries: 2, Transport: w})
			if err != nil {
				t.Fatal(err)
			}
			for range 3 {
				_, err = client.ForPlan().GetTask(t.Context(), processTask)
			}
			if len(w.requests) != 5 || err == nil {
				t.Fatalf("three reads sent %d requests for a token: %v", len(w.requests), err)
			}
			contains(t, err.Error(), outageText)
		})
	})
	t.Run("the client that it came from", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			client, w := newScriptedClient(t, 2, refused)
			_, _ = client.GetTask(t.Context(), processTask)
			_, _ = client.ForPlan().GetTask(t.Context(), processTask)
			if len(w.requests) != 6 {
				t.Errorf("two reads of two clients sent %d requests", len(w.requests))
			}
		})
	})
}

// Reads that are sent together end with the first of them, however many there are.
func TestForPlanTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, w := newScriptedClient(t, 4, reply{refused: net.ErrClosed})
		began := time.Now()
		var reads sync.WaitGroup
		slots := make(chan struct{}, 10)
		for range 100 {
			slots <- struct{}{}
			reads.Go(func() {
				defer func() { <-slots }()
				if _, err := client.ForPlan().GetTask(t.Context(), processTask); OutcomeOf(err) != NotSent {
					t.Error(err)
				}
			})
		}
		reads.Wait()
		if took := time.Since(began); took > 10*time.Second || len(w.requests) > 140 {
			t.Errorf("100 reads took %s and %d attempts", took, len(w.requests))
		}
	})
}

// A request for a token that a read for a plan gave up early is repeated by a client that is not
// for a plan.
func TestForPlanToken(t *testing.T) {
	t.Parallel()
	outage := (&Error{Outcome: NotSent, Cause: errors.New("refused"), noToken: true}).giveUp(errOutage)
	for name, c := range map[string]struct {
		err     error
		retries int // of the fetching client
		plan    bool
		want    bool
	}{
		"token":                            {nil, 0, false, true},
		"failed":                           {&Error{Status: http.StatusForbidden}, 4, false, true},
		"failed with fewer retries":        {&Error{Status: http.StatusForbidden}, 0, false, false},
		"ended early, for a plan":          {outage, 4, true, true},
		"ended early, not for a plan":      {outage, 4, false, false},
		"out of time":                      {(&Error{}).giveUp(ErrTimedOut), 4, true, false},
		"failed with fewer retries (plan)": {&Error{Status: http.StatusForbidden}, 0, true, false},
	} {
		client, _ := newScriptedClient(t, 4, ok(openTask))
		if c.plan {
			client = client.ForPlan()
		}
		if got := client.shares(&tokenFetch{retries: c.retries, err: c.err}); got != c.want {
			t.Errorf("%s: shared is %v", name, got)
		}
	}
}
