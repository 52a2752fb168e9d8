// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

// Command tallyfy-sandbox serves an in-memory Tallyfy with a demo process on a
// loopback address, for trying a configuration without an account. It prints
// each request, and ends on an interrupt.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/signal"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

// shutdownTime is how long requests may take to finish after an interrupt.
const shutdownTime = 2 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run serves until ctx ends, and returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("tallyfy-sandbox", flag.ContinueOnError)
	flags.SetOutput(stderr)
	listen := flags.String("listen", "127.0.0.1:8787", "loopback `address` to listen on; port 0 picks a free one")
	vintage := flags.String("vintage", "today", "generation of the API: `today or legacy`")
	rateLimit := flags.Int("rate-limit", 0, "`requests` accepted in any second; others get a 429; 0 sets no limit (default 0)")
	latency := flags.Duration("latency", 0, "`time` that passes before each request is handled, such as 50ms (default 0s)")
	webhook := flags.String("webhook", "", "`URL` that gets the webhooks of launched processes, completed steps and completed processes; none by default")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2 // the flag package has printed why
	}

	config := sandbox.Config{Watch: func(e sandbox.Entry) { sandbox.WriteEntry(stdout, e) }}
	switch *vintage {
	case "today":
	case "legacy":
		config.Vintage = sandbox.Legacy
	default:
		say(stderr, "tallyfy-sandbox: -vintage is today or legacy, not %q\n", *vintage)
		return 2
	}
	if *rateLimit < 0 {
		say(stderr, "tallyfy-sandbox: -rate-limit is a number of requests per second, or 0 for no limit, not %d\n", *rateLimit)
		return 2
	}
	config.RateLimit = sandbox.RateLimit{Requests: *rateLimit, Per: time.Second}
	if *latency < 0 {
		say(stderr, "tallyfy-sandbox: -latency is a time such as 50ms, not %s\n", *latency)
		return 2
	}
	config.Latency = *latency
	if *webhook != "" {
		if u, err := url.Parse(*webhook); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			say(stderr, "tallyfy-sandbox: -webhook is a URL such as http://127.0.0.1:8080/secret, not %q\n", *webhook)
			return 2
		}
		config.WebhookURL = *webhook
		config.WatchWebhooks = func(c sandbox.WebhookCall) {
			result := fmt.Sprint(c.Status)
			if c.Err != nil {
				result = c.Err.Error()
			}
			say(stdout, "      webhook, %s: %s\n", c.Event, result)
		}
	}
	if flags.NArg() > 0 {
		say(stderr, "tallyfy-sandbox: %q is not a flag; all settings are flags, see -help\n", flags.Arg(0))
		return 2
	}

	server, err := sandbox.StartOn(*listen, config)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		say(stderr, "tallyfy-sandbox: %s is in use by another program, perhaps another sandbox.\n"+
			"Stop that program, or choose another address, for example -listen 127.0.0.1:0 for a free port.\n", *listen)
		return 1
	case err != nil:
		say(stderr, "tallyfy-sandbox: %v\n", err)
		return 1
	}
	defer server.Close()
	sandbox.Seed(server)
	introduce(stdout, server.URL())

	<-ctx.Done()
	say(stdout, "\nStopping.\n")
	// ctx has ended, so the shutdown needs its own timeout.
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	if err := server.Shutdown(ending); err != nil {
		say(stderr, "tallyfy-sandbox: some requests were cut: %v\n", err)
	}
	return 0
}

// introduce prints how to use the sandbox and what it contains.
func introduce(w io.Writer, url string) {
	say(w, `An in-memory Tallyfy. Nothing is kept once it stops. To use it:

export TALLYFY_BASE_URL=%s
export TALLYFY_ACCESS_TOKEN=%s
export TALLYFY_ORG_ID=%s

The same for Tallyfy's own CLI, which needs the organization as a flag:

export TALLYFY_API_TOKEN=%s
tallyfy task list --org %s

Or as an application, which gets tokens from the sandbox:

unset TALLYFY_ACCESS_TOKEN
export TALLYFY_CLIENT_ID=%s
export TALLYFY_CLIENT_SECRET=%s
export TALLYFY_TOKEN_URL=%s/oauth/token

`, url, sandbox.DefaultToken, sandbox.DefaultOrganization, sandbox.DefaultToken, sandbox.DefaultOrganization, sandbox.DefaultClientID, sandbox.DefaultClientSecret, url)

	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	say(table, "TASK\tTYPE\tRUN ID\tTASK ID\n")
	for _, t := range sandbox.SeedTasks() {
		say(table, "%s\t%s\t%s\t%s\n", t.Title, orDefault(t.Type, "task"), orDefault(t.RunID, "(one-off)"), t.ID)
		for _, f := range t.Fields {
			required := ""
			if f.Required {
				required = ", required"
			}
			say(table, "  %s\t%s%s\t\t  field %s\n", f.Label, f.Type, required, f.ID)
		}
	}
	_ = table.Flush() // as in say
	say(w, "\nPOST runs launches more processes of its template %s.\n", sandbox.SeedTemplateID)
	say(w, "\nRequests:\n")
}

// say writes to the terminal. If that fails, there is no other place for the error.
func say(w io.Writer, format string, args ...any) {
	_, _ = fmt.Fprintf(w, format, args...)
}

func orDefault(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
