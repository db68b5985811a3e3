// Package distance measures between two points.
package distance

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
)

// Distance is the handler.
func Distance(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintln(w, math.Hypot(number(r, "x"), number(r, "y")))
}

func number(r *http.Request, name string) float64 {
	value, _ := strconv.ParseFloat(r.URL.Query().Get(name), 64)
	return value
}
