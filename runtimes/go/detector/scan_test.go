package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// scanFiles writes a tree of files and scans it.
func scanFiles(t *testing.T, files map[string]string, options Options) *Module {
	t.Helper()
	options.Root = t.TempDir()
	if options.Arch == "" {
		options.Arch = "amd64"
	}
	for name, text := range files {
		path := filepath.Join(options.Root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	module, err := scan(options)
	if err != nil {
		t.Fatal(err)
	}
	return module
}

func asJSON(t *testing.T, value interface{}) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestSignaturesNameTheirPackages(t *testing.T) {
	module := scanFiles(t, map[string]string{"f.go": `package f

import (
	"context"
	h "net/http"

	cloudevents "github.com/cloudevents/sdk-go/v2"
	"github.com/cloudevents/sdk-go/v2/event"
	handler "github.com/openfaas/templates-sdk/go-http"
)

func A(w h.ResponseWriter, r *h.Request)                       {}
func B(context.Context, event.Event) error                     { return nil }
func C(x, y cloudevents.Event) (*cloudevents.Event, error)      { return nil, nil }
func D(handler.Request) (handler.Response, error)              { panic(0) }
func E(a []byte, b map[string]int, c ...int) (n [2]int)         { return }
func G[T any](T)                                               {}
func (p *P) Handle(w h.ResponseWriter, r *h.Request)            {}
`}, Options{})
	got := []string{}
	for _, function := range module.Packages[0].Funcs {
		line := function.Receiver + " " + function.Name
		for _, one := range function.Params {
			line += " " + one.Name
		}
		line += " ->"
		for _, one := range function.Results {
			line += " " + one.Name
		}
		if function.Generic {
			line += " generic"
		}
		got = append(got, line)
	}
	want := []string{
		" A net/http.ResponseWriter *net/http.Request ->",
		" B context.Context github.com/cloudevents/sdk-go/v2/event.Event -> error",
		" C github.com/cloudevents/sdk-go/v2.Event github.com/cloudevents/sdk-go/v2.Event -> *github.com/cloudevents/sdk-go/v2.Event error",
		" D github.com/openfaas/templates-sdk/go-http.Request -> github.com/openfaas/templates-sdk/go-http.Response error",
		" E []byte map[string]int ...int -> [2]int",
		" G T -> generic",
		"P Handle net/http.ResponseWriter *net/http.Request ->",
	}
	if asJSON(t, got) != asJSON(t, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestRegistrations(t *testing.T) {
	module := scanFiles(t, map[string]string{
		"f.go": `package f

import (
	"github.com/GoogleCloudPlatform/functions-framework-go/funcframework"
	ff "github.com/GoogleCloudPlatform/functions-framework-go/functions"
)

const name = "x"

func init() {
	ff.HTTP("One", nil)
	ff.CloudEvent(name, nil)
	ff.Typed("Three", nil)
	_ = funcframework.RegisterHTTPFunctionContext(nil, "/four", nil)
	functions.HTTP("not a package", nil)
}
`,
		"cmd/main.go": `package main

import "github.com/aws/aws-lambda-go/lambda"

func main() { lambda.StartWithOptions(handle, lambda.WithEnableSIGTERM()) }
`,
		"url/main.go": `package main

import (
	"net/http"

	"github.com/aws/aws-lambda-go/lambdaurl"
)

func main() { lambdaurl.Start(http.DefaultServeMux) }
`,
		"other/main.go": `package main

import (
	"os/exec"

	. "github.com/aws/aws-lambda-go/lambda"
)

func main() {
	Start(func() {})
	exec.Command("ls").Run()
}
`,
	}, Options{})
	got := map[string][]string{}
	for _, one := range module.Packages {
		for _, registration := range one.Registrations {
			plain := ""
			if registration.Plain {
				plain = " plain"
			}
			got[one.Dir] = append(got[one.Dir], registration.Call+" "+registration.Name+plain)
		}
		for _, use := range one.Uses {
			got[one.Dir] = append(got[one.Dir], "uses "+use.Name)
		}
	}
	want := map[string][]string{
		".": {"functions.HTTP One plain", "functions.CloudEvent name", "functions.Typed Three plain",
			"funcframework.RegisterHTTPFunctionContext /four plain"},
		"cmd":   {"lambda.StartWithOptions handle plain"},
		"url":   {"lambdaurl.Start http.DefaultServeMux plain"},
		"other": {"lambda.Start ", "uses os/exec.Command"},
	}
	if asJSON(t, got) != asJSON(t, want) {
		t.Errorf("got\n%s\nwant\n%s", asJSON(t, got), asJSON(t, want))
	}
}

func TestWhatBelongsToTheBuild(t *testing.T) {
	files := map[string]string{
		"go.mod":              "module m\n",
		"a.go":                "package a\n",
		"a_test.go":           "package a\n",
		"b_windows.go":        "package b\n",
		"c.go":                "//go:build extra\n\npackage c\n",
		"d_arm64.go":          "package d\n",
		"e.go":                "package a\n\nimport \"C\"\n",
		"ignored.go":          "//go:build ignore\n\npackage main\n\nfunc main() {}\n",
		"vendor/v/v.go":       "package v\n",
		"testdata/t.go":       "package t\n",
		"_hidden/h.go":        "package h\n",
		".hidden/h.go":        "package h\n",
		"nested/go.mod":       "module nested\n",
		"nested/n.go":         "package n\n",
		"umlaut/größe.go":     "package größe\n",
		"with space/space.go": "package space\n",
		"broken/broken.go":    "package broken\n\nfunc F( {\n",
	}
	names := func(module *Module) string {
		list := []string{}
		for _, one := range module.Packages {
			for _, file := range one.Files {
				list = append(list, file.Name)
			}
		}
		return strings.Join(list, " ")
	}
	module := scanFiles(t, files, Options{})
	if got := names(module); got != "a.go broken/broken.go umlaut/größe.go with space/space.go" {
		t.Errorf("files are %s", got)
	}
	if got := strings.Join(module.CgoFiles, " "); got != "e.go" {
		t.Errorf("cgo files are %s", got)
	}
	if got := strings.Join(module.Nested, " "); got != "nested" {
		t.Errorf("nested modules are %s", got)
	}
	if len(module.Problems) != 1 || module.Problems[0].Place != (Place{"broken/broken.go", 3, 9}) {
		t.Errorf("problems are %+v", module.Problems)
	}
	module = scanFiles(t, files, Options{Tags: []string{"extra"}, Arch: "arm64", Cgo: true})
	if got := names(module); got != "a.go e.go c.go d_arm64.go broken/broken.go umlaut/größe.go with space/space.go" {
		t.Errorf("with tags, arm64 and cgo, files are %s", got)
	}
}

func TestImportsSayWhereTheyStand(t *testing.T) {
	text := "package f\n\nimport x \"net/http\"\nimport `fmt`\n"
	module := scanFiles(t, map[string]string{"f.go": text}, Options{})
	got := []string{}
	for _, one := range module.Packages[0].Files[0].Imports {
		got = append(got, text[one.Offset:one.Offset+one.Length])
	}
	if strings.Join(got, " ") != "\"net/http\" `fmt`" {
		t.Errorf("imports are %v", got)
	}
}

func TestPackagesElsewhereAreFollowed(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"cmd/main.go":       "package main\n\nimport _ \"example.com/m/inner/a\"\n\nfunc main() {}\n",
		"inner/a/a.go":      "package a\n\nimport (\n\t_ \"example.com/m\"\n\t_ \"example.com/m/other/b\"\n\t_ \"example.com/mm\"\n)\n",
		"inner/a/a_test.go": "package a\n\nimport _ \"example.com/m/unused\"\n",
		"root.go":           "package m\n\nimport _ \"example.com/m/missing\"\n",
		"root_cgo.go":       "package m\n\nimport \"C\"\n",
		"other/go.mod":      "module example.com/m/other\n",
		"other/b/b.go":      "package b\n",
		"unused/u.go":       "package u\n",
	} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	module, err := scan(Options{Root: filepath.Join(root, "cmd"), Arch: "amd64", ModulePath: "example.com/m", ModuleRoot: root})
	if err != nil {
		t.Fatal(err)
	}
	found := []string{}
	for _, one := range append(module.Packages, module.Imported...) {
		for _, file := range one.Files {
			found = append(found, one.Name+" "+file.Name)
		}
	}
	if got := strings.Join(found, ", "); got != "main main.go, a ../inner/a/a.go, m ../root.go" {
		t.Error(got)
	}
	if len(module.CgoFiles) != 0 {
		t.Error(module.CgoFiles)
	}
}
