// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package completion

import (
	"fmt"
	"maps"
	"net/url"
	"path"
	"slices"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/notice"
)

// expectedFiles ends a sentence about a field.
const expectedFiles = `expects the URL of a file, such as "https://example.com/plan.txt", an object { filename = "plan.txt", url = "https://example.com/plan.txt" }, or a list of these`

// filesOf returns the files of a file field by URL, which Tallyfy accepts without an upload (API.md
// §1.5).
func filesOf(value any) (any, string) {
	files := []any{}
	for _, element := range elements(value) {
		file, wrong := fileOf(element)
		if wrong != "" {
			return nil, wrong
		}
		files = append(files, file)
	}
	return files, ""
}

func fileOf(value any) (file map[string]any, wrong string) {
	given, isObject := value.(map[string]any)
	if !isObject {
		given = map[string]any{"url": value}
	}
	for _, key := range slices.Sorted(maps.Keys(given)) {
		if key != "url" && key != "filename" {
			return nil, fmt.Sprintf("%s, which has no member %q. To use a file that was uploaded to Tallyfy, use taskdata instead of form_fields.", expectedFiles, key)
		}
	}
	address, ok := given["url"].(string)
	parsed, err := url.Parse(address)
	if !ok || err != nil || parsed.Host == "" || parsed.Scheme != "https" && parsed.Scheme != "http" {
		return nil, notice.Paragraphs(expectedFiles+", but got "+describeKind(given["url"])+" that is not a URL.",
			"To use a file that was uploaded to Tallyfy, set the field in taskdata, as Tallyfy shows the file.")
	}
	filename := path.Base(parsed.Path)
	if given["filename"] != nil {
		if filename, wrong = asText(given["filename"]); wrong != "" {
			return nil, expectedFiles + ", and its filename is not a string."
		}
	}
	if filename == "" || filename == "." || filename == "/" {
		return nil, expectedFiles + ". The URL does not end in a file name: set filename."
	}
	return map[string]any{"filename": filename, "source": "url", "url": address}, ""
}
