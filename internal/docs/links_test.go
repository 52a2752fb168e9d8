// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// repository is the address of the source. Pages of docs/ use it to link to files outside of docs/,
// because registries show only docs/.
const repository = "https://github.com/tallyfy/terraform-provider-tallyfy"

// TestLinks checks every link on every page to files and headings of this source, also as an
// address on GitHub or a registry. It checks only the form of other links, without a network.
func TestLinks(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	count := 0
	for _, p := range s.pages {
		for _, link := range links(p) {
			count++
			if err := s.checkLink(p, link.target); err != nil {
				t.Errorf("%s:%d: %s: %v", p.name, link.line, link.target, err)
			}
		}
		for _, dangling := range undefined(p) {
			t.Errorf("%s: [%s] is defined nowhere", p.name, dangling)
		}
	}
	if count < 30 {
		t.Errorf("there are only %d links: are they found?", count)
	}
	reached := s.reachable("docs/index.md")
	for _, p := range s.pages {
		if strings.HasPrefix(p.name, "docs/") && !reached[p.name] {
			t.Errorf("docs/index.md does not lead to %s", p.name)
		}
	}
}

// TestBrokenLinks checks what TestLinks finds.
func TestBrokenLinks(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for from, targets := range map[string][]string{
		"docs/index.md": {
			"", "resources/task_completions.md", "resources/task_completion", "resources/task_completion.md#nowhere", "#nowhere", "../README.md", "/docs/index.md",
			"guides/../../LICENSE", "ftp://example.com/a", "https://", "https://example", "http://example.com", "https://example.com/a b", "HTTPS//example.com",
			repository + "/blob/main/NOTHING.md", repository + "/blob/main/README.md#nowhere", repository + "#nowhere", repository + "/tree/main/nothing",
			"https://registry.terraform.io/providers/tallyfy/tallyfy/latest/docs/guides/nothing",
			"https://registry.terraform.io/providers/tallyfy/tallyfy/latest/docs/resources/task_completion#nowhere",
		},
		"README.md": {"docs", "docs/nothing.md", "docs/index.md#nowhere", "../elsewhere.md", "LICENSE#mit"},
	} {
		t.Run(from, func(t *testing.T) {
			for _, target := range targets {
				if s.checkLink(s.page(from), target) == nil {
					t.Errorf("a link to %q is not found to be broken", target)
				}
			}
		})
	}
	for from, targets := range map[string][]string{
		"docs/index.md": {
			"resources/task_completion.md", "resources/task_completion.md#nestedblock--timeouts", "#example-usage", "https://example.com/a?b#c", "http://127.0.0.1:8787", "mailto:a@example.com",
			repository, repository + "#what-it-promises", repository + "/blob/main/LICENSE", repository + "/tree/main/examples", repository + "/releases", repository + "/security/advisories/new",
			"https://registry.terraform.io/providers/tallyfy/tallyfy/latest/docs", "https://registry.terraform.io/providers/tallyfy/tallyfy/latest/docs/resources/task_completion#import",
		},
		"docs/resources/task_completion.md": {"../index.md#authentication"},
		"README.md":                         {"docs/index.md", "examples/resources", "LICENSE", "internal/acceptance/matrix_test.go", "#what-it-promises"},
	} {
		t.Run(from, func(t *testing.T) {
			for _, target := range targets {
				if err := s.checkLink(s.page(from), target); err != nil {
					t.Errorf("%q: %v", target, err)
				}
			}
		})
	}
	p := page{prose: "[a](b \"c\") `[d](e)` ![f](<g>) [h][i] [j][] <https://k.example> <a href=\"l\">\n[i]: m\n"}
	var found []string
	for _, link := range links(p) {
		found = append(found, link.target)
	}
	slices.Sort(found)
	if want := []string{"b", "g", "https://k.example", "l", "m"}; !slices.Equal(found, want) {
		t.Errorf("found %q, want %q", found, want)
	}
	if got := undefined(p); !slices.Equal(got, []string{"j"}) {
		t.Errorf("undefined are %q", got)
	}
}

func TestAnchors(t *testing.T) {
	p := page{prose: "# What It *Is*, and `When`\n## Twice\n### [Twice](a.md)\n<a id=\"nestedblock--timeouts\"></a>\n## snake_case & Ünïts 2.0\n"}
	for _, want := range []string{"what-it-is-and-when", "twice", "twice-1", "nestedblock--timeouts", "snake_case--ünïts-20"} {
		t.Run(want, func(t *testing.T) {
			if !p.anchors()[want] {
				t.Errorf("the anchors are %v", p.anchors())
			}
		})
	}
}

