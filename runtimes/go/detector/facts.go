package main

// Place is where something begins. Lines and columns count from 1, columns count bytes.
type Place struct {
	File   string `json:"file"` // relative to the root, with slashes
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// Type is one type of a signature.
type Type struct {
	Text string `json:"text"` // as it is written: "*http.Request"
	Name string `json:"name"` // with the import path for the package: "*net/http.Request"
}

// Func is a function or method at the top level of a file.
type Func struct {
	Name     string `json:"name"`
	Receiver string `json:"receiver,omitempty"` // the type's name, without '*'
	Params   []Type `json:"params"`
	Results  []Type `json:"results"`
	Generic  bool   `json:"generic,omitempty"`
	Place    Place  `json:"place"`
}

// Registration is a call by which a framework learns of a handler: functions.HTTP("Name", …).
type Registration struct {
	Call  string `json:"call"` // "functions.HTTP", "funcframework.RegisterHTTPFunctionContext", "lambda.Start"
	Name  string `json:"name"` // the literal name or path; of lambda.Start the handler as written
	Plain bool   `json:"plain"`
	Place Place  `json:"place"`
}

// Use is a call of something that may be of interest: a process, a listener.
type Use struct {
	Name  string `json:"name"` // "os/exec.Command"
	Place Place  `json:"place"`
}

// Import is one import of one file, and where its path stands as bytes of the file, quotes included.
type Import struct {
	Path   string `json:"path"`
	Named  bool   `json:"named,omitempty"`
	Offset int    `json:"offset"`
	Length int    `json:"length"`
	Place  Place  `json:"place"`
}

// File is one Go file that is part of the build.
type File struct {
	Name    string   `json:"name"` // relative to the root
	Imports []Import `json:"imports"`
}

// Package is one directory.
type Package struct {
	Dir           string         `json:"dir"` // relative to the root; "." is the root
	Name          string         `json:"name"`
	Files         []File         `json:"files"`
	Main          *Place         `json:"main,omitempty"` // of func main() in package main
	Funcs         []Func         `json:"funcs"`
	Registrations []Registration `json:"registrations"`
	Uses          []Use          `json:"uses"`
}

// Problem is a file that cannot be parsed, in the parser's words.
type Problem struct {
	Message string `json:"message"`
	Place   Place  `json:"place"`
}

// Module is everything below the root, and what of the same module it imports.
type Module struct {
	Packages []Package `json:"packages"`
	Imported []Package `json:"imported"` // of the module, but elsewhere; those in Packages import them
	Problems []Problem `json:"problems"`
	CgoFiles []string  `json:"cgo_files"` // left out because they import "C"
	Nested   []string  `json:"nested"`    // directories that are modules of their own
}
