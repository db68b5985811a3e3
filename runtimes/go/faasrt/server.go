package faasrt

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// Hooks are what a function may have beside its handler; each may be nil.
type Hooks struct {
	Start        func(context.Context, map[string]string) error
	Stop         func(context.Context) error
	Ready, Alive func(context.Context) (bool, error)
}

// What the function wrote to a directory of the host's is there before its answer is. Nanos passes on what was
// written when it is told to; whoever starts the machine says whether there is such a directory.
var syncWrites = os.Getenv("FAASC_SYNC_WRITES") != ""

// server puts faasc's HTTP contract in front of a function.
type server struct {
	settings settings
	function http.Handler
	hooks    Hooks
	calls    chan struct{} // a place for each call at a time
	stopping int32
}

func newServer(s settings, function http.Handler, hooks Hooks) *server {
	return &server{settings: s, function: function, hooks: hooks, calls: make(chan struct{}, s.concurrency)}
}

// Serve serves the function until SIGTERM, and ends the program.
func Serve(function http.Handler, hooks Hooks) {
	s := begin()
	serve(s, function, hooks)
}

func serve(s settings, function http.Handler, hooks Hooks) {
	server := newServer(s, function, hooks)
	if err := server.start(); err != nil {
		fail("the function could not be set up: " + err.Error())
	}
	listener, err := net.Listen("tcp", ":"+strconv.Itoa(s.port))
	if err != nil {
		fail("cannot listen: " + err.Error())
	}
	os.Exit(server.run(listener))
}

func (s *server) start() error {
	if s.hooks.Start == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), s.settings.initTimeout)
	defer cancel()
	environment := map[string]string{}
	for _, pair := range os.Environ() {
		if at := strings.IndexByte(pair, '='); at > 0 {
			environment[pair[:at]] = pair[at+1:]
		}
	}
	return s.hooks.Start(ctx, environment)
}

func (s *server) httpServer() *http.Server {
	// A body earns its sender time: 64 KiB per second are asked for.
	body := time.Duration(s.settings.request>>16) * time.Second
	return &http.Server{Handler: s, ReadHeaderTimeout: s.settings.read, ReadTimeout: s.settings.read + body,
		IdleTimeout: s.settings.idle, MaxHeaderBytes: 1 << 20}
}

func (s *server) run(listener net.Listener) int {
	web := s.httpServer()
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	failed := make(chan error, 1)
	go func() { failed <- web.Serve(listener) }()
	if address, ok := listener.Addr().(*net.TCPAddr); ok {
		logNumber("INFO", "listening", "port", address.Port)
	}
	select {
	case err := <-failed:
		logLine("CRITICAL", "cannot serve: "+err.Error())
		return 1
	case <-stop:
	}
	atomic.StoreInt32(&s.stopping, 1)
	ctx, cancel := context.WithTimeout(context.Background(), s.settings.grace)
	defer cancel()
	if web.Shutdown(ctx) != nil {
		logNumber("WARNING", "stopped before every request was answered", "calls", len(s.calls))
	}
	if s.hooks.Stop != nil {
		if err := s.hooks.Stop(ctx); err != nil {
			logLine("ERROR", "the function's Stop failed: "+err.Error())
		}
	}
	return 0
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.answeredWithoutFunction(w, r) {
		return
	}
	id := r.Header.Get("Function-Execution-Id")
	if id == "" {
		id = mintExecutionID()
		r.Header.Set("Function-Execution-Id", id)
	}
	w.Header().Set("Function-Execution-Id", id)
	if !s.takeBody(w, r) {
		return
	}
	select {
	case s.calls <- struct{}{}:
	default:
		w.Header().Set("Retry-After", "1")
		answer(w, http.StatusTooManyRequests, "too many requests at the same time")
		return
	}
	s.call(w, r)
}

func (s *server) answeredWithoutFunction(w http.ResponseWriter, r *http.Request) bool {
	path := r.URL.Path
	if path == "/robots.txt" || path == "/favicon.ico" {
		answer(w, http.StatusNotFound, "")
		return true
	}
	if !s.settings.health || (r.Method != http.MethodGet && r.Method != http.MethodHead) {
		return false
	}
	switch path {
	case "/health/readiness", "/_/ready":
		s.probe(w, r, s.hooks.Ready, "READY", "NOT READY")
	case "/health/liveness", "/_/health":
		s.probe(w, r, s.hooks.Alive, "ALIVE", "NOT ALIVE")
	default:
		return false
	}
	return true
}

