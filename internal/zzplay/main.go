// Package main is a scratch server.
package main

import (
	"fmt"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/sandbox"
)

func main() {
	server, err := sandbox.StartOn(os.Args[1], sandbox.Config{Watch: func(e sandbox.Entry) { fmt.Print(time.Now().Format("05.000 ")); sandbox.WriteEntry(os.Stdout, e) }})
	if err != nil {
		panic(err)
	}
	sandbox.Seed(server)
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		id := q.Get("id")
		switch q.Get("do") {
		case "decide":
			a := q.Get("a") == "true"
			server.CompleteOutside(id, sandbox.SeedColleagueID, &a)
		case "complete":
			server.CompleteOutside(id, sandbox.SeedColleagueID, nil)
		case "reopen":
			server.ReopenOutside(id)
		case "add":
			server.AddTask(sandbox.Task{ID: id, RunID: q.Get("run"), Alias: q.Get("alias"), Title: q.Get("title"), Type: q.Get("type")})
		case "many":
			n, _ := strconv.Atoi(q.Get("n"))
			server.AddRun(q.Get("run"), "Launch")
			for i := range n {
				server.AddTask(sandbox.Task{ID: fmt.Sprintf("c5%030d", i), RunID: q.Get("run"), Title: fmt.Sprintf("Step %d", i), Status: "completed", CompletedAt: "2026-05-20T17:00:00.000Z", CompleterID: sandbox.CallerID})
			}
		case "nofacts":
			server.Update(id, func(t *sandbox.Task) { t.Extra = map[string]any{"completer_id": nil, "completer_guest_id": nil} })
		case "fault":
			status, _ := strconv.Atoi(q.Get("status"))
			times, _ := strconv.Atoi(q.Get("times"))
			skip, _ := strconv.Atoi(q.Get("skip"))
			delay, _ := time.ParseDuration(q.Get("delay"))
			server.Inject(sandbox.Fault{Method: q.Get("method"), PathPart: q.Get("path"), Status: status, Body: q.Get("body"), Times: times, Skip: skip, Drop: q.Get("drop") != "", Delay: delay, Handle: q.Get("handle") != ""})
		case "token":
			server.Inject(sandbox.Fault{Status: 401, Body: `Unauthorized.`, Times: -1})
		case "stop":
			server.Close()
		}
		fmt.Fprintln(w, "ok")
	})
	panic(http.ListenAndServe(os.Args[2], nil))
}
