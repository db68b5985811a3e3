package main

import (
	"context"
	"errors"
	"log"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

type event struct {
	Name string `json:"name"`
}

type greeting struct {
	Message string `json:"message"`
}

// One event at a time comes here. An error becomes Lambda's error JSON.
func handle(ctx context.Context, e event) (greeting, error) {
	if call, ok := lambdacontext.FromContext(ctx); ok {
		log.Printf("request %s", call.AwsRequestID)
	}
	if e.Name == "" {
		return greeting{}, errors.New("the event has no name")
	}
	return greeting{Message: "Hello, " + e.Name + "!"}, nil
}

func main() {
	lambda.Start(handle)
}
