package faasrt

import (
	"context"
	"net/http"
)

// HooksOf finds the optional methods of a Knative function's instance: Start, Stop, Ready, Alive.
func HooksOf(instance interface{}) Hooks {
	var hooks Hooks
	if one, ok := instance.(interface {
		Start(context.Context, map[string]string) error
	}); ok {
		hooks.Start = one.Start
	}
	if one, ok := instance.(interface{ Stop(context.Context) error }); ok {
		hooks.Stop = one.Stop
	}
	if one, ok := instance.(interface {
		Ready(context.Context) (bool, error)
	}); ok {
		hooks.Ready = one.Ready
	}
	if one, ok := instance.(interface {
		Alive(context.Context) (bool, error)
	}); ok {
		hooks.Alive = one.Alive
	}
	return hooks
}

// ServeFunc serves a plain HTTP function.
func ServeFunc(fn func(http.ResponseWriter, *http.Request), hooks Hooks) {
	Serve(http.HandlerFunc(fn), hooks)
}

// ServeEvents serves a function that takes CloudEvents.
func ServeEvents(fn interface{}, hooks Hooks) {
	serveMade(hooks, func() (http.Handler, error) { return EventFunction(fn) })
}

// ServeTyped serves a func(T) (R, error).
func ServeTyped(fn interface{}) {
	serveMade(Hooks{}, func() (http.Handler, error) { return TypedFunction(fn) })
}

// ServeBackground serves a func(context.Context, T) error.
func ServeBackground(fn interface{}) {
	serveMade(Hooks{}, func() (http.Handler, error) { return BackgroundFunction(fn, nil) })
}

func serveMade(hooks Hooks, make func() (http.Handler, error)) {
	handler, err := make()
	if err != nil {
		begin()
		fail(err.Error())
	}
	Serve(handler, hooks)
}
