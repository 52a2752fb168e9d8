// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

const (
	anOrg  = "c0ffee00c0ffee00c0ffee00c0ffee00"
	aRun   = "5eed0000000000000000000000000001"
	aTask  = "7a5c0000000000000000000000000001"
	secret = "s3cr3tc0de"
)

var addresses = map[string]TaskRef{
	"https://go.tallyfy.com/" + anOrg + "/processes/" + aRun:                                        {Organization: anOrg, Run: aRun},
	"https://go.tallyfy.com/" + anOrg + "/processes/" + aRun + "/":                                  {Organization: anOrg, Run: aRun},
	"https://go.tallyfy.com/" + anOrg + "/processes/" + aRun + "?tab=tasks#top":                     {Organization: anOrg, Run: aRun},
	"https://go.tallyfy.com/tracker/" + aRun:                                                        {Run: aRun},
	"https://go.tallyfy.com/organizations/" + anOrg + "/runs/" + aRun + "/tasks/" + aTask:           {Organization: anOrg, Run: aRun, Task: aTask},
	"https://go.tallyfy.com/api/organizations/" + anOrg + "/runs/" + aRun + "/tasks/" + aTask:       {Organization: anOrg, Run: aRun, Task: aTask},
	"https://api.tallyfy.com/organizations/" + anOrg + "/runs/" + aRun + "/tasks/" + aTask:          {Organization: anOrg, Run: aRun, Task: aTask},
	"https://staging.go.tallyfy.com/tracker/" + aRun:                                                {Run: aRun},
	"http://127.0.0.1:8787/tracker/" + aRun:                                                         {Run: aRun},
	"https://go.tallyfy.com/" + anOrg + "/magic?action=completeTask&task_id=" + aTask:               {Organization: anOrg, Task: aTask},
	"https://go.tallyfy.com/" + anOrg + "/magic?code=" + secret + "&task_id=b%62&action=reOpenTask": {Organization: anOrg, Task: "bb"},
	"https://go.tallyfy.com/guest-all-task/" + anOrg + "/" + secret:                                 {Organization: anOrg},
	"https://go.tallyfy.com/#/org/" + anOrg + "/processes/" + aRun:                                  {Organization: anOrg},
	"https://go.tallyfy.com#/org/" + anOrg:                                                          {Organization: anOrg},
	"https://go.tallyfy.com/tracker/process%5fid":                                                   {Run: "process_id"},
	"HTTPS://GO.TALLYFY.COM/tracker/run_id_abc":                                                     {Run: "run_id_abc"},
}

var noAddresses = map[string]string{
	"":                                     "it does not begin with https://",
	aRun:                                   "it does not begin with https://",
	"go.tallyfy.com/tracker/" + aRun:       "it does not begin with https://",
	"ftp://go.tallyfy.com/tracker/" + aRun: "it does not begin with https://",
	"https:///tracker/" + aRun:             "it has no host",
	"https:tracker/" + aRun:                "it has no host",
	"https://go.tallyfy.com/%zz":           "it cannot be read as a URL",
	"https://go.tallyfy.com":               "not one that Tallyfy",
	"https://go.tallyfy.com/":              "not one that Tallyfy",
	"https://go.tallyfy.com/tracker":       "not one that Tallyfy",
	"https://go.tallyfy.com/tracker/":      "not one that Tallyfy",
	"https://go.tallyfy.com/tracker/" + aRun + "/tasks":                               "not one that Tallyfy",
	"https://go.tallyfy.com/Tracker/" + aRun:                                          "not one that Tallyfy",
	"https://go.tallyfy.com//tracker/" + aRun:                                         "not one that Tallyfy",
	"https://go.tallyfy.com/" + anOrg + "/processes":                                  "not one that Tallyfy",
	"https://go.tallyfy.com/" + anOrg + "/processes/" + aRun + "/" + aTask:            "not one that Tallyfy",
	"https://go.tallyfy.com/" + anOrg + "/tasks/" + aTask:                             "not one that Tallyfy",
	"https://go.tallyfy.com/organizations/" + anOrg + "/tasks/" + aTask:               "not one that Tallyfy",
	"https://go.tallyfy.com/organizations//runs/" + aRun + "/tasks/" + aTask:          "not one that Tallyfy",
	"https://go.tallyfy.com/api/api/tracker/" + aRun:                                  "not one that Tallyfy",
	"https://go.tallyfy.com/" + anOrg + "/magic":                                      "not one that Tallyfy",
	"https://go.tallyfy.com/" + anOrg + "/magic?task_id=" + aTask:                     "not one that Tallyfy",
	"https://go.tallyfy.com/" + anOrg + "/magic?action=deleteTask&task_id=" + aTask:   "not one that Tallyfy",
	"https://go.tallyfy.com/" + anOrg + "/magic?action=completeTask;task_id=" + aTask: "not one that Tallyfy",
	"https://go.tallyfy.com/" + anOrg + "/magic?action=completeTask":                  "a magic link without a task_id",
	"https://go.tallyfy.com/" + anOrg + "/magic?action=completeTask&task_id=a/b":      "the ID of its task is invalid",
	"https://go.tallyfy.com/guest-all-task/" + secret:                                 "not one that Tallyfy",
	"https://go.tallyfy.com/tracker/" + secret + "%2f..":                              "the ID of its process is invalid",
	"https://go.tallyfy.com/tracker/%ff":                                              "the ID of its process is invalid: it is not UTF-8",
	"https://go.tallyfy.com/tracker/%2e%2e":                                           "the ID of its process is invalid",
	"https://go.tallyfy.com/a%20b/processes/" + aRun:                                  "the ID of its organization is invalid",
	"https://go.tallyfy.com/#/org":                                                    "not one that Tallyfy",
	"https://go.tallyfy.com/#/orgs/" + anOrg:                                          "not one that Tallyfy",
	"https://go.tallyfy.com/home#/org/" + anOrg:                                       "not one that Tallyfy",
}

