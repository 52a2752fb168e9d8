// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package docs

import "regexp"

// kind is a kind of text that a person reads. A rule applies to a set of kinds.
type kind int

const (
	aPage        kind = 1 << iota // a page: README, guides, comments of examples
	aDescription                  // a description in the provider's schema
	aMessage                      // an error, a warning or a log line, in the code
	aComment                      // a comment in Go

	forUsers = aPage | aDescription | aMessage
	anyText  = forUsers | aComment
)

// styleRule is a word or a form that texts do not use.
type styleRule struct {
	name    string
	kinds   kind
	deny    *regexp.Regexp
	except  *regexp.Regexp // a match of deny that has a match of this is fine
	instead string
	reason  string
	breach  string // a text with the word, once
	fine    string // a text that looks like it, and is fine
}

// The reasons that rules share.
const (
	idiom    = "It is not idiomatic English."
	spelling = "Every text spells it in one way."
	verb     = "Programs return, report, read, send, reject and show."
	oneWord  = "One thing has one name in all texts."
	registry = "The Registry's pages of other providers say it in these words."
)

// styleRules are the words and forms that no text uses.
var styleRules = []styleRule{
	{
		name: "tells", kinds: anyText, deny: word(`(?:tells?|told)`), instead: "reports whether, shows", reason: verb,
		breach: "ok tells whether a task is open.", fine: "ok reports whether a task is open.",
	},
	{
		name: "gives", kinds: anyText, deny: word(`gives(?: \w+)?`), except: word(`gives up`), instead: "returns, sets, shows", reason: verb,
		breach: "name gives the name.", fine: "name returns the name and gives up.",
	},
	{
		name: "other verbs of people", kinds: anyText, deny: word(`(?:speaks|hears|brings)`), instead: "calls, reads, receives, returns", reason: verb,
		breach: "The client speaks HTTP.", fine: "The client sends a request.",
	},
	{
		name: "answers", kinds: anyText, deny: word(`(?:answer(?:s|ed)? (?:with|[1-5]\d\d)|(?:lost|empty) answers?|(?:is|are|was|were) (?:not )?answered)`), instead: "response, returns", reason: oneWord,
		breach: "Tallyfy answers with a 404.", fine: "Tallyfy returns a 404, which answers the question.",
	},
	{
		name: "goes on", kinds: anyText, deny: word(`(?:go|goes|going|went) on`), instead: "continues", reason: idiom,
		breach: "The apply goes on.", fine: "The apply continues. A request goes only to Tallyfy.",
	},
	{
		name: "warns of", kinds: anyText, deny: word(`warn(?:s|ed)? of`), instead: "warns about", reason: spelling,
		breach: "A plan warns of it.", fine: "A plan warns about it. A warning of Terraform.",
	},
	{
		name: "a look", kinds: anyText, deny: word(`(?:an?|the|one|each|every|this|first|second|next|another) looks?`), instead: "a read, a check", reason: oneWord,
		breach: "After the look it is recorded.", fine: "After the read it is recorded.",
	},
	{
		name: "looks at", kinds: anyText, deny: word(`look(?:s|ed)? at`), instead: "reads, checks", reason: verb,
		breach: "A plan looks at the task.", fine: "A plan reads the task.",
	},
	{
		name: "take back", kinds: anyText, deny: word(`(?:take|takes|taken|taking|took) (?:\w+ )?back`), instead: "reopen", reason: oneWord,
		breach: "The completion is taken back.", fine: "The task is reopened.",
	},
	{
		name: "is no X", kinds: anyText, deny: word(`(?:\w+ )?(?:is|are|was|were) no \w+`), except: regexp.MustCompile(`(?i)^there |no (?:longer|more|less|later)$`),
		instead: "is not a, is invalid", reason: idiom,
		breach: "The value is no number.", fine: "There is no number, and it is no longer read.",
	},
	{
		name: "is none", kinds: anyText, deny: word(`(?:\w+ )?(?:is|are) none`), except: regexp.MustCompile(`(?i)^there `), instead: "is not one", reason: idiom,
		breach: "An option that is none fails.", fine: "There is none.",
	},
	{
		name: "belongs into", kinds: anyText, deny: word(`belongs? into`), instead: "belongs in", reason: idiom,
		breach: "The token belongs into a variable.", fine: "The token belongs in a variable.",
	},
	{
		name: "in place of", kinds: anyText, deny: word(`in (?:the )?place of`), instead: "instead of", reason: idiom,
		breach: "A label in the place of an ID.", fine: "A label instead of an ID.",
	},
	{
		name: "completed already", kinds: anyText, deny: word(`completed already`), instead: "already completed", reason: idiom,
		breach: "The task is completed already.", fine: "The task is already completed.",
	},
	{
		name: "completed otherwise", kinds: anyText, deny: word(`(?:completed|decided) otherwise`), instead: "with a different decision, differently", reason: idiom,
		breach: "It is completed otherwise.", fine: "It is completed differently; otherwise it fails.",
	},
	{
		name: "at once", kinds: anyText, deny: word(`at once`), instead: "immediately, together", reason: "It has two meanings: immediately, and at the same time.",
		breach: "It ends at once.", fine: "It ends immediately, at one time.",
	},
	{
		name: "by itself", kinds: anyText, deny: word(`(?:by itself|by themselves)`), instead: "separately, automatically, alone", reason: "It has several meanings.",
		breach: "It is read by itself.", fine: "It reads itself.",
	},
	{
		name: "in clear", kinds: anyText, deny: word(`in (?:the )?clear`), instead: "in plain text", reason: idiom,
		breach: "The state has it in clear.", fine: "In clear words.", except: regexp.MustCompile(`^In`),
	},
	{
		name: "somebody", kinds: anyText, deny: word(`somebody(?: else)?`), instead: "someone", reason: spelling,
		breach: "Wait for somebody.", fine: "Wait for someone.",
	},
	{
		name: "time-out", kinds: anyText, deny: word(`time-outs?`), instead: "timeout", reason: spelling,
		breach: "The time-out ends it.", fine: "The timeout ends it.",
	},
	{
		name: "e-mail", kinds: anyText, deny: word(`e-mails?`), instead: "email", reason: spelling,
		breach: "An E-Mail is sent.", fine: "An email is sent.",
	},
	{
		name: "white space", kinds: anyText, deny: word(`white[ -]space`), instead: "whitespace", reason: spelling,
		breach: "It has white space.", fine: "It has whitespace.",
	},
	{
		name: "Id", kinds: anyText, deny: regexp.MustCompile(`(?:^|[\s(,])Ids?\b`), instead: "ID", reason: spelling,
		breach: "Id of the task.", fine: "ID of the X-Request-Id header.",
	},
	{
		name: "id", kinds: forUsers, deny: regexp.MustCompile(`(?:^|[\s(])ids?(?:$|[\s),;:])`), except: regexp.MustCompile(`id[:,]$`), instead: "ID", reason: spelling,
		breach: "The id of the task.", fine: "The ID of the task, paid.",
	},
	{
		name: "ids", kinds: aComment, deny: regexp.MustCompile(`\b(?:ids|(?:[Tt]he|[Aa]n|[Ii]ts|[Tt]ask|[Ff]ield|[Rr]un|[Uu]ser|[Cc]lient|[Oo]rganization) id)\b`), instead: "ID", reason: spelling,
		breach: "name returns the id of a task.", fine: "id rejects what cannot be an ID.",
	},
	{
		name: "this run", kinds: aDescription | aMessage, deny: word(`this run`), instead: "this apply", reason: "A run is Tallyfy's process, HCP Terraform's run and a CI job.",
		breach: "It is not completed by this run.", fine: "This apply did not complete it. This runs.",
	},
	{
		name: "Do:", kinds: aPage | aMessage, deny: regexp.MustCompile(`(?:^|[\s*])Do:`), instead: "Fix: … or No action needed.", reason: "All entries of the page of errors have the same form.",
		breach: "**Do:** apply again.", fine: "**Fix:** apply again.",
	},
	{
		name: "type in a description", kinds: aDescription, deny: regexp.MustCompile(`(?:^|[.,;] )(?:String|Number|Bool|Boolean|Dynamic|(?:List|Set|Map) of \w+)[.,:;]`),
		instead: "nothing", reason: "The Registry shows the type beside the description.",
		breach: "The ID of the task. String.", fine: "The name. Strings are compared exactly. Number of tasks.",
	},
	{
		name: "Default:", kinds: aDescription, deny: regexp.MustCompile(`\b(?:No default|Default):`), instead: "Defaults to `x`.", reason: registry,
		breach: "Retries. Default: `4`.", fine: "Retries. Defaults to `4`.",
	},
	{
		name: "forces replacement", kinds: aDescription, deny: word(`forces (?:a )?replacement`), instead: "Changing this forces a new resource to be created.", reason: registry,
		breach: "Changing it forces replacement.", fine: "Changing this forces a new resource to be created.",
	},
}

// word matches a form as whole words, in upper and lower case.
func word(form string) *regexp.Regexp { return regexp.MustCompile(`(?i)\b` + form + `\b`) }

// retiredNames are words that no name in the code has, and what is named so now.
var retiredNames = map[string]string{
	"gate":    "limiter, wait",
	"gates":   "limiters, checks",
	"room":    "package",
	"rooms":   "packages",
	"flight":  "token cache, inflight",
	"flights": "token cache",
	"roster":  "list cache",
	"rosters": "list caches",
	"turns":   "task locks",
	"insist":  "retry",
	"letter":  "request, encoded request",
	"letters": "requests",
	"story":   "notice, report",
	"stories": "notices",
	"stage":   "harness",
	"scene":   "test case",
	"scenes":  "test cases",
	"trial":   "test case, run",
	"trials":  "test cases",
}
