// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// URLForms are the forms of URLs that [ParseURL] accepts (API.md §5). The host may be any.
var URLForms = []string{
	"https://go.tallyfy.com/{organization}/processes/{run}",
	"https://go.tallyfy.com/tracker/{run}",
	"https://go.tallyfy.com/organizations/{organization}/runs/{run}/tasks/{task}",
	"https://go.tallyfy.com/{organization}/magic?action=completeTask&task_id={task} (or action=reOpenTask)",
	"https://go.tallyfy.com/guest-all-task/{organization}/{code}",
	"https://go.tallyfy.com/#/org/{organization}/...",
}

var errNoForm = errors.New("its form is not one that Tallyfy's URLs are known to have")

// ParseURL returns the IDs in a URL of Tallyfy's web app that has one of [URLForms]. IDs that a
// form does not contain are empty: the URL of a process has no task, and that of a guest has only
// the organization.
//
// The host does not matter, so that URLs of a staging system and of the API are accepted too;
// the API's may have its mount point, /api, before the path. A URL with a longer path than its
// form is an error. The error completes a sentence that names the URL; it does not contain the
// URL, which may be someone's personal link.
func ParseURL(s string) (TaskRef, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return TaskRef{}, errors.New("it cannot be read as a URL")
	case u.Scheme != "https" && u.Scheme != "http":
		return TaskRef{}, errors.New("it does not begin with https://")
	case u.Hostname() == "":
		return TaskRef{}, errors.New("it has no host")
	}
	ref, err := idsIn(u)
	if err != nil {
		return TaskRef{}, err
	}
	if err := ref.checkIDs(); err != nil {
		return TaskRef{}, err
	}
	return ref, nil
}

// checkIDs returns an error if one of the IDs in r is invalid. The error completes a sentence.
func (r TaskRef) checkIDs() error {
	for _, id := range []struct{ of, value string }{{"organization", r.Organization}, {"process", r.Run}, {"task", r.Task}} {
		if id.value == "" { // the form does not contain it
			continue
		}
		if !utf8.ValidString(id.value) {
			return fmt.Errorf("the ID of its %s is invalid: it is not UTF-8", id.of)
		}
		if err := CheckID(id.value); err != nil {
			return fmt.Errorf("the ID of its %s is invalid: %w", id.of, err)
		}
	}
	return nil
}

// idsIn returns the IDs in a URL, unchecked.
func idsIn(u *url.URL) (TaskRef, error) {
	parts, err := segments(u.EscapedPath())
	if err != nil {
		return TaskRef{}, err
	}
	if len(parts) > 0 && parts[0] == "api" {
		parts = parts[1:]
	}
	var ref TaskRef
	switch {
	case fits(parts, "organizations", &ref.Organization, "runs", &ref.Run, "tasks", &ref.Task),
		fits(parts, "guest-all-task", &ref.Organization, new(string)),
		fits(parts, "tracker", &ref.Run),
		fits(parts, &ref.Organization, "processes", &ref.Run):
		return ref, nil
	case fits(parts, &ref.Organization, "magic"):
		return magic(ref, u)
	case len(parts) == 0:
		old, err := segments(u.EscapedFragment())
		if err == nil && len(old) >= 2 && fits(old[:2], "org", &ref.Organization) {
			return ref, nil // what follows the organization is not documented
		}
	}
	return TaskRef{}, errNoForm
}

// magic parses the query of a link that acts on a task.
func magic(ref TaskRef, u *url.URL) (TaskRef, error) {
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil || !slices.Contains([]string{"completeTask", "reOpenTask"}, query.Get("action")) {
		return TaskRef{}, errNoForm
	}
	if ref.Task = query.Get("task_id"); ref.Task == "" {
		return TaskRef{}, errors.New("it is a magic link without a task_id")
	}
	return ref, nil
}

// segments splits a path and decodes its escapes. A slash at the end does not count, because it is
// easily pasted.
func segments(path string) ([]string, error) {
	path = strings.TrimSuffix(strings.TrimPrefix(path, "/"), "/")
	if path == "" {
		return nil, nil
	}
	parts := strings.Split(path, "/")
	for i, part := range parts {
		text, err := url.PathUnescape(part)
		if err != nil || text == "" {
			return nil, errNoForm
		}
		parts[i] = text
	}
	return parts, nil
}

// fits reports whether the parts match a pattern, in which a string stands for itself and a pointer
// for any part. If they do, it sets the pointers.
func fits(parts []string, pattern ...any) bool {
	if len(parts) != len(pattern) {
		return false
	}
	for i, want := range pattern {
		if text, fixed := want.(string); fixed && text != parts[i] {
			return false
		}
	}
	for i, want := range pattern {
		if id, ok := want.(*string); ok {
			*id = parts[i]
		}
	}
	return true
}
