package faasrt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

func defaults() settings {
	s, err := readSettings(func(string) string { return "" })
	if err != nil {
		panic(err)
	}
	return s
}

// serveTest starts the contract's server around a function.
func serveTest(t *testing.T, s settings, hooks Hooks, fn http.HandlerFunc) string {
	t.Helper()
	web := httptest.NewUnstartedServer(nil)
	web.Config = newServer(s, fn, hooks).httpServer()
	web.Start()
	t.Cleanup(web.Close)
	return web.URL
}

type reply struct {
	status int
	header http.Header
	body   string
}

func ask(t *testing.T, method, url, body string, headers ...string) reply {
	t.Helper()
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{response.StatusCode, response.Header, string(text)}
}

func TestContract(t *testing.T) {
	echo := func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/panic":
			panic("oh")
		case "/custom":
			w.Header().Set("X-Own", "1")
			w.WriteHeader(http.StatusTeapot)
		default:
			io.Copy(w, r.Body)
		}
	}
	s := defaults()
	s.request = 10
	url := serveTest(t, s, Hooks{}, echo)
	for _, row := range []struct {
		name, method, path, body string
		status                   int
		want                     string
	}{
		{"any path", "GET", "/x/y?z", "", 200, ""},
		{"a body", "PUT", "/", "1234567890", 200, "1234567890"},
		{"too large", "POST", "/", "12345678901", 413, "the body is larger than 10 bytes"},
		{"robots", "GET", "/robots.txt", "", 404, ""},
		{"favicon", "POST", "/favicon.ico", "", 404, ""},
		{"ready", "GET", "/health/readiness", "", 200, "READY"},
		{"alive", "GET", "/health/liveness", "", 200, "ALIVE"},
		{"ready, short", "GET", "/_/ready", "", 200, "READY"},
		{"health is only read", "POST", "/_/health", "hello", 200, "hello"},
		{"panic", "GET", "/panic", "", 500, panicMessage + "\n"},
		{"own status", "GET", "/custom", "", 418, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := ask(t, row.method, url+row.path, row.body)
			if got.status != row.status || got.body != row.want {
				t.Errorf("got %d %q, want %d %q", got.status, got.body, row.status, row.want)
			}
			if crash := got.header.Get("X-Google-Status"); (row.path == "/panic") != (crash == "crash") {
				t.Errorf("X-Google-Status is %q", crash)
			}
		})
	}
	if got := ask(t, "GET", url, "", "Function-Execution-Id", "abc"); got.header.Get("Function-Execution-Id") != "abc" {
		t.Errorf("the execution id is not echoed: %v", got.header)
	}
	if got := ask(t, "GET", url+"/custom", ""); got.header.Get("X-Own") != "1" || len(got.header.Get("Function-Execution-Id")) != 16 {
		t.Errorf("headers are %v", got.header)
	}
}

func TestHealthCanBeTurnedOff(t *testing.T) {
	s := defaults()
	s.health = false
	url := serveTest(t, s, Hooks{}, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.URL.Path) })
	if got := ask(t, "GET", url+"/health/readiness", ""); got.body != "/health/readiness" {
		t.Errorf("got %q", got.body)
	}
}

func TestProbesAreDelegated(t *testing.T) {
	hooks := Hooks{
		Ready: func(context.Context) (bool, error) { return false, nil },
		Alive: func(context.Context) (bool, error) { return false, errors.New("no database") },
	}
	url := serveTest(t, defaults(), hooks, func(http.ResponseWriter, *http.Request) {})
	if got := ask(t, "GET", url+"/health/readiness", ""); got.status != 503 || got.body != "NOT READY" {
		t.Errorf("got %+v", got)
	}
	if got := ask(t, "GET", url+"/health/liveness", ""); got.status != 503 || got.body != "NOT ALIVE: no database" {
		t.Errorf("got %+v", got)
	}
}

// chunked hides the length of a body.
type chunked struct{ io.Reader }

func TestChunkedBodyOverTheLimit(t *testing.T) {
	s := defaults()
	s.request = 1000
	url := serveTest(t, s, Hooks{}, func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) })
	for size, status := range map[int]int{1000: 200, 1001: 413} {
		response, err := http.Post(url, "text/plain", chunked{bytes.NewReader(make([]byte, size))})
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != status {
			t.Errorf("%d bytes: got %d, want %d", size, response.StatusCode, status)
		}
	}
}

func TestDeadlineAndConcurrency(t *testing.T) {
	s := defaults()
	s.timeout = 50 * time.Millisecond
	s.concurrency = 1
	release := make(chan struct{})
	ended := make(chan error, 1)
	url := serveTest(t, s, Hooks{}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/fast" {
			return
		}
		<-r.Context().Done()
		<-release
		_, err := io.WriteString(w, "too late")
		ended <- err
	})
	got := ask(t, "GET", url, "")
	if got.status != 504 || got.body != "Task timed out after 0.05 seconds" {
		t.Errorf("got %+v", got)
	}
	// The function still holds its place.
	if got = ask(t, "GET", url+"/fast", ""); got.status != 429 || got.header.Get("Retry-After") != "1" {
		t.Errorf("got %+v", got)
	}
	close(release)
	if err := <-ended; err != http.ErrHandlerTimeout {
		t.Errorf("writing after the deadline gave %v", err)
	}
	for i := 0; i < 100; i++ {
		if got = ask(t, "GET", url+"/fast", ""); got.status == 200 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("the place is not free again: %+v", got)
}

