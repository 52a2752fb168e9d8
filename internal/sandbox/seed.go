// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package sandbox

// The IDs of the seeded process. They are valid IDs (32 hexadecimal digits) that
// are easy to distinguish from real ones.
const (
	// SeedRunID is the process "Launch the payments service".
	SeedRunID = "5eed0000000000000000000000000001"

	// SeedVPCTaskID is "Provision the VPC", a process task with a form of ten
	// fields, of which only the first is required.
	SeedVPCTaskID = "7a5c0000000000000000000000000001"

	// SeedApprovalTaskID is the approval "Approve the change".
	SeedApprovalTaskID = "7a5c0000000000000000000000000002"

	// SeedSecurityTaskID is the approval "Accept the security review", for
	// a rejection.
	SeedSecurityTaskID = "7a5c0000000000000000000000000003"

	// SeedPlainTaskID is "Announce the maintenance window", without a form.
	SeedPlainTaskID = "7a5c0000000000000000000000000004"

	// SeedExpiringTaskID is "Acknowledge the runbook", of the type expiring.
	SeedExpiringTaskID = "7a5c0000000000000000000000000005"

	// SeedEveryoneTaskID is "Sign off the launch", which CallerID and
	// SeedColleagueID must both complete.
	SeedEveryoneTaskID = "7a5c0000000000000000000000000006"

	// SeedEmailTaskID is "Send the launch notice", of the type email.
	SeedEmailTaskID = "7a5c0000000000000000000000000007"

	// SeedOneOffTaskID is "Rotate the deploy key", a one-off task outside any
	// process, with a title, a deadline and all three kinds of owners.
	SeedOneOffTaskID = "7a5c00000000000000000000000000ff"
)

// SeedTemplateID is the template of that process, from which POST runs launches
// more. Its launches also have the task "Escalate to the on-call team", which a rule
// has hidden.
const SeedTemplateID = "b1a40000000000000000000000000001"

// The IDs of the seeded form fields, which are the keys of taskdata.
const (
	// SeedVPCIDField is the required text "VPC id" of SeedVPCTaskID.
	SeedVPCIDField = "f1e1d000000000000000000000000001"

	// SeedVPCDateField is the date "Provisioned on" of SeedVPCTaskID.
	SeedVPCDateField = "f1e1d000000000000000000000000002"

	// SeedVPCRegionField is the dropdown "Region" of SeedVPCTaskID.
	SeedVPCRegionField = "f1e1d000000000000000000000000003"

	// SeedVPCChecksField is the multiselect "Checks done" of SeedVPCTaskID.
	SeedVPCChecksField = "f1e1d000000000000000000000000004"

	// SeedVPCSubnetsField is the table "Subnets" of two columns of SeedVPCTaskID.
	SeedVPCSubnetsField = "f1e1d000000000000000000000000005"

	// SeedVPCNotesField is the textarea "Notes" of SeedVPCTaskID.
	SeedVPCNotesField = "f1e1d000000000000000000000000006"

	// SeedVPCContactField is the email "Contact" of SeedVPCTaskID.
	SeedVPCContactField = "f1e1d000000000000000000000000007"

	// SeedVPCTierField is the radio "Tier" of SeedVPCTaskID.
	SeedVPCTierField = "f1e1d000000000000000000000000008"

	// SeedVPCReviewersField is the assignees_form "Reviewers" of SeedVPCTaskID.
	SeedVPCReviewersField = "f1e1d000000000000000000000000009"

	// SeedVPCDiagramField is the file "Diagram" of SeedVPCTaskID.
	SeedVPCDiagramField = "f1e1d00000000000000000000000000a"

	// SeedKeyField is the text "Key fingerprint" of SeedOneOffTaskID.
	SeedKeyField = "f1e1d0000000000000000000000000ff"
)

// The users and guests of the seeded tasks, besides CallerID.
const (
	// SeedColleagueID is the ID of another user.
	SeedColleagueID = 1002

	// SeedCallerEmail and SeedColleagueEmail are the emails of the two users.
	SeedCallerEmail    = "terraform@example.com"
	SeedColleagueEmail = "colleague@example.com"

	// SeedOutsiderEmail is the email of a user of another organization.
	SeedOutsiderEmail = "outsider@example.com"

	// SeedGuest is the email of a guest.
	SeedGuest = "auditor@example.com"

	// SeedGroupID is the ID of a group of users.
	SeedGroupID = "96000000000000000000000000000001"
)