func TestParseURL(t *testing.T) {
	t.Parallel()
	for address, want := range addresses {
		t.Run(address, func(t *testing.T) {
			if got, err := ParseURL(address); err != nil || got != want {
				t.Errorf("got %+v, %v; want %+v", got, err, want)
			}
		})
	}
	for address, says := range noAddresses {
		t.Run(address, func(t *testing.T) {
			got, err := ParseURL(address)
			if err == nil || got != (TaskRef{}) {
				t.Errorf("got %+v, %v", got, err)
				return
			}
			contains(t, err.Error(), says)
			if strings.Contains(err.Error(), secret) {
				t.Errorf("the error repeats what may be personal: %v", err)
			}
		})
	}
	for _, form := range URLForms {
		address, _, _ := strings.Cut(strings.NewReplacer("{", "", "}", "").Replace(form), " (")
		if _, err := ParseURL(address); err != nil {
			t.Errorf("the form %s: %v", form, err)
		}
	}
}

// FuzzParseURL checks that the IDs can be sent to Tallyfy, were in the address, and are found again
// in an address that is built from them.
func FuzzParseURL(f *testing.F) {
	for address := range addresses {
		f.Add(address)
	}
	for address := range noAddresses {
		f.Add(address)
	}
	f.Fuzz(func(t *testing.T, address string) {
		ref, err := ParseURL(address)
		if err != nil {
			if ref != (TaskRef{}) {
				t.Errorf("both ids and an error: %+v, %v", ref, err)
			}
			return
		}
		if ref == (TaskRef{}) {
			t.Fatal("neither ids nor an error")
		}
		plain, _ := url.QueryUnescape(address) // an address may be escaped in places where a query is not
		path, _ := url.PathUnescape(address)
		for _, id := range []string{ref.Organization, ref.Run, ref.Task} {
			if id == "" {
				continue
			}
			if err := CheckID(id); err != nil || !utf8.ValidString(id) {
				t.Errorf("%q is no id: %v", id, err)
			}
			if plain+path != "" && !strings.Contains(address+plain+path, id) {
				t.Errorf("%q is not in the address", id)
			}
		}
		if ref.Organization == "" || ref.Run == "" || ref.Task == "" {
			return
		}
		made := "https://go.tallyfy.com/organizations/" + url.PathEscape(ref.Organization) + "/runs/" + url.PathEscape(ref.Run) + "/tasks/" + url.PathEscape(ref.Task)
		if again, err := ParseURL(made); err != nil || again != ref {
			t.Errorf("%s: got %+v, %v; want %+v", made, again, err, ref)
		}
	})
}
