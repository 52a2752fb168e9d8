// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox_test

import (
	"net/http"
	"regexp"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

func TestSeedIDs(t *testing.T) {
	valid := regexp.MustCompile(`^[a-f0-9]{32}$`)
	seen := map[string]bool{}
	check := func(id string) {
		t.Helper()
		if !valid.MatchString(id) {
			t.Errorf("%q is not an id", id)
		}
		if seen[id] {
			t.Errorf("%q is used twice", id)
		}
		seen[id] = true
	}
	check(sandbox.DefaultOrganization)
	check(sandbox.SeedRunID)
	check(sandbox.SeedGroupID)
	for _, task := range sandbox.SeedTasks() {
		check(task.ID)
		for _, f := range task.Fields {
			check(f.ID)
		}
		if task.RunID != "" && task.RunID != sandbox.SeedRunID {
			t.Errorf("%s is in the run %s", task.Title, task.RunID)
		}
	}
}

// TestSeedWalk completes all seeded tasks.
func TestSeedWalk(t *testing.T) {
	c := start(t, sandbox.Config{})
	sandbox.Seed(c.Server)
	base := "/organizations/" + org
	inRun := base + "/runs/" + sandbox.SeedRunID
	body := func(id, more string) string { return `{"task_id":"` + id + `"` + more + `}` }

	got := c.expect(http.StatusOK, http.MethodGet, inRun, "")
	c.check(got, `"Launch the payments service"`, "data", "name")
	c.check(got, `"`+sandbox.SeedTemplateID+`"`, "data", "checklist_id")
	c.expect(422, http.MethodPost, inRun+"/completed-tasks", body(sandbox.SeedVPCTaskID, ""))
	c.expect(http.StatusOK, http.MethodPut, inRun+"/tasks/"+sandbox.SeedVPCTaskID, `{"taskdata":{`+
		`"`+sandbox.SeedVPCIDField+`":"vpc-0a1b",`+
		`"`+sandbox.SeedVPCDateField+`":"2035-06-01",`+
		`"`+sandbox.SeedVPCRegionField+`":{"id":2,"text":"eu-central-1"},`+
		`"`+sandbox.SeedVPCChecksField+`":[{"id":1,"text":"Flow logs","selected":true}],`+
		`"`+sandbox.SeedVPCSubnetsField+`":[["a","b"],["10.0.0.0/24","10.0.1.0/24"]],`+
		`"`+sandbox.SeedVPCNotesField+`":"none",`+
		`"`+sandbox.SeedVPCContactField+`":"net@example.com",`+
		`"`+sandbox.SeedVPCTierField+`":"critical",`+
		`"`+sandbox.SeedVPCReviewersField+`":{"users":[1002]},`+
		`"`+sandbox.SeedVPCDiagramField+`":[{"url":"https://example.com/vpc.png","filename":"vpc.png","source":"url"}]}}`)
	if note := c.lastNote(); note != "saved 10 values" {
		t.Errorf("note %q", note)
	}

	for id, more := range map[string]string{
		sandbox.SeedVPCTaskID:      "",
		sandbox.SeedApprovalTaskID: `,"is_approved":true`,
		sandbox.SeedSecurityTaskID: `,"is_approved":false`,
		sandbox.SeedPlainTaskID:    "",
		sandbox.SeedExpiringTaskID: "",
		sandbox.SeedEveryoneTaskID: "",
		sandbox.SeedEmailTaskID:    "",
	} {
		got := c.expect(http.StatusOK, http.MethodPost, inRun+"/completed-tasks", body(id, more))
		want := `"completed"`
		if id == sandbox.SeedEveryoneTaskID {
			want = `"in-progress"`
		}
		c.check(got, want, "data", "status")
	}
	c.expect(http.StatusOK, http.MethodPost, base+"/completed-tasks", body(sandbox.SeedOneOffTaskID, ""))
}
