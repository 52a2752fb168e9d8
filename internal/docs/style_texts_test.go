// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/tallyfy/terraform-provider-tallyfy/internal/clitest"
)

// passage is a text that a person reads, and where it is.
type passage struct {
	kind kind
	file string // its path from the root of the source, or the path of a description in the schema
	line int    // of its first line, from 1; 0 in the schema
	text string
}

var (
	templateAction = regexp.MustCompile(`\{\{[^}\n]*\}\}`)
	frontMatter    = regexp.MustCompile(`(?s)\A---\n.*?\n---\n`)
	linkTarget     = regexp.MustCompile(`\]\([^)\n]*\)`)
)

// blank replaces matches with the same number of characters that no rule matches, so that lines and
// columns stay the same.
func blank(text string, patterns ...*regexp.Regexp) string {
	for _, pattern := range patterns {
		text = pattern.ReplaceAllStringFunc(text, func(match string) string {
			return strings.Map(func(r rune) rune {
				if r == '\n' {
					return r
				}
				return '_'
			}, match)
		})
	}
	return text
}

// pageTexts returns the prose of a page or of a template of one.
func pageTexts(t *testing.T, root, name string) []passage {
	t.Helper()
	return []passage{{aPage, name, 1, blank(readPage(t, root, name).prose, frontMatter, templateAction, linkTarget)}}
}

// exampleTexts returns the comments of an example.
func exampleTexts(t *testing.T, root, name string) []passage {
	t.Helper()
	var all []passage
	number := 0
	for line := range strings.Lines(content(t, filepath.Join(root, filepath.FromSlash(name)))) {
		number++
		if _, comment, ok := strings.Cut(line, "# "); ok {
			all = append(all, passage{aPage, name, number, comment})
		}
	}
	return all
}

// goTexts returns the comments of a file of Go and, if it has messages, its string literals that
// are prose: those with a space between words. Names are declared names that have a retired word.
func goTexts(t *testing.T, root, name string, hasMessages bool) (texts []passage, names []finding) {
	t.Helper()
	set := token.NewFileSet()
	source := content(t, filepath.Join(root, filepath.FromSlash(name)))
	file, err := parser.ParseFile(set, name, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range file.Comments {
		texts = append(texts, commentText(set, group))
	}
	declared := func(name *ast.Ident) {
		names = append(names, retired(set.Position(name.Pos()), name.Name)...)
	}
	names = append(names, retired(token.Position{Filename: name, Line: 1}, strings.TrimSuffix(filepath.Base(name), ".go"))...)
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.BasicLit:
			if text, ok := proseOf(node); hasMessages && ok {
				texts = append(texts, passage{aMessage, name, set.Position(node.Pos()).Line, text})
			}
		case *ast.Field:
			if node.Tag != nil {
				node.Tag = nil // it is not a message
			}
			for _, name := range node.Names {
				declared(name)
			}
		case *ast.FuncDecl:
			declared(node.Name)
			if testName.MatchString(node.Name.Name) && strings.Contains(node.Name.Name, "_") {
				at := set.Position(node.Pos())
				names = append(names, finding{at.Filename, at.Line, fmt.Sprintf("the name %q has an underscore: write it in one word, as all tests do", node.Name.Name)})
			}
		case *ast.TypeSpec:
			declared(node.Name)
		case *ast.ValueSpec:
			for _, name := range node.Names {
				declared(name)
			}
		case *ast.AssignStmt:
			for _, target := range node.Lhs {
				if name, ok := target.(*ast.Ident); ok && node.Tok == token.DEFINE {
					declared(name)
				}
			}
		case *ast.RangeStmt:
			for _, target := range []ast.Expr{node.Key, node.Value} {
				if name, ok := target.(*ast.Ident); ok && node.Tok == token.DEFINE {
					declared(name)
				}
			}
		}
		return true
	})
	return texts, names
}

