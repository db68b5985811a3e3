package faasrt

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// lambdaTest is a broker whose function is `work`, which asks the Runtime API as Lambda's client does.
func lambdaTest(t *testing.T, s settings, work func(payload []byte, header http.Header) (path, body, contentType string)) string {
	t.Helper()
	os.Setenv("AWS_LAMBDA_FUNCTION_NAME", "shop")
	os.Setenv("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
	b := newLambdaBroker(s)
	b.arn, b.onReady = "arn:x", func() {}
	api := httptest.NewServer(http.HandlerFunc(b.runtimeAPI))
	outer := s
	outer.timeout, outer.concurrency = time.Minute, 1000
	public := httptest.NewServer(newServer(outer, http.HandlerFunc(b.invoke), Hooks{}))
	// The client that waits for the next call has to give up first: a server that closes waits for it.
	running, stop := context.WithCancel(context.Background())
	t.Cleanup(func() { public.Close(); stop(); api.Close() })
	send := func(method, path, kind, body string) (*http.Response, error) {
		request, err := http.NewRequestWithContext(running, method, api.URL+runtimePrefix+path, strings.NewReader(body))
		if err != nil {
			return nil, err
		}
		request.Header.Set("Content-Type", kind)
		return http.DefaultClient.Do(request)
	}
	go func() {
		for {
			response, err := send(http.MethodGet, "invocation/next", "", "")
			if err != nil {
				return
			}
			payload, err := io.ReadAll(response.Body)
			response.Body.Close()
			if err != nil || response.StatusCode != 200 {
				return
			}
			path, body, kind := work(payload, response.Header)
			id := response.Header.Get("Lambda-Runtime-Aws-Request-Id")
			answer, err := send(http.MethodPost, "invocation/"+id+"/"+path, kind, body)
			if err != nil {
				return
			}
			answer.Body.Close()
		}
	}()
	return public.URL
}

const invokePath = "/2015-03-31/functions/function/invocations"

func lambdaDefaults() settings {
	s := defaults()
	s.response = 6 << 20
	return s
}

func TestLambdaInvocation(t *testing.T) {
	url := lambdaTest(t, lambdaDefaults(), func(payload []byte, header http.Header) (string, string, string) {
		if strings.Contains(string(payload), "fail") {
			return "error", `{"errorMessage":"no","errorType":"E"}`, "application/json"
		}
		if header.Get("Lambda-Runtime-Client-Context") != "" {
			return "response", `"` + header.Get("Lambda-Runtime-Client-Context") + `"`, "application/octet-stream"
		}
		return "response", string(payload), "application/octet-stream"
	})
	for _, row := range []struct {
		name, method, path, body string
		headers                  []string
		status                   int
		want, functionError      string
	}{
		{"raw", "POST", "/", `{"a":1}`, nil, 200, `{"a":1}`, ""},
		{"no event", "POST", "/", "", nil, 200, `{}`, ""},
		{"emulator", "POST", invokePath, `{"a":1}`, nil, 200, `{"a":1}`, ""},
		{"by name", "POST", "/2015-03-31/functions/shop/invocations", `1`, nil, 200, `1`, ""},
		{"another's name", "POST", "/2015-03-31/functions/other/invocations", `1`, nil, 404,
			`{"errorMessage":"Function not found: other","errorType":"ResourceNotFoundException"}` + "\n", ""},
		{"error", "POST", "/", `"fail"`, nil, 500, `{"errorMessage":"no","errorType":"E"}`, "Unhandled"},
		{"error, emulator", "POST", invokePath, `"fail"`, nil, 200, `{"errorMessage":"no","errorType":"E"}`, "Unhandled"},
		{"dry run", "POST", invokePath, `1`, []string{"X-Amz-Invocation-Type", "DryRun"}, 204, "", ""},
		{"client context", "POST", invokePath, `1`, []string{"X-Amz-Client-Context", "Y3R4"}, 200, `"ctx"`, ""},
		{"GET", "GET", "/", "", nil, 405, "events are delivered by POST", ""},
		{"elsewhere", "POST", "/x", "", nil, 404, "events are taken at /", ""},
		// Last, as nothing tells when its call has ended.
		{"event", "POST", invokePath, `1`, []string{"X-Amz-Invocation-Type", "Event"}, 202, "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := ask(t, row.method, url+row.path, row.body, row.headers...)
			if got.status != row.status || got.body != row.want || got.header.Get("X-Amz-Function-Error") != row.functionError {
				t.Errorf("got %d %q %v", got.status, got.body, got.header)
			}
		})
	}
}

// What was accepted is not lost while the function is busy, and waits in bounds.
func TestLambdaEventsWaitForTheirTurn(t *testing.T) {
	release, entered := make(chan struct{}), make(chan struct{}, maxWaitingEvents+1)
	seen := make(chan string, maxWaitingEvents+1)
	url := lambdaTest(t, lambdaDefaults(), func(payload []byte, header http.Header) (string, string, string) {
		entered <- struct{}{}
		<-release
		seen <- string(payload)
		return "response", "1", "application/json"
	})
	event := []string{"X-Amz-Invocation-Type", "Event"}
	ask(t, "POST", url+invokePath, `"first"`, event...)
	<-entered
	if got := ask(t, "POST", url+"/", `"no"`); got.status != 429 {
		t.Fatalf("%d %q", got.status, got.body)
	}
	accepted := 1
	for i := 0; i < maxWaitingEvents+2; i++ {
		got := ask(t, "POST", url+invokePath, `"later"`, event...)
		if got.status == 202 {
			accepted++
		} else if got.status != 429 || accepted != maxWaitingEvents+1 {
			t.Fatalf("event %d of %d: %d %q", i, accepted, got.status, got.body)
		}
	}
	close(release)
	for i := 0; i < accepted; i++ {
		select {
		case <-seen:
		case <-time.After(10 * time.Second):
			t.Fatalf("%d of %d events arrived", i, accepted)
		}
	}
}

