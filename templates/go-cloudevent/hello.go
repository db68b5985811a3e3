// Package hello takes CloudEvents.
package hello

import (
	"context"
	"fmt"

	"github.com/cloudevents/sdk-go/v2/event"
)

type greeting struct {
	Name string `json:"name"`
}

// Hello is called once for each event; several calls may run at a time. An error is answered with status 500,
// so that the sender tries again.
func Hello(ctx context.Context, e event.Event) error {
	var data greeting
	if err := e.DataAs(&data); err != nil {
		return fmt.Errorf("event %s: %w", e.ID(), err)
	}
	fmt.Printf("Hello, %s!\n", data.Name)
	return nil
}
