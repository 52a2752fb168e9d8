// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/tallyfy"
)

// FuzzMoveSource checks that any state of another provider is rejected, or yields IDs that are in
// it.
func FuzzMoveSource(f *testing.F) {
	for _, state := range []string{
		`{` + inRun + `,"data":"{\"task_id\":\"t\"}"}`,
		`{` + inRun + `,"create_method":"PUT","create_path":"/completed-tasks","data":"{}","create_response":"{\"data\":{\"id\":\"t\"}}"}`,
		`{` + inRun + `,"method":"POST","body":{"value":{"task_id":"t"},"type":["object",{"task_id":"string"}]}}`,
		`{"path":"/api/organizations/o/completed-tasks?q","body":{"value":"{\"task_id\":\"a/b\"}","type":"string"},"output":{"value":{"id":"t"}}}`,
		``, `null`, `[]`, `{"path":7,"data":[]}`, `{"path":"/runs/%2f/completed-tasks","data":"{\"task_id\":\"t\"}"}`, `{"path":"/completed-tasks","data":"{\"task_id\":\"\\u0000\"}"}`,
	} {
		f.Add(state)
	}
	f.Fuzz(func(t *testing.T, state string) {
		for _, source := range moveSources {
			ref, err := source.completion(&tfprotov6.RawState{JSON: []byte(state)})
			if err != nil {
				continue
			}
			for name, id := range map[string]string{"organization": ref.Organization, "run": ref.Run, "task": ref.Task} {
				if err := tallyfy.CheckID(id); err != nil && (id != "" || name == "task") {
					t.Errorf("%s: the %s is not an ID: %v", source.resource, name, err)
				}
			}
			// Escaped IDs have several spellings.
			if utf8.ValidString(state) && !strings.ContainsAny(state, `\%`) && !strings.Contains(state, ref.Task) {
				t.Errorf("%s: the task %q is not in the state", source.resource, ref.Task)
			}
		}
	})
}
