package main

import (
	"bytes"
	"go/ast"
	"go/printer"
	"go/token"
	"path"
	"regexp"
	"strconv"
	"strings"
)

const (
	functionsPath     = "github.com/GoogleCloudPlatform/functions-framework-go/functions"
	funcframeworkPath = "github.com/GoogleCloudPlatform/functions-framework-go/funcframework"
	lambdaPath        = "github.com/aws/aws-lambda-go/lambda"
	lambdaURLPath     = "github.com/aws/aws-lambda-go/lambdaurl"
)

// fileReader takes the facts out of one file.
type fileReader struct {
	files   *token.FileSet
	name    string
	parsed  *ast.File
	into    *Package
	imports map[string]string // the name in this file → the import path
	dots    []string          // paths that are imported with '.'
}

func (r *fileReader) place(at token.Pos) Place {
	position := r.files.PositionFor(at, false)
	return Place{File: r.name, Line: position.Line, Column: position.Column}
}

func (r *fileReader) read() {
	r.readImports()
	for _, declaration := range r.parsed.Decls {
		if function, ok := declaration.(*ast.FuncDecl); ok {
			r.readFunc(function)
		}
	}
	ast.Inspect(r.parsed, func(node ast.Node) bool {
		if call, ok := node.(*ast.CallExpr); ok {
			r.readCall(call)
		}
		return true
	})
}

var versionElement = regexp.MustCompile(`^v[0-9]+$`)

// The names of packages that are not the last element of their path.
var packageNames = map[string]string{
	"github.com/cloudevents/sdk-go/v2":              "cloudevents",
	"github.com/openfaas/templates-sdk/go-http":     "handler",
	"github.com/openfaas-incubator/go-function-sdk": "function",
}

func guessName(importPath string) string {
	if name, ok := packageNames[importPath]; ok {
		return name
	}
	last := path.Base(importPath)
	if versionElement.MatchString(last) {
		last = path.Base(path.Dir(importPath))
	}
	if dot := strings.Index(last, ".v"); dot > 0 { // gopkg.in/yaml.v3
		last = last[:dot]
	}
	return strings.TrimPrefix(last, "go-")
}

func (r *fileReader) readImports() {
	r.imports = map[string]string{}
	file := File{Name: r.name, Imports: []Import{}}
	for _, spec := range r.parsed.Imports {
		importPath, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		file.Imports = append(file.Imports, Import{
			Path:   importPath,
			Named:  spec.Name != nil,
			Offset: r.files.PositionFor(spec.Path.Pos(), false).Offset,
			Length: len(spec.Path.Value),
			Place:  r.place(spec.Path.Pos()),
		})
		name := guessName(importPath)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		switch name {
		case "_":
		case ".":
			r.dots = append(r.dots, importPath)
		default:
			r.imports[name] = importPath
		}
	}
	r.into.Files = append(r.into.Files, file)
}

func (r *fileReader) readFunc(function *ast.FuncDecl) {
	fact := Func{
		Name:    function.Name.Name,
		Params:  r.types(function.Type.Params),
		Results: r.types(function.Type.Results),
		Generic: function.Type.TypeParams != nil,
		Place:   r.place(function.Name.Pos()),
	}
	if function.Recv != nil && len(function.Recv.List) == 1 {
		fact.Receiver = receiverName(function.Recv.List[0].Type)
	}
	if r.into.Name == "main" && fact.Name == "main" && fact.Receiver == "" {
		place := fact.Place
		r.into.Main = &place
	}
	r.into.Funcs = append(r.into.Funcs, fact)
}

func receiverName(expression ast.Expr) string {
	switch expression := expression.(type) {
	case *ast.StarExpr:
		return receiverName(expression.X)
	case *ast.IndexExpr:
		return receiverName(expression.X)
	case *ast.IndexListExpr:
		return receiverName(expression.X)
	case *ast.ParenExpr:
		return receiverName(expression.X)
	case *ast.Ident:
		return expression.Name
	}
	return ""
}

func (r *fileReader) types(fields *ast.FieldList) []Type {
	types := []Type{}
	if fields == nil {
		return types
	}
	for _, field := range fields.List {
		fact := Type{Text: r.text(field.Type), Name: r.typeName(field.Type)}
		count := len(field.Names)
		if count == 0 {
			count = 1
		}
		for i := 0; i < count; i++ {
			types = append(types, fact)
		}
	}
	return types
}

func (r *fileReader) text(node ast.Node) string {
	var out bytes.Buffer
	if printer.Fprint(&out, r.files, node) != nil {
		return ""
	}
	return out.String()
}

