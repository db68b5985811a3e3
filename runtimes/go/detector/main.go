// Command detector tells what could be a handler in the packages of a Go module, as JSON on standard output.
// It parses, and neither compiles nor runs anything of the user's. What follows from the facts is decided by
// compiler/go/choose.cc.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
)

func main() {
	root := flag.String("root", ".", "the directory to begin with")
	tags := flag.String("tags", "", "build tags, separated by commas")
	arch := flag.String("arch", "amd64", "GOARCH")
	cgo := flag.Bool("cgo", false, "files that need cgo are taken")
	modulePath := flag.String("module", "", "the module's path")
	moduleRoot := flag.String("module-root", "", "its directory")
	flag.Parse()

	module, err := scan(Options{Root: *root, Tags: splitList(*tags), Arch: *arch, Cgo: *cgo,
		ModulePath: *modulePath, ModuleRoot: *moduleRoot})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	if err := out.Encode(module); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func splitList(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}
