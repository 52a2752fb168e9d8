// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-log/tflog"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"
	acc "github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/prototest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// asApplication returns a configuration for the sandbox with credentials and more lines in the
// provider block. As with config, plans do not read.
func (h *harness) asApplication(blocks string, lines ...string) string {
	return fmt.Sprintf("provider \"tallyfy\" {\n  preflight = false\n  base_url = %q\n  token_url = %q\n  organization_id = %q\n  %s\n}\n%s\n",
		h.URL(), h.URL()+"/oauth/token", sandbox.DefaultOrganization, strings.Join(lines, "\n  "), blocks)
}

// Lines of a provider block.
var (
	clientID     = fmt.Sprintf("client_id = %q", sandbox.DefaultClientID)
	clientSecret = fmt.Sprintf("client_secret = %q", sandbox.DefaultClientSecret)
	bothOfClient = clientID + "\n  " + clientSecret
	callerEmail  = fmt.Sprintf("user_email = %q", sandbox.SeedCallerEmail)
)

// Each invalid combination of credentials is an error of the plan, on the attribute that is wrong,
// without a request.
func TestPlanReportsInvalidCredentials(t *testing.T) {
	t.Parallel()
	const token = `access_token = "t"`
	for name, c := range map[string]struct {
		provider string
		says     *regexp.Regexp
	}{
		"id and token":            {token + "\n  " + clientID, spaced("Invalid Attribute Combination", "access_token =", "access_token cannot be used together with client_id:")},
		"secret and token":        {token + "\n  " + clientSecret, spaced("Invalid Attribute Combination", "together with client_secret:")},
		"address and token":       {token + "\n  token_url = \"https://h/t\"", spaced("Invalid Attribute Combination", "together with token_url:")},
		"user and token":          {token + "\n  user_email = \"a@b\"", spaced("Invalid Attribute Combination", "together with user_email:")},
		"id alone":                {clientID, spaced("Missing Client Secret", "client_secret is not configured", "TALLYFY_CLIENT_SECRET")},
		"secret alone":            {clientSecret, spaced("Missing Client ID", "client_id is not configured", "TALLYFY_CLIENT_ID")},
		"address alone":           {`token_url = "https://h/t"`, spaced("Missing Client ID")},
		"user alone":              {callerEmail, spaced("Missing Client ID")},
		"user, no organization":   {bothOfClient + "\n  " + callerEmail, spaced("Missing Organization", "user_email", "TALLYFY_ORG_ID")},
		"id empty":                {`client_id = ""`, spaced("Invalid Client ID", "client_id cannot be used: it is empty")},
		"id with space":           {`client_id = "1 2"`, spaced("Invalid Client ID", "whitespace")},
		"secret with line break":  {clientID + "\n  client_secret = \"s3cr3t\\n\"", spaced("Invalid Client Secret", "trailing line break")},
		"address without TLS":     {bothOfClient + "\n  token_url = \"http://account.tallyfy.com/oauth/token\"", spaced("Invalid Token URL", "would send the client secret unencrypted")},
		"address with a password": {bothOfClient + "\n  token_url = \"https://u:s3cr3t@h/t\"", spaced("Invalid Token URL", "must not contain a user name or password")},
		"user is not an address":  {bothOfClient + "\n  user_email = \"me\"", spaced("Invalid Email Address", `(given: "me")`)},
		"neither":                 {"", spaced("Missing Access Token", "client_id and client_secret")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, sandbox.Config{})
			h.run(acc.TestStep{
				Config:   fmt.Sprintf("provider \"tallyfy\" {\n  base_url = %q\n  %s\n}\n%s", h.URL(), c.provider, block(plainTask, "organization_id = \"o\"")),
				PlanOnly: true, ExpectError: c.says,
			})
			if n := len(h.Journal()); n != 0 {
				t.Errorf("%d requests were made", n)
			}
		})
	}
}

func TestApplicationCompletesATask(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	h.run(acc.TestStep{
		Config: h.asApplication(block(plainTask), bothOfClient),
		ConfigStateChecks: []statecheck.StateCheck{
			h.sent("POST /oauth/token", "GET", "POST /completed-tasks"), h.fired(sandbox.SeedPlainTaskID, 1),
			statecheck.ExpectKnownValue(it, at("completer_id"), knownvalue.Null()),
		},
	})
}

func TestApplicationActsAsAUser(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	h.run(acc.TestStep{
		// A number is converted to its digits.
		Config: h.asApplication(block(plainTask), "client_id = "+sandbox.DefaultClientID, clientSecret, fmt.Sprintf("user_email = %q", sandbox.SeedColleagueEmail)),
		ConfigStateChecks: []statecheck.StateCheck{
			h.sent("POST /oauth/token", "POST /users/"+sandbox.SeedColleagueEmail+"/token", "GET", "POST /completed-tasks"),
			statecheck.ExpectKnownValue(it, at("completer_id"), knownvalue.Int64Exact(sandbox.SeedColleagueID)),
		},
	})
}

