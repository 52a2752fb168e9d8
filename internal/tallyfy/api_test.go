// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package tallyfy_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	apiHeading = regexp.MustCompile(`(?m)^#{2,3} (\d(?:\.\d)?)\.? `)
	apiItem    = regexp.MustCompile(`(?m)^(\d+)\. `)
	// A citation may name several sections, and items of one.
	apiCitation = regexp.MustCompile(`(?:tallyfy-api|API\.md),? §\d[\d.]*(?:(?:,| and|, and) §\d[\d.]*)*(?:, items? \d+(?:(?:,| and) \d+)*)?`)
	sectionName = regexp.MustCompile(`§([\d.]*\d)`)
	itemNames   = regexp.MustCompile(`, items? (.*)$`)
	wrapped     = regexp.MustCompile(`\n[ \t]*(?://[ \t]*)?`)
)

// TestAPICitations checks that every section of API.md that a comment or a page cites exists.
func TestAPICitations(t *testing.T) {
	t.Parallel()
	api := readAPI(t)
	files, citations := 0, 0
	err := filepath.WalkDir(filepath.Join("..", ".."), func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && !strings.HasPrefix(entry.Name(), ".."):
			return filepath.SkipDir
		case entry.IsDir() || !slices.Contains([]string{".go", ".md"}, filepath.Ext(path)) || entry.Name() == "api_test.go":
			return nil
		}
		text, err := os.ReadFile(path) //nolint:gosec // a file of this repository
		if err != nil {
			return err
		}
		files++
		found, missing := api.check(string(text))
		citations += found
		for _, citation := range missing {
			t.Errorf("%s cites %q, which API.md does not have", path, citation)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 100 || citations < 50 {
		t.Errorf("found %d citations in %d files, want at least 50 in 100", citations, files)
	}
}

// TestAPIReferences checks the references of API.md to its own sections.
func TestAPIReferences(t *testing.T) {
	t.Parallel()
	api := readAPI(t)
	for _, reference := range sectionName.FindAllStringSubmatch(api.text, -1) {
		if !api.sections[reference[1]] {
			t.Errorf("API.md refers to %s, which it does not have", reference[0])
		}
	}
}

func TestAPICitationsCheck(t *testing.T) {
	t.Parallel()
	api := readAPI(t)
	for _, test := range []struct {
		name, text string
		found      int
		missing    []string
	}{
		{"a section", "(API.md §1.4)", 1, nil},
		{"the former name", "(tallyfy-api §1.4)", 1, nil},
		{"a wrapped comment", "\t// decides (API.md\n\t// §1.1).", 1, nil},
		{"several sections", "API.md §1.3, §1.5", 1, nil},
		{"an item", "API.md §7, item 12", 1, nil},
		{"several items", "API.md §7, items 1 and 2", 1, nil},
		{"no citation", "see API.md, and RFC 9110 §15", 0, nil},
		{"a missing section", "API.md §1.9.", 1, []string{"API.md §1.9."}},
		{"a missing section of the former name", "tallyfy-api §10", 1, []string{"tallyfy-api §10"}},
		{"a missing second section", "API.md §1.3, §9", 1, []string{"API.md §1.3, §9"}},
		{"a missing wrapped section", "API.md\n// §9", 1, []string{"API.md §9"}},
		{"a missing item", "API.md §7, item 21", 1, []string{"API.md §7, item 21"}},
		{"a missing second item", "API.md §7, items 1 and 99", 1, []string{"API.md §7, items 1 and 99"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			found, missing := api.check(test.text)
			if found != test.found || !slices.Equal(missing, test.missing) {
				t.Errorf("got %d citations, missing %q; want %d, missing %q", found, missing, test.found, test.missing)
			}
		})
	}
}

// apiPage is API.md with the numbers of its sections, and of the items in its list of
// contradictions.
type apiPage struct {
	text            string
	sections, items map[string]bool
}

func readAPI(t *testing.T) apiPage {
	t.Helper()
	text, err := os.ReadFile("API.md")
	if err != nil {
		t.Fatal(err)
	}
	api := apiPage{string(text), map[string]bool{}, map[string]bool{}}
	for _, heading := range apiHeading.FindAllStringSubmatch(api.text, -1) {
		api.sections[heading[1]] = true
	}
	for _, item := range apiItem.FindAllStringSubmatch(api.text, -1) {
		api.items[item[1]] = true
	}
	return api
}

// check returns how many citations a text contains, and those whose section or item does not exist.
func (api apiPage) check(text string) (int, []string) {
	var missing []string
	citations := apiCitation.FindAllString(wrapped.ReplaceAllString(text, " "), -1)
	for _, citation := range citations {
		known := true
		for _, section := range sectionName.FindAllStringSubmatch(citation, -1) {
			known = known && api.sections[section[1]]
		}
		if items := itemNames.FindStringSubmatch(citation); items != nil {
			for _, item := range regexp.MustCompile(`\d+`).FindAllString(items[1], -1) {
				known = known && api.items[item]
			}
		}
		if !known {
			missing = append(missing, citation)
		}
	}
	return len(citations), missing
}