// commentText returns the text of a comment. Of a directive such as //nolint, it returns only the
// explanation.
func commentText(set *token.FileSet, group *ast.CommentGroup) passage {
	var text strings.Builder
	line := set.Position(group.Pos()).Line
	for _, comment := range group.List {
		for line+strings.Count(text.String(), "\n") < set.Position(comment.Pos()).Line {
			text.WriteString("\n")
		}
		words := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(comment.Text, "/*"), "//"), "*/")
		if _, explanation, ok := strings.Cut(comment.Text, " // "); strings.HasPrefix(comment.Text, "//nolint:") && ok {
			words = explanation
		} else if regexp.MustCompile(`^//[a-z]+:`).MatchString(comment.Text) {
			words = ""
		}
		text.WriteString(strings.TrimPrefix(words, " "))
	}
	return passage{aComment, set.Position(group.Pos()).Filename, line, text.String()}
}

var betweenWords = regexp.MustCompile(`[A-Za-z,;:.)] +[A-Za-z%(]`)

// proseOf returns the text of a literal that has words.
func proseOf(literal *ast.BasicLit) (string, bool) {
	if literal.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(literal.Value)
	return text, err == nil && betweenWords.MatchString(text)
}

// testName matches the functions that go test runs.
var testName = regexp.MustCompile(`^(?:Test|Benchmark|Fuzz)[A-Z]`)

var nameWords = regexp.MustCompile(`[A-Z]+[a-z]*|[a-z]+`)

// retired returns a finding for each retired word in a name.
func retired(at token.Position, name string) []finding {
	var all []finding
	for _, part := range nameWords.FindAllString(name, -1) {
		if instead, ok := retiredNames[strings.ToLower(part)]; ok {
			all = append(all, finding{at.Filename, at.Line, fmt.Sprintf("the name %q has the word %q: name it by the field's term: %s.", name, strings.ToLower(part), instead)})
		}
	}
	return all
}

// providerSchemas is the provider's schemas, in the format of "terraform providers schema -json".
var providerSchemas = sync.OnceValues(func() ([]byte, error) {
	// All tests share it, so that it cannot depend on the context of one.
	root, err := clitest.SourceRoot(context.Background())
	if err != nil {
		return nil, err
	}
	command := exec.CommandContext(context.Background(), "go", "run", "./internal/tools/docschema")
	command.Dir = root
	var failure bytes.Buffer
	command.Stderr = &failure
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, failure.String())
	}
	return out, nil
})

// readSchemas decodes the provider's schemas.
func readSchemas(t *testing.T, into any) {
	t.Helper()
	text, err := providerSchemas()
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// descriptions returns the descriptions in the provider's schemas, such as that of
// "provider.max_retries" or of "resource tallyfy_task_wait.timeouts.create".
func descriptions(t *testing.T) []passage {
	t.Helper()
	var shown struct {
		Schemas map[string]any `json:"provider_schemas"`
	}
	readSchemas(t, &shown)
	var all []passage
	var walk func(path string, value any)
	walk = func(path string, value any) {
		switch value := value.(type) {
		case map[string]any:
			for key, inner := range value {
				text, ok := inner.(string)
				switch {
				case ok && (key == "description" || key == "summary" || key == "deprecation_message"):
					all = append(all, passage{kind: aDescription, file: path, text: text})
				case slices.Contains([]string{"block", "attributes", "block_types", "nested_type", "parameters"}, key):
					walk(path, inner)
				case strings.HasSuffix(key, "_schemas"):
					walk(strings.TrimSuffix(key, "_schemas")+" ", inner)
				case path == "" && key == "provider", strings.HasSuffix(path, " "):
					walk(path+key, inner)
				default:
					walk(path+"."+key, inner)
				}
			}
		case []any:
			for _, inner := range value {
				walk(path, inner)
			}
		}
	}
	walk("", shown.Schemas["tallyfy"])
	if len(all) < 50 {
		t.Fatalf("there are only %d descriptions in the schemas", len(all))
	}
	slices.SortFunc(all, func(a, b passage) int { return strings.Compare(a.file, b.file) })
	return all
}

// sourceFiles returns the files that are texts or have texts, as paths from the root: pages,
// templates, examples and code.
func sourceFiles(t *testing.T, root string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		switch {
		case entry.IsDir() && (strings.HasPrefix(entry.Name(), ".") && name != "." || entry.Name() == "testdata" || name == "dist" || name == "docs"):
			return filepath.SkipDir // docs is generated from templates, examples and schemas
		case !entry.IsDir():
			all = append(all, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
