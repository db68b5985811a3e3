// Package area knows circles.
package area

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
)

// Area is the handler.
func Area(w http.ResponseWriter, r *http.Request) {
	radius := number(r, "radius")
	fmt.Fprintf(w, "%.2f\n", math.Pi*radius*radius)
}

func number(r *http.Request, name string) float64 {
	value, _ := strconv.ParseFloat(r.URL.Query().Get(name), 64)
	return value
}