// The block decides between a token and credentials, and the environment supplies what is missing.
// If the block has neither, the environment must have only one of them.
func TestCredentialsFromTheEnvironment(t *testing.T) {
	both := map[string]string{envClientID: sandbox.DefaultClientID, envClientSecret: sandbox.DefaultClientSecret}
	withToken := func(token string) map[string]string {
		return map[string]string{envClientID: sandbox.DefaultClientID, envClientSecret: sandbox.DefaultClientSecret, envAccessToken: token, envAPIToken: token}
	}
	for name, c := range map[string]struct {
		environment map[string]string
		provider    []string
		first       string // the first request
		fails       *regexp.Regexp
	}{
		"environment alone":           {environment: both, first: "POST /api/oauth/token"},
		"secret from the environment": {environment: map[string]string{envClientSecret: sandbox.DefaultClientSecret}, provider: []string{clientID}, first: "POST /api/oauth/token"},
		"user, rest from environment": {environment: withToken("wrong"), provider: []string{callerEmail}, first: "POST /api/oauth/token"},
		"block with id":               {environment: withToken("wrong"), provider: []string{clientID}, first: "POST /api/oauth/token"},
		"block before environment":    {environment: map[string]string{envClientID: "wrong", envClientSecret: "wrong"}, provider: []string{bothOfClient}, first: "POST /api/oauth/token"},
		"block with token":            {environment: map[string]string{envClientID: "w r o n g"}, provider: []string{fmt.Sprintf("access_token = %q", sandbox.DefaultToken)}, first: "GET"},
		"both kinds":                  {environment: withToken(sandbox.DefaultToken), fails: spaced("Conflicting Credentials in the Environment", "TALLYFY_ACCESS_TOKEN", "TALLYFY_CLIENT_ID", "Unset the variables of one kind")},
		"id alone":                    {environment: map[string]string{envClientID: "1"}, fails: spaced("Missing Client Secret")},
		"secret alone":                {environment: map[string]string{envClientSecret: "s"}, fails: spaced("Missing Client ID")},
		"invalid secret":              {environment: map[string]string{envClientID: "1", envClientSecret: "s3cr3t\n"}, fails: spaced("Invalid Environment Variable", "TALLYFY_CLIENT_SECRET, which sets client_secret")},
		"invalid address":             {environment: map[string]string{envClientID: "1", envClientSecret: "s", envTokenURL: "http://account.tallyfy.com"}, fails: spaced("Invalid Environment Variable", "TALLYFY_TOKEN_URL")},
		"address alone":               {environment: map[string]string{envAccessToken: sandbox.DefaultToken, envTokenURL: "nonsense"}, first: "GET"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t, sandbox.Config{})
			t.Setenv(envBaseURL, h.URL())
			t.Setenv(envOrganization, sandbox.DefaultOrganization)
			t.Setenv(envTokenURL, h.URL()+"/oauth/token")
			for variable, value := range c.environment {
				t.Setenv(variable, value)
			}
			step := acc.TestStep{Config: fmt.Sprintf("provider \"tallyfy\" {\n  %s\n}\n%s", strings.Join(c.provider, "\n  "), block(plainTask))}
			if c.fails != nil {
				step.PlanOnly, step.ExpectError = true, c.fails
			}
			h.run(step)
			journal := h.Journal()
			if c.fails != nil && len(journal) > 0 {
				t.Errorf("%d requests were made", len(journal))
			}
			if c.fails == nil && !strings.HasPrefix(journal[0].Method+" "+journal[0].Path, c.first) {
				t.Errorf("the first request was %s %s", journal[0].Method, journal[0].Path)
			}
		})
	}
}

// A token that expires between the read and the completion causes neither a second completion nor a
// retry.
func TestExpiredTokenIsReplacedDuringACompletion(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	h.Inject(sandbox.Fault{Method: http.MethodPost, PathPart: "completed-tasks", Before: func(*http.Request) { h.RevokeTokens() }})
	h.run(acc.TestStep{
		Config: h.asApplication(block(plainTask), bothOfClient, "max_retries = 0"),
		ConfigStateChecks: []statecheck.StateCheck{
			h.sent("POST /oauth/token", "GET", "POST /completed-tasks", "POST /oauth/token", "POST /completed-tasks"), h.fired(sandbox.SeedPlainTaskID, 1),
		},
	})
	if n := h.Completions(sandbox.SeedPlainTaskID); n != 1 {
		t.Errorf("it was completed %d times", n)
	}
}