func (r *fileReader) typeName(expression ast.Expr) string {
	switch expression := expression.(type) {
	case *ast.ParenExpr:
		return r.typeName(expression.X)
	case *ast.StarExpr:
		return "*" + r.typeName(expression.X)
	case *ast.ArrayType:
		if expression.Len == nil {
			return "[]" + r.typeName(expression.Elt)
		}
	case *ast.SelectorExpr:
		if qualified := r.qualified(expression); qualified != "" {
			return qualified
		}
	case *ast.Ident:
		for _, dot := range r.dots {
			if dot == "net/http" && (expression.Name == "ResponseWriter" || expression.Name == "Request") {
				return dot + "." + expression.Name
			}
		}
		return expression.Name
	}
	return r.text(expression)
}

// qualified is "net/http.Request" for http.Request, and empty where the left side is no package.
func (r *fileReader) qualified(selector *ast.SelectorExpr) string {
	left, ok := selector.X.(*ast.Ident)
	if !ok {
		return ""
	}
	importPath, ok := r.imports[left.Name]
	if !ok {
		return ""
	}
	return importPath + "." + selector.Sel.Name
}

func (r *fileReader) callee(call *ast.CallExpr) string {
	function := call.Fun
	// lambda.Start[T] and the like
	if index, ok := function.(*ast.IndexExpr); ok {
		function = index.X
	}
	if selector, ok := function.(*ast.SelectorExpr); ok {
		return r.qualified(selector)
	}
	if identifier, ok := function.(*ast.Ident); ok {
		for _, dot := range r.dots {
			if dot == functionsPath || dot == lambdaPath || dot == funcframeworkPath {
				return dot + "." + identifier.Name
			}
		}
	}
	return ""
}

func (r *fileReader) readCall(call *ast.CallExpr) {
	callee := r.callee(call)
	if callee == "" {
		return
	}
	switch callee {
	case functionsPath + ".HTTP", functionsPath + ".CloudEvent", functionsPath + ".Typed":
		r.register("functions."+callee[len(functionsPath)+1:], call, 0)
	case funcframeworkPath + ".RegisterHTTPFunctionContext", funcframeworkPath + ".RegisterEventFunctionContext",
		funcframeworkPath + ".RegisterCloudEventFunctionContext":
		r.register("funcframework."+callee[len(funcframeworkPath)+1:], call, 1)
	case funcframeworkPath + ".RegisterHTTPFunction", funcframeworkPath + ".RegisterEventFunction":
		r.register("funcframework."+callee[len(funcframeworkPath)+1:], call, 0)
	case lambdaPath + ".Start", lambdaPath + ".StartWithOptions", lambdaPath + ".StartHandlerFunc",
		lambdaPath + ".StartHandler":
		r.lambda(callee, call, 0)
	case lambdaPath + ".StartWithContext", lambdaPath + ".StartHandlerWithContext":
		r.lambda(callee, call, 1)
	case lambdaURLPath + ".Start":
		r.lambda(callee, call, 0)
	default:
		if _, interesting := uses[callee]; interesting {
			r.into.Uses = append(r.into.Uses, Use{Name: callee, Place: r.place(call.Pos())})
		}
	}
}

func (r *fileReader) register(name string, call *ast.CallExpr, at int) {
	fact := Registration{Call: name, Place: r.place(call.Pos())}
	if at < len(call.Args) {
		if literal, ok := call.Args[at].(*ast.BasicLit); ok && literal.Kind == token.STRING {
			if text, err := strconv.Unquote(literal.Value); err == nil {
				fact.Name, fact.Plain = text, true
			}
		}
		if !fact.Plain {
			fact.Name = r.text(call.Args[at])
		}
	}
	r.into.Registrations = append(r.into.Registrations, fact)
}

func (r *fileReader) lambda(callee string, call *ast.CallExpr, at int) {
	fact := Registration{Call: path.Base(callee), Place: r.place(call.Pos())} // "lambda.Start"
	if at < len(call.Args) {
		switch argument := call.Args[at].(type) {
		case *ast.Ident:
			fact.Name, fact.Plain = argument.Name, true
		case *ast.SelectorExpr:
			fact.Name, fact.Plain = r.text(argument), true
		}
	}
	r.into.Registrations = append(r.into.Registrations, fact)
}

// What a unikernel with one process cannot serve.
var uses = map[string]struct{}{
	"os/exec.Command": {}, "os/exec.CommandContext": {}, "os.StartProcess": {}, "syscall.ForkExec": {},
	"syscall.StartProcess": {}, "syscall.Exec": {}, "golang.org/x/sys/unix.Exec": {}, "plugin.Open": {},
	"net/http/cgi.Serve": {}, "syscall.Mount": {}, "syscall.Mknod": {}, "syscall.Chroot": {},
	"syscall.PtraceAttach": {},
}
