package faasrt

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"strings"
	"testing"
)

// What the SDK's event.Event does, as far as this package needs it: it reads the JSON format by itself.
type sdkEvent struct{ fields map[string]interface{} }

func (e *sdkEvent) UnmarshalJSON(text []byte) error {
	if err := json.Unmarshal(text, &e.fields); err != nil {
		return err
	}
	if e.fields["specversion"] != "1.0" {
		return errors.New("unknown version")
	}
	return nil
}

func (e sdkEvent) MarshalJSON() ([]byte, error) { return json.Marshal(e.fields) }

func post(handler http.Handler, body string, headers ...string) *httptest.ResponseRecorder {
	request := httptest.NewRequest("POST", "/", strings.NewReader(body))
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	return recorder
}

func TestEventModes(t *testing.T) {
	var got []sdkEvent
	handler, err := EventFunction(func(ctx context.Context, e sdkEvent) error {
		got = append(got, e)
		if e.fields["subject"] == "fail" {
			return errors.New("cannot")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	structured := `{"specversion":"1.0","id":"1","source":"/s","type":"t","data":{"n":1}}`
	for _, row := range []struct {
		name, body string
		headers    []string
		status     int
		want       string // the events as JSON, or the body of a refusal
	}{
		{"structured", structured, []string{"Content-Type", "application/cloudevents+json"}, 200,
			`[{"data":{"n":1},"id":"1","source":"/s","specversion":"1.0","type":"t"}]`},
		{"batch", "[" + structured + "," + structured + "]", []string{"Content-Type", "application/cloudevents-batch+json"}, 200,
			`[{"data":{"n":1},"id":"1","source":"/s","specversion":"1.0","type":"t"},{"data":{"n":1},"id":"1","source":"/s","specversion":"1.0","type":"t"}]`},
		{"binary JSON", `{"n":12345678901234567890}`, []string{"Content-Type", "application/json", "ce-id", "1", "ce-source", "/s",
			"ce-type", "t", "ce-specversion", "1.0", "ce-ext", "%E2%82%AC%20"}, 200,
			`[{"data":{"n":12345678901234567000},"datacontenttype":"application/json","ext":"€ ","id":"1","source":"/s","specversion":"1.0","type":"t"}]`},
		{"binary text", "hello", []string{"Content-Type", "text/plain", "ce-id", "1", "ce-source", "/s", "ce-type", "t"}, 200,
			`[{"data":"hello","datacontenttype":"text/plain","id":"1","source":"/s","specversion":"1.0","type":"t"}]`},
		{"binary bytes", "\xff\x00", []string{"Content-Type", "image/png", "ce-id", "1", "ce-source", "/s", "ce-type", "t"}, 200,
			`[{"data_base64":"/wA=","datacontenttype":"image/png","id":"1","source":"/s","specversion":"1.0","type":"t"}]`},
		{"no data", "", []string{"ce-id", "1", "ce-source", "/s", "ce-type", "t"}, 200,
			`[{"id":"1","source":"/s","specversion":"1.0","type":"t"}]`},
		{"failing", "", []string{"ce-id", "1", "ce-source", "/s", "ce-type", "t", "ce-subject", "fail"}, 500, "Function error: cannot\n"},
		{"no source", "", []string{"ce-id", "1", "ce-type", "t"}, 400, "the event has no 'source', or it is not a string\n"},
		{"not UTF-8", "", []string{"ce-id", "%FF", "ce-source", "/s", "ce-type", "t"}, 400, "header 'ce-id' is not UTF-8\n"},
		{"two content types", "", []string{"Content-Type", "a/b", "ce-id", "1", "ce-source", "/s", "ce-type", "t", "ce-datacontenttype", "c/d"},
			400, "'ce-datacontenttype' and 'Content-Type' differ\n"},
		{"unknown version", "", []string{"ce-id", "1", "ce-source", "/s", "ce-type", "t", "ce-specversion", "7"}, 400,
			"the event is not valid: unknown version\n"},
		{"neither", "{}", []string{"Content-Type", "application/json"}, 400, "unable to extract background event from {}\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got = nil
			recorder := post(handler, row.body, row.headers...)
			found := recorder.Body.String()
			if recorder.Code == 200 {
				text, _ := json.Marshal(got)
				found = string(text)
			} else if want := map[int]string{400: "crash", 500: "error"}[recorder.Code]; recorder.Header().Get("X-Google-Status") != want {
				t.Errorf("X-Google-Status is %q", recorder.Header().Get("X-Google-Status"))
			}
			if recorder.Code != row.status || found != row.want {
				t.Errorf("got %d %s\nwant %d %s", recorder.Code, found, row.status, row.want)
			}
		})
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequest("GET", "/", nil))
	if recorder.Code != 405 || recorder.Header().Get("Allow") != "POST" {
		t.Errorf("GET: %d %v", recorder.Code, recorder.Header())
	}
}

func TestEventShapes(t *testing.T) {
	headers := []string{"ce-id", "1", "ce-source", "/s", "ce-type", "t"}
	answer := &sdkEvent{map[string]interface{}{"id": "2"}}
	for _, row := range []struct {
		fn     interface{}
		status int
		body   string
	}{
		{func() {}, 200, ""},
		{func() error { return nil }, 200, ""},
		{func(context.Context) {}, 200, ""},
		{func(context.Context) error { return errors.New("x") }, 500, "Function error: x\n"},
		{func(sdkEvent) {}, 200, ""},
		{func(sdkEvent) error { return nil }, 200, ""},
		{func(sdkEvent) *sdkEvent { return answer }, 200, `{"id":"2"}`},
		{func(sdkEvent) (*sdkEvent, error) { return answer, nil }, 200, `{"id":"2"}`},
		{func(context.Context, sdkEvent) {}, 200, ""},
		{func(context.Context, sdkEvent) error { return nil }, 200, ""},
		{func(context.Context, sdkEvent) *sdkEvent { return nil }, 200, ""},
		{func(context.Context, sdkEvent) (*sdkEvent, error) { return nil, errors.New("y") }, 500, "Function error: y\n"},
		{func(context.Context, *sdkEvent) error { return nil }, 200, ""},
	} {
		handler, err := EventFunction(row.fn)
		if err != nil {
			t.Errorf("%T: %v", row.fn, err)
			continue
		}
		if recorder := post(handler, "", headers...); recorder.Code != row.status || recorder.Body.String() != row.body {
			t.Errorf("%T: %d %q", row.fn, recorder.Code, recorder.Body.String())
		}
	}
	for _, bad := range []interface{}{7, func(int, int, int) {}, func() int { return 0 }, func() (error, error) { return nil, nil }} {
		if _, err := EventFunction(bad); err == nil {
			t.Errorf("%T is accepted", bad)
		}
	}
}

func TestLegacyEvents(t *testing.T) {
	for _, row := range []struct{ name, body, path, want, err string }{
		{name: "pubsub", body: `{"context":{"eventId":"1","timestamp":"2020-01-01T00:00:00Z","eventType":"google.pubsub.topic.publish",
			"resource":{"service":"pubsub.googleapis.com","name":"projects/p/topics/t","type":"x"}},"data":{"data":"QQ=="}}`,
			want: `{"data":{"message":{"data":"QQ==","messageId":"1","publishTime":"2020-01-01T00:00:00Z"}},"datacontenttype":"application/json","id":"1","source":"//pubsub.googleapis.com/projects/p/topics/t","specversion":"1.0","time":"2020-01-01T00:00:00Z","type":"google.cloud.pubsub.topic.v1.messagePublished"}`},
		{name: "pubsub push", path: "/projects/p/topics/t", body: `{"subscription":"s","message":{"messageId":"9","publishTime":"2020-01-01T00:00:00Z","data":"QQ=="}}`,
			want: `{"data":{"message":{"@type":"type.googleapis.com/google.pubsub.v1.PubsubMessage","attributes":null,"data":"QQ==","messageId":"9","publishTime":"2020-01-01T00:00:00Z"}},"datacontenttype":"application/json","id":"9","source":"//pubsub.googleapis.com/projects/p/topics/t","specversion":"1.0","time":"2020-01-01T00:00:00Z","type":"google.cloud.pubsub.topic.v1.messagePublished"}`},
		{name: "storage", body: `{"eventId":"1","eventType":"google.storage.object.finalize","resource":"projects/_/buckets/b/objects/d/o.txt#12","data":{"name":"o"}}`,
			want: `{"data":{"name":"o"},"datacontenttype":"application/json","id":"1","source":"//storage.googleapis.com/projects/_/buckets/b","specversion":"1.0","subject":"objects/d/o.txt","type":"google.cloud.storage.object.v1.finalized"}`},
		{name: "auth", body: `{"eventId":"1","eventType":"providers/firebase.auth/eventTypes/user.create","resource":"projects/p","data":{"uid":"u","metadata":{"createdAt":"x"}}}`,
			want: `{"data":{"metadata":{"createTime":"x"},"uid":"u"},"datacontenttype":"application/json","id":"1","source":"//firebaseauth.googleapis.com/projects/p","specversion":"1.0","subject":"users/u","type":"google.firebase.auth.user.v1.created"}`},
		{name: "database", body: `{"eventId":"1","eventType":"providers/google.firebase.database/eventTypes/ref.write","domain":"europe-west1.firebasedatabase.app","resource":"projects/_/instances/i/refs/a/b","data":{}}`,
			want: `{"data":{},"datacontenttype":"application/json","id":"1","source":"//firebasedatabase.googleapis.com/projects/_/locations/europe-west1/instances/i","specversion":"1.0","subject":"refs/a/b","type":"google.firebase.database.ref.v1.written"}`},
		{name: "unknown type", body: `{"eventId":"1","eventType":"x","data":1}`, err: "unable to find CloudEvent equivalent event type for x"},
		{name: "foreign resource", body: `{"eventId":"1","eventType":"google.storage.object.finalize","resource":"r","data":{}}`,
			err: "the resource 'r' is none of storage.googleapis.com"},
		{name: "not JSON", body: `x`, err: "neither a CloudEvent nor an older event: the body is not a JSON object: invalid character 'x' looking for beginning of value"},
		{name: "a list", body: `[]`, err: "neither a CloudEvent nor an older event: the body is not a JSON object: json: cannot unmarshal array into Go value of type map[string]interface {}"},
	} {
		t.Run(row.name, func(t *testing.T) {
			one, err := eventFromLegacy([]byte(row.body), row.path)
			if err != nil {
				if err.Error() != row.err {
					t.Errorf("error %q, want %q", err, row.err)
				}
				return
			}
			text, _ := json.Marshal(one)
			if string(text) != row.want {
				t.Errorf("got  %s\nwant %s", text, row.want)
			}
		})
	}
}

func TestBackground(t *testing.T) {
	type object struct{ Name string }
	var metadata string
	AddMetadata = func(ctx context.Context, text []byte) (context.Context, error) {
		metadata = string(text)
		return ctx, nil
	}
	defer func() { AddMetadata = nil }()
	var got object
	handler, err := BackgroundFunction(func(ctx context.Context, o object) error {
		got = o
		if o.Name == "bad" {
			return errors.New("cannot")
		}
		return nil
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name, body string
		headers    []string
		status     int
		want, meta string
	}{
		{"older event", `{"context":{"eventId":"1","eventType":"google.storage.object.finalize","resource":{"service":"s","name":"n"}},"data":{"name":"o"}}`,
			nil, 200, "o", `{"eventId":"1","eventType":"google.storage.object.finalize","resource":{"name":"n","service":"s","type":""},"timestamp":""}`},
		{"only data", `{"name":"p"}`, nil, 200, "p", ""},
		{"CloudEvent", `{"name":"q","kind":"storage#object"}`, []string{"ce-id", "7", "ce-type", "google.cloud.storage.object.v1.finalized",
			"ce-source", "//storage.googleapis.com/projects/_/buckets/b", "ce-subject", "objects/q", "ce-specversion", "1.0"}, 200, "q",
			`{"eventId":"7","eventType":"google.storage.object.finalize","resource":{"name":"projects/_/buckets/b/objects/q","service":"storage.googleapis.com","type":"storage#object"},"timestamp":""}`},
		{"failing", `{"name":"bad"}`, nil, 500, "bad", ""},
		{"not JSON", `x`, nil, 400, "", ""},
	} {
		got, metadata = object{}, ""
		recorder := post(handler, row.body, row.headers...)
		if recorder.Code != row.status || got.Name != row.want || metadata != row.meta {
			t.Errorf("%s: %d %q %s", row.name, recorder.Code, got.Name, metadata)
		}
	}
	for _, bad := range []interface{}{1, func() {}, func(context.Context, int) {}, func(int, int) error { return nil }} {
		if _, err := BackgroundFunction(bad, nil); err == nil {
			t.Errorf("%T is accepted", bad)
		}
	}
}

func TestHeaderValues(t *testing.T) {
	for value, want := range map[string]string{
		"plain": "plain", "a%20b": "a b", `"q\"x"`: `q"x`, "%zz": "%zz", "%": "%", "%E2%82%AC": "€", "%2520": "%20",
	} {
		if got, err := decodeHeaderValue(value); err != nil || got != want {
			t.Errorf("%q became %q, %v", value, got, err)
		}
	}
}

func TestLogWriter(t *testing.T) {
	request := httptest.NewRequest("GET", "/", nil)
	request.Header.Set("Function-Execution-Id", "e1")
	request.Header.Set("X-Cloud-Trace-Context", "105445aa7843bc8bf206b120001000/1;o=1")
	ctx := withRequestIDs(context.Background(), request)
	got := []string{ExecutionIDFromContext(ctx), TraceIDFromContext(ctx), SpanIDFromContext(ctx)}
	if want := []string{"e1", "105445aa7843bc8bf206b120001000", "1"}; !reflect.DeepEqual(got, want) {
		t.Errorf("ids are %v", got)
	}
	if LogWriter(context.Background()) != os.Stderr {
		t.Error("outside of a request, lines go to standard error as they are")
	}
}