// A refused application fails the operation before it sends anything. The error names the source,
// the response and the fix.
func TestRefusedApplicationSendsNothingElse(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{ClientSecret: "another"})
	h.run(acc.TestStep{
		Config:      h.asApplication(block(plainTask), bothOfClient),
		ExpectError: spaced("Task Could Not Be Read", "getting an access token from "+h.URL()+"/oauth/token: Tallyfy returned 401 Unauthorized", "Tallyfy said: invalid_client", "Request ID: sandbox-"),
	})
	if n := h.Count("", "organizations"); n != 0 {
		t.Errorf("%d requests were made without a token", n)
	}
}

// TestEphemeralToken passes the provider a value that is in neither plans nor states.
func TestEphemeralToken(t *testing.T) {
	t.Parallel()
	h := newHarness(t, sandbox.Config{})
	config := func(variable, argument string) string {
		return fmt.Sprintf("variable %q {\n  type      = string\n  ephemeral = true\n  default   = %q\n}\n", variable, map[string]string{
			"token": sandbox.DefaultToken, "secret": sandbox.DefaultClientSecret,
		}[variable]) + h.asApplication(block(plainTask), argument)
	}
	acc.UnitTest(t, acc.TestCase{
		ProtoV6ProviderFactories: factories,
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_11_0)}, // the first OpenTofu with ephemeral values; Terraform has them since 1.10
		Steps: []acc.TestStep{
			{
				Config:            strings.Replace(config("token", "access_token = var.token"), "token_url", "# token_url", 1),
				ConfigStateChecks: []statecheck.StateCheck{h.sent("GET", "POST"), h.fired(sandbox.SeedPlainTaskID, 1)},
			},
			{Config: config("secret", clientID+"\n  client_secret = var.secret"), PlanOnly: true},
		},
	})
}

// While credentials are unknown, a plan works without them. Rules about several of them apply when
// all are known.
func TestPlanWithUnknownCredentials(t *testing.T) {
	t.Parallel()
	unknown := tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
	for name, provider := range map[string]attributes{
		"id":              {"client_id": unknown, "organization_id": "o"},
		"secret":          {"client_id": "1", "client_secret": unknown, "organization_id": "o"},
		"address":         {"client_id": "1", "client_secret": "s", "token_url": unknown, "organization_id": "o"},
		"user":            {"client_id": "1", "client_secret": "s", "user_email": unknown},
		"organization":    {"client_id": "1", "client_secret": "s", "user_email": "a@b", "organization_id": unknown},
		"all":             {"client_id": unknown, "client_secret": unknown, "token_url": unknown, "user_email": unknown},
		"token beside id": {"access_token": unknown, "client_id": "1"},
		"nothing":         {"client_id": "1", "client_secret": "s", "user_email": "a@b", "organization_id": "o"},
	} {
		t.Run(name, func(t *testing.T) {
			sent := &refusingTransport{}
			terraform, err := prototest.New(t.Context(), NewOver("test", sent), provider, "tallyfy_task_completion")
			if err != nil {
				t.Fatal(err)
			}
			if plan, err := terraform.PlanAsRecorded(t.Context(), configured()); err != nil || plan.Failed() && !strings.Contains(plan.String(), "Missing Organization") {
				t.Errorf("%v, %v", plan, err)
			}
			terraform.Record(completedState())
			said, err := terraform.Refresh(t.Context())
			if known := name == "nothing"; err != nil || strings.Contains(said.String(), "Completed Task Was Not Refreshed") == known || (sent.requests() > 0) != known {
				t.Errorf("after %d requests %s, %v", sent.requests(), said, err)
			}
		})
	}
}

// refusingTransport is a transport that responds to each request with a refusal.
type refusingTransport struct {
	mu    sync.Mutex
	count int
}

func (r *refusingTransport) RoundTrip(*http.Request) (*http.Response, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.count++
	recorder := httptest.NewRecorder()
	recorder.WriteHeader(http.StatusUnauthorized)
	return recorder.Result(), nil
}

func (r *refusingTransport) requests() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.count
}

// Secrets that the client receives later are masked as well.
func TestLogMasksSecretsReceivedLater(t *testing.T) {
	t.Parallel()
	var lines bytes.Buffer
	ctx := tflogtest.RootLogger(t.Context(), &lines)
	var known []string
	write := logger(tflog.SubsystemDebug, func() []string { return known })
	write(ctx, "before", map[string]any{"path": "s3cr3t"})
	known = append(known, "s3cr3t")
	write(ctx, "after s3cr3t", map[string]any{"path": "/s3cr3t/x"})
	before, after, _ := strings.Cut(lines.String(), "\n")
	if !strings.Contains(before, "s3cr3t") || !strings.Contains(after, "/***/x") || strings.Contains(after, "s3cr3t") {
		t.Errorf("the log holds\n%s", lines.String())
	}
}
