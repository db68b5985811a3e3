// Package faasrt runs one Go function as the only program of a virtual machine. faasc joins it to the user's
// module while it compiles, as a directory that exists in the build only; it needs nothing but the standard
// library, and no language newer than Go 1.16, because the user's go.mod decides the language version.
//
// The functions of this package that are called like those of Google's Functions Framework (HTTP, CloudEvent,
// Typed, Start, …) stand in for it: faasc turns the framework's import paths into this package's.
package faasrt
