// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/clitest"
	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// webhookTemplate is the template of the processes that TestWebhook launches.
const webhookTemplate = "7e390000000000000000000000000aaa"

// gitHub is GitHub's API, which only receives events for a repository.
type gitHub struct {
	*httptest.Server
	mu     sync.Mutex
	events []string // the ID of the process of each
}

func newGitHub(t *testing.T) *gitHub {
	t.Helper()
	g := &gitHub{}
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			EventType     string            `json:"event_type"`
			ClientPayload map[string]string `json:"client_payload"`
		}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body.EventType != "tallyfy" || r.Method != http.MethodPost ||
			r.URL.Path != "/repos/example/infrastructure/dispatches" || r.Header.Get("Authorization") != "Bearer github-token" {
			t.Errorf("got %s %s: %+v (%v)", r.Method, r.URL, body, err)
		}
		g.mu.Lock()
		defer g.mu.Unlock()
		g.events = append(g.events, body.ClientPayload["run_id"])
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(g.Close)
	return g
}

func (g *gitHub) received() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]string{}, g.events...)
}

// built builds a program of this source.
func built(t *testing.T, folder string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), filepath.Base(folder))
	build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", program, folder) //nolint:gosec // our own source
	build.Dir = filepath.Dir(examples(t))
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// background runs commands until the test ends, and returns the lines that they print.
func background(t *testing.T, commands string, env ...string) *bufio.Scanner {
	t.Helper()
	command := exec.CommandContext(t.Context(), "sh", "-eu", "-c", commands) //nolint:gosec // commands of a page
	command.Env, command.Dir = append(os.Environ(), env...), filepath.Dir(examples(t))
	printed, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	command.Stderr = command.Stdout
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	return bufio.NewScanner(printed)
}

// next returns what follows the text in the next line that has it.
func next(t *testing.T, lines *bufio.Scanner, text string) string {
	t.Helper()
	for lines.Scan() {
		if _, rest, found := strings.Cut(lines.Text(), text); found {
			return rest
		}
	}
	t.Fatalf("%q is not printed: %v", text, lines.Err())
	return ""
}

// replaced replaces a command of a page, which it must have.
func replaced(t *testing.T, commands, command, by string) string {
	t.Helper()
	if !strings.Contains(commands, command) {
		t.Fatalf("%q is not among the commands:\n%s", command, commands)
	}
	return strings.Replace(commands, command, by, 1)
}

// startRelay runs the commands of the guide that start the relay, and returns the URL of the
// webhook.
func startRelay(t *testing.T, gitHub string) string {
	t.Helper()
	commands := shellBlocks(t, "docs/guides/webhook-to-completed-task.md", "Relay the Webhook")[0]
	commands = replaced(t, commands, "go run ./examples/guides/webhook/relay", `echo "secret $RELAY_SECRET"; exec "`+built(t, "./examples/guides/webhook/relay")+`"`)
	lines := background(t, commands, "TALLYFY_ORG_ID="+sandbox.DefaultOrganization, "RELAY_LISTEN=127.0.0.1:0", "GITHUB_API_URL="+gitHub, "GITHUB_TOKEN=github-token")
	secret := next(t, lines, "secret ")
	address := next(t, lines, "listening on ")
	go func() {
		for lines.Scan() { // so that the relay never waits for a reader
		}
	}()
	return "http://" + address + "/" + secret
}

// TestWebhookSandbox runs the commands of the section "Try It": a relay that only logs, the sandbox
// that calls it, and the launch of a process.
func TestWebhookSandbox(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"sh", "openssl", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("there is no %s", tool)
		}
	}
	blocks := shellBlocks(t, "docs/guides/webhook-to-completed-task.md", "Try It")
	if len(blocks) != 2 {
		t.Fatalf("the section has %d blocks of commands: teach this test to run them", len(blocks))
	}
	settings, rest, _ := strings.Cut(blocks[0], "\n")
	start, serve, _ := strings.Cut(rest, "\n")

	start = replaced(t, start, "RELAY_TARGET=log go run ./examples/guides/webhook/relay &", `echo "secret $RELAY_SECRET"; RELAY_TARGET=log exec "`+built(t, "./examples/guides/webhook/relay")+`"`)
	relay := background(t, settings+"\n"+start, "RELAY_LISTEN=127.0.0.1:0")
	secret := next(t, relay, "secret ")
	address := next(t, relay, "listening on ")

	serve = replaced(t, serve, `make sandbox ARGS="`, `eval exec "`+built(t, "./internal/sandbox/cmd/tallyfy-sandbox")+` -listen 127.0.0.1:0 `)
	serve = replaced(t, serve, "127.0.0.1:8080", address)
	served := background(t, serve, "RELAY_SECRET="+secret)
	url := next(t, served, "TALLYFY_BASE_URL=")

	launch := background(t, replaced(t, blocks[1], "http://127.0.0.1:8787/api", url))
	next(t, launch, `"checklist_title":"Launch a service"`)
	if got := next(t, served, "webhook, process launched: Launch a service - "); !strings.HasSuffix(got, ": 202") {
		t.Errorf("the relay returned %s", got)
	}
	if got := next(t, relay, "process "); got != "5eedcc00000000000000000000000001: started" {
		t.Errorf("the relay logs %s", got)
	}
}