func TestHalfAnAnswerIsNoAnswer(t *testing.T) {
	s := defaults()
	s.timeout = 50 * time.Millisecond
	url := serveTest(t, s, Hooks{}, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "half")
		w.(http.Flusher).Flush()
		if r.URL.Path == "/panic" {
			panic("oh")
		}
		<-r.Context().Done()
		time.Sleep(200 * time.Millisecond)
	})
	for _, path := range []string{"/panic", "/slow"} {
		response, err := http.Get(url + path)
		if err != nil {
			continue
		}
		_, err = io.ReadAll(response.Body)
		response.Body.Close()
		if err == nil {
			t.Errorf("%s looks like a whole answer", path)
		}
	}
}

func TestTrailersAndStreaming(t *testing.T) {
	url := serveTest(t, defaults(), Hooks{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Trailer", "X-Sum")
		io.WriteString(w, "body")
		w.(http.Flusher).Flush()
		w.Header().Set("X-Sum", "42")
	})
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	io.ReadAll(response.Body)
	if response.Trailer.Get("X-Sum") != "42" {
		t.Errorf("trailer is %v", response.Trailer)
	}
}

func TestStopsWhenAsked(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	entered, stopped := make(chan struct{}), false
	s := newServer(defaults(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(entered)
		time.Sleep(100 * time.Millisecond)
		io.WriteString(w, "done")
	}), Hooks{Stop: func(context.Context) error { stopped = true; return nil }})
	status := make(chan int)
	go func() { status <- s.run(listener) }()
	answered := make(chan string)
	go func() {
		response, err := http.Get("http://" + listener.Addr().String())
		if err != nil {
			answered <- err.Error()
			return
		}
		text, _ := io.ReadAll(response.Body)
		answered <- string(text)
	}()
	<-entered
	syscall.Kill(os.Getpid(), syscall.SIGTERM)
	if got := <-answered; got != "done" {
		t.Errorf("the call in flight got %q", got)
	}
	if got := <-status; got != 0 || !stopped {
		t.Errorf("status %d, Stop called: %v", got, stopped)
	}
}

func TestSettings(t *testing.T) {
	for _, row := range []struct{ name, value, err string }{
		{"PORT", "70000", "PORT is '70000', but must be a number from 0 to 65535"},
		{"FAASC_CONCURRENCY", "0", "FAASC_CONCURRENCY is '0', but must be a number from 1 to 1000"},
		{"FAASC_TIMEOUT", "soon", "FAASC_TIMEOUT is 'soon', but must be a duration such as 30, 1.5s, 500ms or 2m, at most 24 hours"},
		{"FAASC_LOG_FORMAT", "xml", "FAASC_LOG_FORMAT is 'xml', but must be json or text"},
		{"FAASC_TIMEOUT", "1.5", ""},
		{"FAASC_GRACE_PERIOD", "500ms", ""},
	} {
		_, err := readSettings(func(name string) string {
			if name == row.name {
				return row.value
			}
			return ""
		})
		if (err == nil) != (row.err == "") || (err != nil && err.Error() != row.err) {
			t.Errorf("%s=%s: %v", row.name, row.value, err)
		}
	}
}

func TestLogLines(t *testing.T) {
	for text, want := range map[string]string{"a \"b\"\n<": `"a \"b\"\n<"`, "\xff": `"\ufffd"`} {
		if got := quoted(text); got != want {
			t.Errorf("%q became %s", text, got)
		}
	}
}

func TestExecutionIDsDiffer(t *testing.T) {
	seen := map[string]bool{}
	for i := 0; i < 1000; i++ {
		id := mintExecutionID()
		if len(id) != 16 || seen[id] {
			t.Fatalf("id %q, seen %v", id, seen[id])
		}
		seen[id] = true
	}
}

func TestRegistry(t *testing.T) {
	defer func() { registry = nil }()
	HTTP("One", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "one") })
	RegisterHTTPFunctionContext(context.Background(), "/two", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "two") })
	Typed("Bad", func(a, b int) {})
	for _, row := range []struct{ target, path, want string }{
		{"One", "/", "one"}, {"Unnamed", "/", "two"}, {"Bad", "/", `failed to serve function "Bad": expected function to have one parameter, found 2`},
	} {
		handler, err := choose(row.target)
		if err != nil {
			if err.Error() != row.want {
				t.Errorf("%s: %v", row.target, err)
			}
			continue
		}
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, httptest.NewRequest("GET", row.path, nil))
		if recorder.Body.String() != row.want {
			t.Errorf("%s: %q", row.target, recorder.Body.String())
		}
	}
	registry = registry[:1]
	if _, err := choose("Other"); err == nil || err.Error() != `no matching function found with name: "Other"; registered are: One` {
		t.Errorf("%v", err)
	}
}

func TestTyped(t *testing.T) {
	type order struct{ Items int }
	handler, err := TypedFunction(func(o order) (map[string]int, error) {
		if o.Items < 0 {
			return nil, fmt.Errorf("no")
		}
		return map[string]int{"price": 3 * o.Items}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		body   string
		status int
		want   string
	}{
		{`{"items": 2}`, 200, `{"price":6}`},
		{`{"items": -1}`, 500, "Function error: no\n"},
		{`{"items": "x"}`, 400, "Error while converting input data. json: cannot unmarshal string into Go struct field order.Items of type int\n"},
	} {
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, httptest.NewRequest("POST", "/", strings.NewReader(row.body)))
		if recorder.Code != row.status || recorder.Body.String() != row.want {
			t.Errorf("%s: %d %q", row.body, recorder.Code, recorder.Body.String())
		}
	}
	for _, bad := range []interface{}{1, func() {}, func(int) (int, int) { return 0, 0 }, func(int) (int, int, error) { return 0, 0, nil }} {
		if _, err := TypedFunction(bad); err == nil {
			t.Errorf("%T is accepted", bad)
		}
	}
}
