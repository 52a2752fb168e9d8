// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy

import (
	"strings"
	"testing"
)

func TestServerMessage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, said, code string }{
		"laravel":             {`{"message":"The given data was invalid.","errors":{"is_approved":["The is approved field is required."]}}`, "The given data was invalid.; is_approved: The is approved field is required.", ""},
		"error is a bool":     {`{"error":true,"errors":{"b":["two"],"a":"one"}}`, "a: one; b: two", ""},
		"nested errors":       {`{"errors":{"taskdata":{"f1":["bad","worse"]}}}`, "taskdata.f1: bad; taskdata.f1: worse", ""},
		"endpoint":            {`{"error":true,"message":"API endpoint not found","code":"ENDPOINT_NOT_FOUND"}`, "API endpoint not found", "ENDPOINT_NOT_FOUND"},
		"error is a string":   {`{"error":"invalid_client"}`, "invalid_client", ""},
		"error is an object":  {`{"error":{"code":"SEATS","message":"No seats","details":{"left":0}}}`, "No seats; left: 0", "SEATS"},
		"the edge":            {`{"error":"denied","message":"Permission denied. Error code: APSH213."}`, "Permission denied. Error code: APSH213.; denied", ""},
		"oauth":               {`{"error":"x","error_description":"why"}`, "x; why", ""},
		"code alone":          {`{"error":true,"code":"ONLY_CODE"}`, "ONLY_CODE", "ONLY_CODE"},
		"message is a list":   {`{"message":["one","two"]}`, "one; two", ""},
		"same twice":          {`{"message":"one","error":"one"}`, "one", ""},
		"plain text":          {" Unauthorized.\n", "Unauthorized.", ""},
		"a JSON string":       {`"Unauthorized."`, "Unauthorized.", ""},
		"html with a title":   {"<html><head><title>502\nBad Gateway</title>", `an HTML page titled "502 Bad Gateway"`, ""},
		"html without":        {"<!doctype html><p>x", "an HTML page", ""},
		"nothing":             {" \n", "", ""},
		"empty object":        {"{}", "", ""},
		"control characters":  {`{"message":"a\u001b[31mb\nc"}`, "a [31mb c", ""},
		"not UTF-8":           {"Acc\xe8s refus\xe9", "Acc\uFFFDs refus\uFFFD", ""},
		"cut off":             {`{"message":"on`, `{"message":"on`, ""},
		"numbers as written":  {`{"errors":{"owners":[12345678,1e999]}}`, "owners: 12345678; owners: 1e999", ""},
		"errors of odd types": {`{"errors":{"n":3,"b":false,"z":null}}`, "b: false; n: 3", ""},
	} {
		t.Run(name, func(t *testing.T) {
			said, code := serverMessage([]byte(c.body), noRedaction)
			if said != c.said || code != c.code {
				t.Errorf("got %q, %q; want %q, %q", said, code, c.said, c.code)
			}
		})
	}
	if said, _ := serverMessage([]byte(strings.Repeat("ä", 5000)), noRedaction); len([]rune(said)) != maxMessage+1 {
		t.Errorf("a long text was cut to %d characters", len([]rune(said)))
	}
	if said, _ := serverMessage([]byte("<title>"+strings.Repeat(`"`, 5000)+"</title>"), noRedaction); len([]rune(said)) > maxMessage+1 {
		t.Errorf("a long title was cut to %d characters", len([]rune(said)))
	}
}
