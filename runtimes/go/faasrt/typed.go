package faasrt

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
)

var errorType = reflect.TypeOf((*error)(nil)).Elem()

// TypedFunction makes a handler of a function that takes a value and returns another, both as JSON, with an
// error as its last result.
func TypedFunction(fn interface{}) (http.Handler, error) {
	function := reflect.ValueOf(fn)
	if function.Kind() != reflect.Func {
		return nil, fmt.Errorf("expected a function, found %T", fn)
	}
	shape := function.Type()
	if shape.NumIn() != 1 {
		return nil, fmt.Errorf("expected function to have one parameter, found %d", shape.NumIn())
	}
	if shape.NumOut() > 2 {
		return nil, fmt.Errorf("expected function to have at most two results, found %d", shape.NumOut())
	}
	if shape.NumOut() > 0 && !shape.Out(shape.NumOut()-1).Implements(errorType) {
		return nil, fmt.Errorf("expected the last result to be an error, found %s", shape.Out(shape.NumOut()-1))
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			refuse(w, http.StatusBadRequest, "crash", "could not read request body: "+err.Error())
			return
		}
		argument := reflect.New(shape.In(0))
		if err := json.Unmarshal(body, argument.Interface()); err != nil {
			refuse(w, http.StatusBadRequest, "crash", "Error while converting input data. "+err.Error())
			return
		}
		results := function.Call([]reflect.Value{argument.Elem()})
		if len(results) == 0 {
			return
		}
		if err := results[len(results)-1].Interface(); err != nil {
			refuse(w, http.StatusInternalServerError, "error", fmt.Sprintf("Function error: %v", err))
			return
		}
		if len(results) == 1 {
			return
		}
		out, err := json.Marshal(results[0].Interface())
		if err != nil {
			refuse(w, http.StatusInternalServerError, "crash", "Error while converting the result. "+err.Error())
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Write(out)
	}), nil
}