// seedDeadline is a Monday far in the future, so that no deadline is moved or
// missed.
const seedDeadline = "2035-06-04T17:00:00Z"

// Seed adds the process "Launch the payments service", its template and a one-off
// task. Only the creation times differ from call to call.
func Seed(s *Server) {
	s.AddRun(SeedRunID, "Launch the payments service")
	steps := []Task{}
	for _, t := range SeedTasks() {
		s.AddTask(t)
		if t.RunID == SeedRunID {
			steps = append(steps, t)
		}
	}
	steps = append(steps, Task{Title: "Escalate to the on-call team", Alias: "escalate", Hidden: true, Owners: Owners{Users: []int64{CallerID}}})
	s.AddTemplate(SeedTemplateID, "Launch a service", steps...)
	s.changeRun(SeedRunID, func(p *process) { p.template = SeedTemplateID })
}

// SeedTasks returns the tasks that Seed adds, all of them open.
func SeedTasks() []Task {
	team := Owners{Users: []int64{CallerID, SeedColleagueID}}
	return []Task{
		seedVPCTask(),
		{ID: SeedApprovalTaskID, RunID: SeedRunID, Title: "Approve the change", Alias: "approve-the-change", Type: typeApproval, Owners: team},
		{ID: SeedSecurityTaskID, RunID: SeedRunID, Title: "Accept the security review", Alias: "accept-the-security-review", Type: typeApproval, Owners: team},
		{ID: SeedPlainTaskID, RunID: SeedRunID, Title: "Announce the maintenance window", Alias: "announce-the-maintenance-window", Owners: team},
		{
			ID: SeedExpiringTaskID, RunID: SeedRunID, Title: "Acknowledge the runbook", Alias: "acknowledge-the-runbook", Type: typeExpiring,
			Deadline: seedDeadline, Owners: team,
		},
		{
			ID: SeedEveryoneTaskID, RunID: SeedRunID, Title: "Sign off the launch", Alias: "sign-off-the-launch",
			EveryoneMustComplete: 2, Owners: team,
		},
		{ID: SeedEmailTaskID, RunID: SeedRunID, Title: "Send the launch notice", Alias: "send-the-launch-notice", Type: typeEmail, Owners: team},
		{
			ID: SeedOneOffTaskID, Title: "Rotate the deploy key", Deadline: seedDeadline,
			Owners: Owners{Users: []int64{CallerID}, Guests: []string{SeedGuest}, Groups: []string{SeedGroupID}},
			Fields: []Field{{ID: SeedKeyField, Label: "Key fingerprint", Type: "text"}},
		},
	}
}

func seedVPCTask() Task {
	return Task{
		ID: SeedVPCTaskID, RunID: SeedRunID, Title: "Provision the VPC", Deadline: seedDeadline,
		Summary: "Create the network that the payments service runs in.",
		Alias:   "provision-the-vpc",
		Owners:  Owners{Users: []int64{CallerID}},
		Fields: []Field{
			{ID: SeedVPCIDField, Label: "VPC id", Alias: "vpc-id", Type: "text", Required: true},
			{ID: SeedVPCDateField, Label: "Provisioned on", Type: "date"},
			{ID: SeedVPCRegionField, Label: "Region", Type: "dropdown", Options: []string{"us-west-2", "eu-central-1"}},
			{ID: SeedVPCChecksField, Label: "Checks done", Type: "multiselect", Options: []string{"Flow logs", "Peering", "DNS"}},
			{ID: SeedVPCSubnetsField, Label: "Subnets", Type: "table", Columns: []string{"Zone", "CIDR"}},
			{ID: SeedVPCNotesField, Label: "Notes", Type: "textarea"},
			{ID: SeedVPCContactField, Label: "Contact", Type: "email"},
			{ID: SeedVPCTierField, Label: "Tier", Type: "radio", Options: []string{"standard", "critical"}},
			{ID: SeedVPCReviewersField, Label: "Reviewers", Type: "assignees_form"},
			{ID: SeedVPCDiagramField, Label: "Diagram", Type: "file"},
		},
	}
}
