package faasrt

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"sync"
)

// AddMetadata puts what an older event says of itself into the context, in the form of the package
// cloud.google.com/go/functions/metadata. The generated code sets it where the user's module has that package.
var AddMetadata func(ctx context.Context, metadata []byte) (context.Context, error)

// BackgroundFunction makes a handler of a func(context.Context, T) error that takes Google's older events:
// T is the event's data. CloudEvents that stand for one of them are converted; any other body is T itself.
// `decode` makes T of JSON; nil: encoding/json does.
func BackgroundFunction(fn interface{}, decode func([]byte, interface{}) error) (http.Handler, error) {
	function := reflect.ValueOf(fn)
	if function.Kind() != reflect.Func {
		return nil, fmt.Errorf("expected a function, found %T", fn)
	}
	shape := function.Type()
	if shape.NumIn() != 2 || shape.In(0) != contextType || shape.NumOut() != 1 || !shape.Out(0).Implements(errorType) {
		return nil, fmt.Errorf("expected func(context.Context, T) error, found %s", shape)
	}
	if decode == nil {
		decode = json.Unmarshal
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isDelivery(w, r) {
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			refuse(w, http.StatusBadRequest, "crash", "could not read request body: "+err.Error())
			return
		}
		ctx := r.Context()
		legacy, ok, err := backgroundEvent(r, body)
		if err != nil {
			refuse(w, http.StatusBadRequest, "crash", fmt.Sprintf("Error: %v, parsing background event: %s", err, excerpt(body)))
			return
		}
		if ok {
			if body, err = json.Marshal(legacy.data); err == nil && AddMetadata != nil {
				ctx, err = AddMetadata(ctx, legacy.metadata())
			}
			if err != nil {
				refuse(w, http.StatusBadRequest, "crash", err.Error())
				return
			}
		}
		argument := reflect.New(shape.In(1))
		if err := decode(body, argument.Interface()); err != nil {
			refuse(w, http.StatusBadRequest, "crash",
				fmt.Sprintf("Error: %v, while converting event data: %s", err, excerpt(body)))
			return
		}
		results := function.Call([]reflect.Value{reflect.ValueOf(ctx), argument.Elem()})
		if err := results[0].Interface(); err != nil {
			refuse(w, http.StatusInternalServerError, "error", fmt.Sprintf("Function error: %v", err))
		}
	}), nil
}

func (l legacyEvent) metadata() []byte {
	resource := interface{}(l.resource)
	if l.service != "" {
		resource = map[string]string{"service": l.service, "name": l.resource, "type": l.resourceType}
	}
	text, err := json.Marshal(map[string]interface{}{
		"eventId": l.id, "timestamp": l.time, "eventType": l.kind, "resource": resource})
	if err != nil {
		return []byte("{}")
	}
	return text
}

var backgroundTypes struct {
	once   sync.Once
	before map[string]string
}

// backgroundType is the other way round: what a CloudEvent's type was called before.
func backgroundType(of string) (string, bool) {
	backgroundTypes.once.Do(func() { backgroundTypes.before = typesBefore() })
	before, known := backgroundTypes.before[of]
	return before, known
}

func typesBefore() map[string]string {
	types := map[string]string{}
	for before, after := range legacyTypes {
		// Two older names stand for one; the newer of them has no slash.
		if known, there := types[after]; !there || len(before) < len(known) {
			types[after] = before
		}
	}
	return types
}

var (
	sourceParts      = pattern{text: `^//([^/]+)/(.+)$`}
	databaseLocation = pattern{text: `/locations/[^/]+`}
)

func backgroundEvent(r *http.Request, body []byte) (legacyEvent, bool, error) {
	kind, known := backgroundType(r.Header.Get("Ce-Type"))
	if !known || r.Header.Get("Ce-Id") == "" || r.Header.Get("Ce-Source") == "" {
		legacy, ok, err := readLegacy(body, r.URL.Path)
		if err != nil {
			// Not an object: it may still be what the function takes.
			return legacyEvent{}, false, nil
		}
		return legacy, ok, nil
	}
	parts := sourceParts.get().FindStringSubmatch(r.Header.Get("Ce-Source"))
	if parts == nil {
		return legacyEvent{}, false, fmt.Errorf("unable to parse CloudEvent source into resource service and name: %q", r.Header.Get("Ce-Source"))
	}
	var data map[string]interface{}
	if err := decodeJSON(body, &data); err != nil {
		return legacyEvent{}, false, err
	}
	service, name := parts[1], parts[2]
	legacy := legacyEvent{id: r.Header.Get("Ce-Id"), time: r.Header.Get("Ce-Time"), kind: kind, data: data,
		resource: name + "/" + r.Header.Get("Ce-Subject")}
	switch service {
	case pubsubService:
		legacy.service, legacy.resource = service, name
		legacy.resourceType = "type.googleapis.com/google.pubsub.v1.PubsubMessage"
		if message, ok := data["message"].(map[string]interface{}); ok {
			legacy.data = message
			delete(message, "messageId")
			delete(message, "publishTime")
		}
	case authService:
		legacy.resource = name
		rename(data["metadata"], "createTime", "createdAt")
		rename(data["metadata"], "lastSignInTime", "lastSignedInAt")
	case databaseService:
		legacy.resource = databaseLocation.get().ReplaceAllString(legacy.resource, "")
	case storageService:
		legacy.service = service
		legacy.resourceType = textMember(data, "kind")
	}
	return legacy, true, nil
}
