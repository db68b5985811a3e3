// Package inside looks whether a point lies in the unit square.
package inside

import (
	"fmt"
	"net/http"
	"strconv"
)

// Inside is the handler.
func Inside(w http.ResponseWriter, r *http.Request) {
	x, y := number(r, "x"), number(r, "y")
	fmt.Fprintln(w, x >= 0 && x <= 1 && y >= 0 && y <= 1)
}

func number(r *http.Request, name string) float64 {
	value, _ := strconv.ParseFloat(r.URL.Query().Get(name), 64)
	return value
}
