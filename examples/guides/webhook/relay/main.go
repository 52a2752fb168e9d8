// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

// Command relay starts a pipeline for a webhook of Tallyfy. It stands between the two because a CI
// system expects a request of its own form and with its own token. Its settings are environment
// variables: see main, and the function of each CI system. Run it behind a server that ends TLS. It
// needs only Go's standard library.
package main

import (
	"cmp"
	"context"
	"log"
	"net"
	"net/http"
	"os"
	"regexp"
	"time"
)

// validSecret matches secrets that are part of a URL as they are, and long enough.
var validSecret = regexp.MustCompile(`^[0-9A-Za-z._~-]{20,}$`)

func main() {
	r := &relay{
		secret:       os.Getenv("RELAY_SECRET"),   // the last part of the webhook's URL
		organization: os.Getenv("TALLYFY_ORG_ID"), // whose webhooks are accepted
		step:         os.Getenv("RELAY_STEP"),     // the alias of the step whose completion starts the pipeline; empty for the launch of a process
		seen:         map[string]time.Time{},
	}
	var err error
	if r.start, err = pipeline(os.Getenv("RELAY_TARGET")); err != nil {
		log.Fatal(err)
	}
	if !validSecret.MatchString(r.secret) {
		log.Fatal("RELAY_SECRET must be at least 20 letters, digits or characters of -._~")
	}
	if !validID.MatchString(r.organization) {
		log.Fatal("TALLYFY_ORG_ID must be the ID of an organization: 32 digits and letters from a to f")
	}
	var config net.ListenConfig
	listener, err := config.Listen(context.Background(), "tcp", cmp.Or(os.Getenv("RELAY_LISTEN"), ":8080"))
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("listening on %s", listener.Addr())
	server := &http.Server{Handler: r, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, WriteTimeout: 30 * time.Second}
	log.Fatal(server.Serve(listener))
}