func (s *server) probe(w http.ResponseWriter, r *http.Request, ask func(context.Context) (bool, error), yes, no string) {
	if yes == "READY" && atomic.LoadInt32(&s.stopping) != 0 {
		answer(w, http.StatusServiceUnavailable, "STOPPING")
		return
	}
	if ask != nil {
		if well, err := ask(r.Context()); err != nil || !well {
			if err != nil {
				no += ": " + err.Error()
			}
			answer(w, http.StatusServiceUnavailable, no)
			return
		}
	}
	answer(w, http.StatusOK, yes)
}

// takeBody refuses a body over the limit before the function sees any of it. One that does not say how long it
// is has to be read for that.
func (s *server) takeBody(w http.ResponseWriter, r *http.Request) bool {
	limit := s.settings.request
	if r.ContentLength >= 0 {
		if r.ContentLength > limit {
			s.refuseBody(w)
			return false
		}
		return true
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err != nil {
		answer(w, http.StatusBadRequest, "the body cannot be read: "+err.Error())
		return false
	}
	if int64(len(body)) > limit {
		s.refuseBody(w)
		return false
	}
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	return true
}

func (s *server) refuseBody(w http.ResponseWriter) {
	w.Header().Set("Connection", "close")
	answer(w, http.StatusRequestEntityTooLarge,
		"the body is larger than "+strconv.FormatInt(s.settings.request, 10)+" bytes")
}

// outcome is how a call of the function ended, where it did not just return.
type outcome struct {
	panicked bool
	value    interface{}
	stack    []byte
}

func (s *server) call(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), s.settings.timeout)
	guard := newGuarded(w)
	done := make(chan outcome, 1)
	// In a goroutine of its own, as a function that never returns cannot be ended: the answer goes out without
	// it, and its place stays taken.
	go func() {
		end := outcome{panicked: true}
		defer func() {
			if end.panicked {
				end.value = recover()
				end.stack = debug.Stack()
			}
			<-s.calls
			done <- end
			cancel()
		}()
		s.function.ServeHTTP(guard, r.WithContext(withRequestIDs(ctx, r)))
		if syncWrites {
			syscall.Sync()
		}
		end.panicked = false
	}()
	late := time.NewTimer(s.settings.timeout)
	defer late.Stop()
	select {
	case end := <-done:
		if end.panicked {
			crashed(guard, end)
		}
		guard.finish()
	case <-late.C:
		message := timeoutMessage(s.settings.timeout)
		logLine("ERROR", message)
		if !guard.take() {
			panic(http.ErrAbortHandler) // half an answer is out: the client shall not take it for a whole one
		}
		w.Header().Set("Connection", "close")
		answer(w, http.StatusGatewayTimeout, message)
	}
}

const panicMessage = "A panic occurred during user function execution. Please see logs for more details."

// crashed answers for a function that panicked, in the words of Google's framework.
func crashed(guard *guarded, end outcome) {
	if end.value == http.ErrAbortHandler {
		panic(http.ErrAbortHandler)
	}
	fmt.Fprintf(os.Stderr, "%s\npanic message: %v\nstack trace: %v\n%s", panicMessage, end.value, end.value, end.stack)
	guard.mutex.Lock()
	started := guard.started
	guard.mutex.Unlock()
	if started {
		panic(http.ErrAbortHandler)
	}
	guard.header = http.Header{"Function-Execution-Id": guard.header["Function-Execution-Id"]}
	refuse(guard, http.StatusInternalServerError, "crash", panicMessage)
}

func timeoutMessage(limit time.Duration) string {
	return fmt.Sprintf("Task timed out after %.2f seconds", limit.Seconds())
}

// answer is an answer of the server's own.
func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	io.WriteString(w, text)
}

// refuse answers like Google's framework does for a function that failed: a line on standard error, the same
// line as the body, and X-Google-Status.
func refuse(w http.ResponseWriter, status int, kind, message string) {
	if !strings.HasSuffix(message, "\n") {
		message += "\n"
	}
	io.WriteString(os.Stderr, message)
	w.Header().Set("X-Google-Status", kind)
	answer(w, status, message)
}

var executions, executionSeed uint64

func init() {
	var random [8]byte
	if _, err := rand.Read(random[:]); err == nil {
		for _, b := range random {
			executionSeed = executionSeed<<8 | uint64(b)
		}
	}
}

// mintExecutionID gives ids that do not repeat: the mixing is a bijection.
func mintExecutionID() string {
	mixed := executionSeed + atomic.AddUint64(&executions, 1)*0x9E3779B97F4A7C15
	mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9
	mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB
	mixed ^= mixed >> 31
	var bytes [8]byte
	for i := range bytes {
		bytes[i] = byte(mixed >> uint(56-8*i))
	}
	return hex.EncodeToString(bytes[:])
}