func TestLambdaTimeout(t *testing.T) {
	s := lambdaDefaults()
	s.timeout = 50 * time.Millisecond
	release := make(chan struct{})
	url := lambdaTest(t, s, func(payload []byte, header http.Header) (string, string, string) {
		if strings.Contains(string(payload), "slow") {
			<-release
		}
		return "response", "1", "application/json"
	})
	if got := ask(t, "POST", url, `"slow"`); got.status != 504 || got.body != "Task timed out after 0.05 seconds" {
		t.Errorf("got %+v", got)
	}
	if got := ask(t, "POST", url, `2`); got.status != 429 {
		t.Errorf("while it is busy: %+v", got)
	}
	if got := ask(t, "POST", url+invokePath, `2`); got.status != 400 {
		t.Errorf("while it is busy: %+v", got)
	}
	close(release)
	for i := 0; i < 100; i++ {
		if got := ask(t, "POST", url, `2`); got.status == 200 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("the function does not get events again")
}

func TestLambdaTooLarge(t *testing.T) {
	s := lambdaDefaults()
	s.response = 10
	url := lambdaTest(t, s, func([]byte, http.Header) (string, string, string) {
		return "response", strings.Repeat("x", 111), "text/plain"
	})
	got := ask(t, "POST", url, "1")
	if got.status != 500 || !strings.Contains(got.body, `"errorType":"Function.ResponseSizeTooLarge"`) {
		t.Errorf("got %+v", got)
	}
}

func TestLambdaURL(t *testing.T) {
	s := lambdaDefaults()
	s.urlEvents = true
	var seen map[string]interface{}
	reply, kind := "", "application/json"
	url := lambdaTest(t, s, func(payload []byte, header http.Header) (string, string, string) {
		seen = nil
		json.Unmarshal(payload, &seen)
		return "response", reply, kind
	})
	reply = `{"statusCode":201,"headers":{"X-A":"b"},"cookies":["c=d"],"body":"aGk=","isBase64Encoded":true}`
	got := ask(t, "PUT", url+"/p/q?x=1&x=2&y=", "\xff", "Cookie", "a=1; b=2", "Content-Type", "image/png")
	if got.status != 201 || got.body != "hi" || got.header.Get("X-A") != "b" || got.header.Get("Set-Cookie") != "c=d" {
		t.Errorf("got %+v", got)
	}
	text, _ := json.Marshal([]interface{}{seen["version"], seen["rawPath"], seen["rawQueryString"], seen["queryStringParameters"],
		seen["cookies"], seen["body"], seen["isBase64Encoded"], seen["requestContext"].(map[string]interface{})["http"].(map[string]interface{})["method"]})
	if want := `["2.0","/p/q","x=1\u0026x=2\u0026y=",{"x":"1,2","y":""},["a=1","b=2"],"/w==",true,"PUT"]`; string(text) != want {
		t.Errorf("event %s", text)
	}
	reply = `{"n":1}`
	if got = ask(t, "GET", url+"/", ""); got.status != 200 || got.body != `{"n":1}` || got.header.Get("Content-Type") != "application/json" {
		t.Errorf("got %+v", got)
	}
	reply = `{"statusCode":202,"headers":{"Content-Type":"text/html"},"cookies":["c=d"]}` + strings.Repeat("\x00", 8) + "<p>\x00"
	kind = "application/vnd.awslambda.http-integration-response"
	if got = ask(t, "GET", url+"/", ""); got.status != 202 || got.body != "<p>\x00" || got.header.Get("Content-Type") != "text/html" ||
		got.header.Get("Set-Cookie") != "c=d" {
		t.Errorf("streamed: %+v", got)
	}
	reply = `{"statusCode":204}` + strings.Repeat("\x00", 8)
	if got = ask(t, "GET", url+"/", ""); got.status != 204 || got.body != "" {
		t.Errorf("streamed, no body: %+v", got)
	}
	reply = `{"statusCode":204}`
	if got = ask(t, "GET", url+"/", ""); got.status != 204 {
		t.Errorf("cut short: %+v", got)
	}
}

func TestRuntimeAPIRefusals(t *testing.T) {
	b := &lambdaBroker{settings: lambdaDefaults(), pending: make(chan *invocation, 1), onReady: func() {}}
	for _, row := range []struct {
		method, path string
		status       int
	}{
		{"POST", runtimePrefix + "invocation/nobody/response", 400},
		{"POST", runtimePrefix + "invocation/nobody/error", 400},
		{"POST", runtimePrefix + "invocation/nobody/other", 404},
		{"POST", runtimePrefix + "init/error", 202},
		{"POST", "/2020-01-01/extension/register", 403},
		{"GET", "/", 404},
	} {
		recorder := httptest.NewRecorder()
		b.runtimeAPI(recorder, httptest.NewRequest(row.method, row.path, strings.NewReader("{}")))
		if recorder.Code != row.status {
			t.Errorf("%s %s: %d", row.method, row.path, recorder.Code)
		}
	}
	if id := newUUID(); len(id) != 36 || id[14] != '4' {
		t.Errorf("request id %s", id)
	}
}
