// Copyright (c) Tallyfy, Inc.
// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// The severities of messages. A notice can be either, and its text does not show which.
const (
	anError    = "Error"
	aWarning   = "Warning"
	errOrWarns = ""
)

// diagnostics are the calls that make a diagnostic: which argument is its summary, and what they
// make.
var diagnostics = map[string]struct {
	summary  int
	severity string
}{
	"AddError":                      {0, anError},
	"AddAttributeError":             {1, anError},
	"NewErrorDiagnostic":            {0, anError},
	"NewAttributeErrorDiagnostic":   {1, anError},
	"AddWarning":                    {0, aWarning},
	"AddAttributeWarning":           {1, aWarning},
	"NewWarningDiagnostic":          {0, aWarning},
	"NewAttributeWarningDiagnostic": {1, aWarning},
}

// messages returns the summaries of all messages in the code, with their severities if the code
// shows them.
func messages(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	exported := map[string]int{} // of package notice, which the others call
	for _, pkg := range []string{"notice", "provider", "completion", "lookup", "wait"} {
		set := token.NewFileSet()
		var files []*ast.File
		for _, name := range matching(t, filepath.Join(filepath.Dir(examples(t)), "internal", pkg, "*.go")) {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, file)
		}
		r := reader{t: t, set: set, takes: maps.Clone(exported), found: found}
		for _, file := range files {
			ast.Inspect(file, r.learn)
		}
		for name, index := range r.takes {
			if pkg == "notice" && ast.IsExported(name) {
				exported[name] = index
			}
		}
		for _, file := range files {
			ast.Inspect(file, r.read)
		}
	}
	return found
}

// reader finds the expressions that are summaries.
type reader struct {
	t     *testing.T
	set   *token.FileSet
	takes map[string]int // functions with a parameter named summary: which one it is
	found map[string]string
}

// learn records the functions that have a summary as a parameter, by name.
func (r reader) learn(node ast.Node) bool {
	switch node := node.(type) {
	case *ast.FuncDecl:
		r.note(node.Name, node.Type)
	case *ast.AssignStmt:
		for i, value := range node.Rhs {
			if closure, ok := value.(*ast.FuncLit); ok && len(node.Lhs) == len(node.Rhs) {
				r.note(node.Lhs[i], closure.Type)
			}
		}
	}
	return true
}

func (r reader) note(name ast.Expr, function *ast.FuncType) {
	index := 0
	for _, field := range function.Params.List {
		for _, parameter := range field.Names {
			if parameter.Name == "summary" {
				r.takes[called(name)] = index
			}
			index++
		}
	}
}

// read collects the summaries of a call, a composite literal or an assignment.
func (r reader) read(node ast.Node) bool {
	switch node := node.(type) {
	case *ast.CallExpr:
		name := called(node.Fun)
		if made, ok := diagnostics[name]; ok && len(node.Args) > made.summary {
			r.summary(node.Args[made.summary], made.severity)
		} else if index, ok := r.takes[name]; ok && len(node.Args) > index {
			r.summary(node.Args[index], errOrWarns)
		}
	case *ast.CompositeLit:
		kind := called(node.Type)
		if kind == "Definition" { // of a function, whose summary is not a message
			return true
		}
		severity := map[string]string{"Report": anError, "stringRule": anError}[kind]
		for _, element := range node.Elts {
			if pair, ok := element.(*ast.KeyValueExpr); ok && strings.EqualFold(called(pair.Key), "summary") {
				r.summary(pair.Value, severity)
			}
		}
	case *ast.AssignStmt:
		for i, target := range node.Lhs {
			if strings.EqualFold(called(target), "summary") {
				r.summary(node.Rhs[min(i, len(node.Rhs)-1)], errOrWarns)
			}
		}
	case *ast.ValueSpec:
		for i, name := range node.Names {
			if name.Name == "summary" && i < len(node.Values) {
				r.summary(node.Values[i], errOrWarns)
			}
		}
	}
	return true
}

// summary collects a summary. The value of a field, a variable or a parameter named summary is
// collected where it is set; any other expression is an error, because the guide cannot be compared
// with it.
func (r reader) summary(expression ast.Expr, severity string) {
	if literal, ok := expression.(*ast.BasicLit); ok && literal.Kind == token.STRING {
		text, err := strconv.Unquote(literal.Value)
		if err != nil {
			r.t.Fatal(err)
		}
		if len(text) > 60 {
			r.t.Errorf("%s: the summary %q has more than 60 characters", r.set.Position(expression.Pos()), text)
		}
		if r.found[text] == errOrWarns {
			r.found[text] = severity
		}
		if severity != errOrWarns && r.found[text] != severity {
			r.t.Errorf("%s: %q is an error and a warning", r.set.Position(expression.Pos()), text)
		}
		return
	}
	if call, ok := expression.(*ast.CallExpr); ok {
		if _, ok := r.takes[called(call.Fun)]; ok { // which adds to a summary, and is read as a call
			return
		}
	}
	if !strings.EqualFold(called(expression), "summary") {
		r.t.Errorf("%s: a summary must be a text that this test can read", r.set.Position(expression.Pos()))
	}
}

// called returns the last part of a name.
func called(expression ast.Expr) string {
	switch expression := expression.(type) {
	case *ast.Ident:
		return expression.Name
	case *ast.SelectorExpr:
		return expression.Sel.Name
	}
	return ""
}
