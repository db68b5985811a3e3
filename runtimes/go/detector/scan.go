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
	// Where packages outside of Root are found that those below it import; empty: nowhere.
	ModulePath string
	ModuleRoot string
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

	module := &Module{Packages: []Package{}, Imported: []Package{}, Problems: []Problem{}, CgoFiles: []string{},
		Nested: []string{}}
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
		packages, err := scanDirectory(options.Root, path, &context, &withCgo, module)
		module.Packages = append(module.Packages, packages...)
		return err
	}
	if err := filepath.WalkDir(options.Root, walk); err != nil {
		return nil, err
	}
	if options.ModulePath != "" {
		scanImported(options, &context, module)
	}
	return module, nil
}

// scanImported parses the packages of the module that lie elsewhere and that those below the root import.
func scanImported(options Options, context *build.Context, module *Module) {
	seen := map[string]bool{}
	for _, one := range module.Packages {
		seen[filepath.Join(options.Root, filepath.FromSlash(one.Dir))] = true
	}
	waiting := append([]Package{}, module.Packages...)
	for len(waiting) > 0 {
		one := waiting[0]
		waiting = waiting[1:]
		for _, file := range one.Files {
			for _, imported := range file.Imports {
				if imported.Path != options.ModulePath && !strings.HasPrefix(imported.Path, options.ModulePath+"/") {
					continue
				}
				directory := filepath.Join(options.ModuleRoot, filepath.FromSlash(imported.Path[len(options.ModulePath):]))
				if seen[directory] {
					continue
				}
				seen[directory] = true
				if isOtherModule(directory, options.ModuleRoot) {
					continue
				}
				// What is not there, and what needs cgo, is the go command's to tell.
				cgoFiles := module.CgoFiles
				packages, err := scanDirectory(options.Root, directory, context, context, module)
				module.CgoFiles = cgoFiles
				if err != nil {
					continue
				}
				module.Imported = append(module.Imported, packages...)
				waiting = append(waiting, packages...)
			}
		}
	}
}

// isOtherModule: a module of its own begins at the directory, or between it and the module's root.
func isOtherModule(directory, root string) bool {
	for ; len(directory) > len(root); directory = filepath.Dir(directory) {
		if _, err := os.Stat(filepath.Join(directory, "go.mod")); err == nil {
			return true
		}
	}
	return false
}

func relative(root, path string) string {
	short, err := filepath.Rel(root, path)
	if err != nil {
		return filepath.ToSlash(path)
	}
	return filepath.ToSlash(short)
}

func scanDirectory(root, directory string, context, withCgo *build.Context, module *Module) ([]Package, error) {
	entries, err := os.ReadDir(directory)
	if err != nil {
		return nil, err
	}
	packages := []Package{}
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
		packages = append(packages, *byName[name])
	}
	return packages, nil
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
