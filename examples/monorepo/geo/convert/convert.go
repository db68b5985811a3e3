// Package convert turns degrees of one scale into those of another.
package convert

import (
	"fmt"
	"net/http"
	"strconv"
)

// Convert is the handler.
func Convert(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintln(w, number(r, "celsius")*9/5+32)
}

func number(r *http.Request, name string) float64 {
	value, _ := strconv.ParseFloat(r.URL.Query().Get(name), 64)
	return value
}