// webhookTest is a checkout of the guide's configuration, and a sandbox whose webhooks go to the
// relay.
type webhookTest struct {
	*pipeline
	gitHub *gitHub
	steps  []string // the commands of the workflow
	calls  []sandbox.WebhookCall
}

func newWebhookTest(t *testing.T) *webhookTest {
	t.Helper()
	for _, tool := range []string{"sh", "bash", "openssl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("there is no %s", tool)
		}
	}
	w, err := clitest.Shared()
	if err != nil {
		t.Fatal(err)
	}
	wt := &webhookTest{gitHub: newGitHub(t)}
	server, err := sandbox.Start(sandbox.Config{
		WebhookURL:    startRelay(t, wt.gitHub.URL),
		WatchWebhooks: func(call sandbox.WebhookCall) { wt.calls = append(wt.calls, call) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	tasks := []sandbox.Task{{Title: "Request the VPC", Alias: "request-the-vpc"}}
	for _, task := range sandbox.SeedTasks() {
		if task.RunID == sandbox.SeedRunID {
			tasks = append(tasks, task)
		}
	}
	server.AddTemplate(webhookTemplate, "Launch a service", tasks...)

	guide := filepath.Join(examples(t), "guides", "webhook")
	backend := written(t, "backend.tf", "terraform {\n  backend \"local\" {}\n}\n")
	folder := t.TempDir()
	if err := clitest.Checkout(folder, filepath.Join(examples(t), "provider", "application.tf"), filepath.Join(guide, "main.tf"), backend); err != nil {
		t.Fatal(err)
	}
	wt.pipeline = pipelineOf(&fixture{t: t, w: w, server: server, folder: folder})
	wt.shell = "bash"                                                         // as in GitHub Actions
	wt.mustRun("init", "-input=false", "-backend-config=path=unused.tfstate") // writes the lock file, which the repository would hold
	wt.steps = workflowSteps(t, filepath.Join(guide, "github-actions.yml"))
	return wt
}

// workflowSteps returns the commands of the workflow, with a backend that keeps its state in a file
// instead of a bucket.
func workflowSteps(t *testing.T, file string) []string {
	t.Helper()
	type job struct {
		Env         map[string]string
		Concurrency struct {
			Group  string
			Cancel bool `json:"cancel-in-progress"`
		}
		Steps []struct{ Run string }
	}
	read := decodeYAML(t, file)
	apply := decoded[struct{ Jobs struct{ Apply job } }](t, read).Jobs.Apply
	const id = "${{ github.event.client_payload.run_id || inputs.run_id }}"
	if apply.Env["TF_VAR_run_id"] != id || apply.Concurrency.Group != "tallyfy-"+id || apply.Concurrency.Cancel {
		t.Errorf("the job is not one of a process: %+v", apply)
	}
	if !strings.Contains(content(t, file), "types: [tallyfy]") {
		t.Error("the workflow does not run for the event that the relay sends")
	}
	var steps []string
	replaced := false
	for _, step := range apply.Steps {
		if step.Run != "" {
			replaced = replaced || strings.Contains(step.Run, "key=tallyfy/$TF_VAR_run_id.tfstate")
			steps = append(steps, strings.ReplaceAll(step.Run, "key=tallyfy/", "path=tallyfy/"))
		}
	}
	if !replaced {
		t.Errorf("the key of the state does not contain the process: %q", steps)
	}
	return steps
}

// launch launches a process through the API, and returns its ID and its tasks by alias, as the
// webhook of the launch sends them.
func (wt *webhookTest) launch() (processID string, tasks map[string]string) {
	wt.t.Helper()
	wt.post("/organizations/"+sandbox.DefaultOrganization+"/runs", `{"checklist_id":"`+webhookTemplate+`"}`)
	var payload struct {
		ID    string
		Tasks map[string]string `json:"process-tasks"`
	}
	last := wt.calls[len(wt.calls)-1]
	if err := json.Unmarshal(last.Body, &payload); err != nil || payload.ID == "" || payload.Tasks["request-the-vpc"] == "" {
		wt.t.Fatalf("%s: %v\n%s", last.Event, err, last.Body)
	}
	return payload.ID, payload.Tasks
}

// post sends a request to the sandbox as a person's tool does, and waits for its webhooks.
func (wt *webhookTest) post(path, body string) {
	wt.t.Helper()
	req, err := http.NewRequestWithContext(wt.t.Context(), http.MethodPost, wt.server.URL()+path, strings.NewReader(body))
	if err != nil {
		wt.t.Fatal(err)
	}
	for name, value := range map[string]string{"Authorization": "Bearer " + sandbox.DefaultToken, "X-Tallyfy-Client": "APIClient", "Content-Type": "application/json"} {
		req.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(req)
	if err != nil {
		wt.t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // only the status is read
	if response.StatusCode >= 300 {
		wt.t.Fatalf("%s: %s", path, response.Status)
	}
	wt.server.WaitForWebhooks()
}

// complete completes a task of a process, or sends its completion again.
func (wt *webhookTest) complete(processID, taskID string) {
	wt.t.Helper()
	wt.post("/organizations/"+sandbox.DefaultOrganization+"/runs/"+processID+"/completed-tasks", `{"task_id":"`+taskID+`"}`)
}

// job runs the workflow for a process, on a machine of its own, and returns the number of
// completions.
func (wt *webhookTest) job(processID string) (completions int, out string, err error) {
	wt.t.Helper()
	if err := os.RemoveAll(filepath.Join(wt.folder, ".terraform")); err != nil {
		wt.t.Fatal(err)
	}
	wt.env = []string{"TF_VAR_run_id=" + processID}
	out, err = wt.run(wt.steps...)
	wt.server.WaitForWebhooks()
	return wt.server.Count(http.MethodPost, "completed-tasks"), out, err
}

// TestWebhook completes a step of a process, whose webhook reaches GitHub through the relay, and
// runs the workflow of the guide for the process in the event that GitHub receives.
func TestWebhook(t *testing.T) {
	t.Parallel()
	wt := newWebhookTest(t)
	apply := func(processID string, want int) {
		t.Helper()
		if got, out, err := wt.job(processID); err != nil || got != want {
			t.Fatalf("the job of %s sent %d completions, want %d: %v\n%s", processID, got, want, err, out)
		}
	}
	events := func(want ...string) {
		t.Helper()
		if got := wt.gitHub.received(); !slices.Equal(got, want) {
			t.Fatalf("GitHub got %q, want %q", got, want)
		}
	}

	first, tasks := wt.launch()
	events() // the launch starts nothing
	wt.complete(first, tasks["request-the-vpc"])
	events(first)
	wt.complete(first, tasks["request-the-vpc"]) // the same event again
	events(first)
	apply(first, 2)
	for alias, completed := range map[string]bool{"provision-the-vpc": true, "approve-the-change": true, "announce-the-maintenance-window": false} {
		if task, _ := wt.server.Task(tasks[alias]); (task.CompletedAt != "") != completed {
			t.Errorf("%s is %s", alias, task.Status)
		}
	}
	events(first) // the steps that the pipeline completes start nothing

	second, tasks := wt.launch()
	wt.complete(second, tasks["request-the-vpc"])
	events(first, second)
	apply(second, 2)
	apply(first, 0) // each process has its own state
	apply(second, 0)
	for _, processID := range []string{first, second} {
		if _, err := os.Stat(filepath.Join(wt.folder, "tallyfy", processID+".tfstate")); err != nil {
			t.Error(err)
		}
	}

	var statuses []int
	for _, call := range wt.calls {
		statuses = append(statuses, call.Status)
	}
	// Twice: a launch, the step, and the two steps of the pipeline. The first step was sent again.
	if want := []int{200, 202, 200, 200, 200, 200, 202, 200, 200}; !slices.Equal(statuses, want) {
		t.Errorf("the relay returned %v, want %v", statuses, want)
	}
}

// TestWebhookInvalidID runs the workflow with what is not the ID of a process: it ends before
// anything reads it.
func TestWebhookInvalidID(t *testing.T) {
	t.Parallel()
	wt := newWebhookTest(t)
	for _, processID := range []string{"", "../" + sandbox.SeedRunID, sandbox.SeedRunID + "0", sandbox.SeedRunID[1:], strings.ToUpper(sandbox.DefaultOrganization), sandbox.SeedRunID + "\n", "x\n" + sandbox.SeedRunID} {
		_, out, err := wt.job(processID)
		if err == nil || strings.Contains(out, "Terraform") || strings.Contains(out, "OpenTofu") || !strings.Contains(out, "This is not the ID of a process.") {
			t.Errorf("%q: %v\n%s", processID, err, out)
		}
	}
	if got := wt.server.Count("", ""); got != 0 {
		t.Errorf("%d requests were sent", got)
	}
}