// site is all pages, with the links between them.
type site struct {
	root  string
	pages []page
	links map[string][]string // from page to page, of those that were followed
}

func newSite(t *testing.T) *site {
	t.Helper()
	return &site{root: filepath.Dir(examples(t)), pages: pages(t), links: map[string][]string{}}
}

// reachable returns the pages that links from one page reach, directly or not.
func (s *site) reachable(from string) map[string]bool {
	reached := map[string]bool{from: true}
	for next := []string{from}; len(next) > 0; next = next[1:] {
		for _, to := range s.links[next[0]] {
			if !reached[to] {
				reached[to], next = true, append(next, to)
			}
		}
	}
	return reached
}

func (s *site) page(name string) page {
	for _, p := range s.pages {
		if p.name == name {
			return p
		}
	}
	return page{name: name}
}

// checkLink returns an error if a link of a page is broken.
func (s *site) checkLink(from page, target string) error {
	u, err := url.Parse(target)
	switch {
	case err != nil:
		return err
	case target == "":
		return fmt.Errorf("it is empty")
	case strings.Contains(target, " "):
		return fmt.Errorf("it holds a space")
	case u.Scheme != "":
		return s.checkURL(from, u)
	case u.Path == "":
		return s.checkAnchor(from.name, u.Fragment)
	case strings.HasPrefix(u.Path, "/"):
		return fmt.Errorf("it begins at a root, which is another one on GitHub and on a registry")
	}
	name := path.Join(path.Dir(from.name), u.Path)
	inDocs := strings.HasPrefix(from.name, "docs/")
	switch {
	case inDocs && !strings.HasPrefix(name, "docs/"):
		return fmt.Errorf("it leaves docs/, and a registry shows nothing else: write %s/blob/main/%s", repository, name)
	case inDocs && path.Ext(name) != ".md":
		return fmt.Errorf("it is not a page")
	case name == "docs":
		return fmt.Errorf("it is a folder that has an index.md")
	}
	return s.checkFile(from, name, u.Fragment)
}

// checkURL checks an address of this source, and only the form of all others.
func (s *site) checkURL(from page, u *url.URL) error {
	switch {
	case u.Scheme == "mailto" && strings.Contains(u.Opaque, "@"):
		return nil
	case u.Scheme == "http" && net.ParseIP(u.Hostname()).IsLoopback():
		return nil
	case u.Scheme != "https":
		return fmt.Errorf("%s is not a scheme to link to", u.Scheme)
	case !strings.Contains(strings.Trim(u.Host, "."), "."):
		return fmt.Errorf("%q is not a host", u.Host)
	}
	whole := u.Scheme + "://" + u.Host + strings.TrimSuffix(u.Path, "/")
	if rest, ours := strings.CutPrefix(whole, repository); ours {
		for _, prefix := range []string{"/blob/main/", "/tree/main/"} {
			if name, ok := strings.CutPrefix(rest, prefix); ok {
				return s.checkFile(from, name, u.Fragment)
			}
		}
		if rest == "" && u.Fragment != "" {
			return s.checkAnchor("README.md", u.Fragment)
		}
		return nil // a page of GitHub about it
	}
	for _, registry := range []string{"https://registry.terraform.io/providers/tallyfy/tallyfy/latest/docs", "https://search.opentofu.org/provider/tallyfy/tallyfy/latest/docs"} {
		if rest, ours := strings.CutPrefix(whole, registry); ours {
			if rest == "" {
				rest = "/index"
			}
			return s.checkFile(from, "docs"+rest+".md", u.Fragment)
		}
	}
	return nil
}

// checkFile returns an error if the file or the heading does not exist.
func (s *site) checkFile(from page, name, fragment string) error {
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return fmt.Errorf("it leaves the source")
	}
	if _, err := os.Stat(filepath.Join(s.root, filepath.FromSlash(name))); err != nil { //nolint:gosec // local, see above
		return fmt.Errorf("there is no %s", name)
	}
	s.links[from.name] = append(s.links[from.name], name)
	if fragment == "" {
		return nil
	}
	return s.checkAnchor(name, fragment)
}

func (s *site) checkAnchor(name, fragment string) error {
	if !s.page(name).anchors()[fragment] {
		return fmt.Errorf("%s has no heading #%s", name, fragment)
	}
	return nil
}
