package faasrt

import (
	"context"
	"fmt"
	"net/http"
	"sort"
	"strings"
)

// registered is what the user's code handed over by name, or by path as the older calls do.
type registered struct {
	name, path string
	handler    http.Handler
	err        error
}

var registry []registered

func register(name, path string, handler http.Handler, err error) {
	for _, other := range registry {
		if name != "" && other.name == name {
			fail("failure to register function: function name already registered: \"" + name + "\"")
		}
	}
	registry = append(registry, registered{name, path, handler, err})
}

// HTTP registers a function by name, as the framework's functions.HTTP does.
func HTTP(name string, fn func(http.ResponseWriter, *http.Request)) {
	register(name, "/"+name, http.HandlerFunc(fn), nil)
}

// CloudEvent registers fn, a func(context.Context, event.Event) error.
func CloudEvent(name string, fn interface{}) {
	handler, err := EventFunction(fn)
	register(name, "/"+name, handler, err)
}

// Typed registers fn, a func(T) (R, error).
func Typed(name string, fn interface{}) {
	handler, err := TypedFunction(fn)
	register(name, "/"+name, handler, err)
}

// RegisterHTTPFunctionContext registers a function by path.
func RegisterHTTPFunctionContext(ctx context.Context, path string, fn func(http.ResponseWriter, *http.Request)) error {
	register("", path, http.HandlerFunc(fn), nil)
	return nil
}

// RegisterCloudEventFunctionContext registers fn, a func(context.Context, event.Event) error, by path.
func RegisterCloudEventFunctionContext(ctx context.Context, path string, fn interface{}) error {
	handler, err := EventFunction(fn)
	register("", path, handler, err)
	return err
}

// RegisterEventFunctionContext registers fn, a func(context.Context, T) error, by path.
func RegisterEventFunctionContext(ctx context.Context, path string, fn interface{}) error {
	handler, err := BackgroundFunction(fn, nil)
	register("", path, handler, err)
	return err
}

// RegisterHTTPFunction is the oldest form.
func RegisterHTTPFunction(path string, fn interface{}) {
	handler, ok := fn.(func(http.ResponseWriter, *http.Request))
	if !ok {
		fail("expected function to have signature func(http.ResponseWriter, *http.Request)")
	}
	register("", path, http.HandlerFunc(handler), nil)
}

// RegisterEventFunction is the oldest form.
func RegisterEventFunction(path string, fn interface{}) {
	if err := RegisterEventFunctionContext(context.Background(), path, fn); err != nil {
		fail(err.Error())
	}
}

// choose is what the framework serves: the target, else the last function without a name; without a target
// every function under its path.
func choose(target string) (http.Handler, error) {
	if target == "" {
		mux := http.NewServeMux()
		for _, one := range registry {
			if one.err != nil {
				return nil, fmt.Errorf("failed to serve function at path %q: %v", one.path, one.err)
			}
			mux.Handle(one.path, one.handler)
		}
		return mux, nil
	}
	var chosen *registered
	names := []string{}
	for i := range registry {
		if registry[i].name == "" {
			if chosen == nil || chosen.name == "" {
				chosen = &registry[i]
			}
			continue
		}
		names = append(names, registry[i].name)
		if registry[i].name == target {
			chosen = &registry[i]
		}
	}
	if chosen == nil {
		sort.Strings(names)
		return nil, fmt.Errorf("no matching function found with name: %q; registered are: %s", target, strings.Join(names, ", "))
	}
	if chosen.err != nil {
		return nil, fmt.Errorf("failed to serve function %q: %v", target, chosen.err)
	}
	return chosen.handler, nil
}

// ServeRegistered serves the function that FUNCTION_TARGET names.
func ServeRegistered() {
	s := begin()
	handler, err := choose(s.target)
	if err != nil {
		fail(err.Error())
	}
	serve(s, handler, Hooks{})
}

// Start serves like the framework's; the port is the one that the machine's specification names.
func Start(port string) error {
	ServeRegistered()
	return nil
}

// StartHostPort serves on every address: the machine has no other.
func StartHostPort(hostname, port string) error { return Start(port) }
