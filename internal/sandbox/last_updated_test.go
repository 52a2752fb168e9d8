// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

func TestLastUpdated(t *testing.T) {
	for _, vintage := range []sandbox.Vintage{sandbox.Today, sandbox.Legacy} {
		now := noon
		added := processTask()
		added.EveryoneMustComplete = 3
		added.Fields = []sandbox.Field{{ID: field, Type: "text"}}
		c := start(t, sandbox.Config{Vintage: vintage, Now: func() time.Time { return now }}, added)
		minute := 0
		want := noon.Truncate(time.Second)
		for _, step := range []struct {
			name   string
			do     func()
			writes bool
		}{
			{"added", func() {}, false},
			{"share", func() { c.expect(http.StatusOK, http.MethodPost, runPost, completion) }, true},
			{"same share", func() { c.expect(http.StatusOK, http.MethodPost, runPost, completion) }, false},
			{"same share with a value", func() {
				c.expect(http.StatusOK, http.MethodPost, runPost, withBody(`"taskdata":{"`+field+`":"x"}`))
			}, vintage == sandbox.Legacy},
			{"share outside", func() { c.CompleteOutside(task, 7, nil) }, true},
			{"values", func() { c.expect(http.StatusOK, http.MethodPut, runTask, `{"taskdata":{"`+field+`":"y"}}`) }, true},
			{"refused", func() { c.expect(422, http.MethodPut, runTask, `{"title":5}`) }, false},
			{"last share", func() { c.expect(http.StatusOK, http.MethodPost, runPost, withBody(`"override_user":8`)) }, true},
			{"reopened", func() { c.expect(http.StatusOK, http.MethodDelete, runPost+"/"+task, "") }, true},
			{"read", func() { c.expect(http.StatusOK, http.MethodGet, runTask, "") }, false},
		} {
			t.Run(step.name, func(t *testing.T) {
				minute++
				now = noon.Add(time.Duration(minute) * time.Minute)
				step.do()
				if step.writes {
					want = now.Truncate(time.Second)
				}
				got := c.expect(http.StatusOK, http.MethodGet, orgTask, "")
				if shown := `"` + want.Format("2006-01-02T15:04:05Z") + `"`; got.at("data", "last_updated") != shown {
					t.Errorf("got %s, want %s", got.at("data", "last_updated"), shown)
				}
			})
		}
	}
}
