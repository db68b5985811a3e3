package main

import (
	"go/build"
	"go/parser"
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// Options say what belongs to the build.
type Options struct {
	Root string
	Tags []string
	Arch string
	Cgo  bool
}

// scan parses the packages below the root, as the go command would find them for "./...".
func scan(options Options) (*Module, error) {
	context := build.Default
	context.GOOS = "linux"
	context.GOARCH = options.Arch
	context.BuildTags = options.Tags
	// Files that need cgo are looked at in any case, so that leaving them out can be told.
	context.CgoEnabled = options.Cgo

	withCgo := context
	withCgo.CgoEnabled = true

	module := &Module{Packages: []Package{}, Problems: []Problem{}, CgoFiles: []string{}, Nested: []string{}}
	walk := func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !entry.IsDir() {
			return nil
		}
		name := entry.Name()
		if path != options.Root {
			if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "testdata" ||
				name == "vendor" || name == "node_modules" {
				return filepath.SkipDir
			}
			if info, err := os.Stat(filepath.Join(path, "go.mod")); err == nil && info.Mode().IsRegular() {
				module.Nested = append(module.Nested, relative(options.Root, path))
				return filepath.SkipDir
			}
		}
		return scanDirectory(options.Root, path, &context, &withCgo, module)
	}
	if err := filepath.WalkDir(options.Root, walk); err != nil {
		return nil, err
	}
	return module, nil
}

func relative(root, path string) string {
	short, err := filepath.Rel(root, path)
	if err != nil {
		return filepath.ToSlash(path)
	}
	return filepath.ToSlash(short)
}

func scanDirectory(root, directory string, context, withCgo *build.Context, module *Module) error {
	entries, err := os.ReadDir(directory)
	if err != nil {
		return err
	}
	byName := map[string]*Package{}
	for _, entry := range entries {
		name := entry.Name()
		if entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		path := filepath.Join(directory, name)
		matches, err := context.MatchFile(directory, name)
		if err != nil || !matches {
			if taken, err := withCgo.MatchFile(directory, name); err == nil && taken {
				module.CgoFiles = append(module.CgoFiles, relative(root, path))
			}
			continue
		}
		scanFile(root, path, byName, module, context.CgoEnabled)
	}
	names := make([]string, 0, len(byName))
	for name := range byName {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		byName[name].Dir = relative(root, directory)
		module.Packages = append(module.Packages, *byName[name])
	}
	return nil
}

func scanFile(root, path string, byName map[string]*Package, module *Module, cgo bool) {
	files := token.NewFileSet()
	short := relative(root, path)
	parsed, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
	if err != nil {
		module.Problems = append(module.Problems, problemOf(err, short))
	}
	if parsed == nil || parsed.Name == nil {
		return
	}
	if !cgo {
		for _, spec := range parsed.Imports {
			if spec.Path.Value == `"C"` {
				module.CgoFiles = append(module.CgoFiles, short)
				return
			}
		}
	}
	name := parsed.Name.Name
	if name == "_" || name == "documentation" {
		return
	}
	if byName[name] == nil {
		byName[name] = &Package{Name: name, Files: []File{}, Funcs: []Func{}, Registrations: []Registration{}, Uses: []Use{}}
	}
	(&fileReader{files: files, name: short, parsed: parsed, into: byName[name]}).read()
}

func problemOf(err error, file string) Problem {
	problem := Problem{Message: err.Error(), Place: Place{File: file}}
	if list, ok := err.(scanner.ErrorList); ok && len(list) > 0 {
		problem.Message = list[0].Msg
		problem.Place.Line = list[0].Pos.Line
		problem.Place.Column = list[0].Pos.Column
	}
	return problem
}
