// Package hello answers HTTP requests.
package hello

import (
	"fmt"
	"io"
	"net/http"
)

// Hello is the handler that faas.yaml names: any exported function of this shape is one. Requests are served
// concurrently, so guard what they share. What takes long belongs in an init() or a package variable.
func Hello(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	name := string(body)
	if name == "" {
		name = "World"
	}
	fmt.Fprintf(w, "Hello, %s!\n", name)
}
