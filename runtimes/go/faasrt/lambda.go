package faasrt

import (
	"errors"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// The address of Lambda's Runtime API inside the machine.
const runtimeAPIAddress = "127.0.0.1:9001"

// Joins a call that came from outside to the function that asks the Runtime API for the next one. One call is
// with the function at a time.
type lambdaBroker struct {
	mutex   sync.Mutex
	current *invocation      // not answered by the function yet, or answered last
	free    sync.Cond        // current has been answered; with the mutex
	events  int              // that were accepted and wait for their turn
	pending chan *invocation // handed to the function when it asks

	settings   settings
	arn        string
	ready      sync.Once
	onReady    func()
	extensions bool // an extension wanted to register: the function has something to do at SIGTERM
}

// invocation is one event on its way.
type invocation struct {
	id                           string
	payload                      []byte
	deadline                     time.Time
	trace, clientContext, tenant string
	answered                     bool // by the function, in time or not; the broker's mutex guards it
	result                       chan lambdaResult
	delivered                    chan struct{} // closed once the caller has the answer
}

type lambdaResult struct {
	body        []byte
	contentType string
	failed      bool
}

var errBusy = errors.New("the function is busy with another call")

// How many events may wait for the function: what they hold is the machine's memory.
const maxWaitingEvents = 64

func newLambdaBroker(s settings) *lambdaBroker {
	b := &lambdaBroker{settings: s, pending: make(chan *invocation, 1)}
	b.free.L = &b.mutex
	return b
}

// StartLambda makes the program a Lambda environment of its own: it answers the Runtime API at
// 127.0.0.1:9001, which lambda.Start asks for work, and takes the work from the public port. To be called
// before main().
func StartLambda() {
	s := begin()
	if s.response == 0 {
		s.response = 6 << 20
	}
	b := newLambdaBroker(s)
	b.setEnvironment()
	listener, err := net.Listen("tcp", runtimeAPIAddress)
	if err != nil {
		fail("cannot listen: " + err.Error())
	}
	// The public port opens when the function asks for its first event: listening means ready.
	b.onReady = func() { go b.serve() }
	go func() {
		if err := http.Serve(listener, http.HandlerFunc(b.runtimeAPI)); err != nil {
			fail("the Runtime API stopped: " + err.Error())
		}
	}()
}

func (b *lambdaBroker) serve() {
	// A call's deadline is the broker's: it knows both ways to tell it.
	outer := b.settings
	outer.concurrency = 1000
	outer.timeout += time.Minute
	server := newServer(outer, http.HandlerFunc(b.invoke), Hooks{})
	listener, err := net.Listen("tcp", ":"+strconv.Itoa(b.settings.port))
	if err != nil {
		fail("cannot listen: " + err.Error())
	}
	status := server.run(listener)
	b.mutex.Lock()
	linger := b.extensions
	b.mutex.Unlock()
	if linger {
		time.Sleep(500 * time.Millisecond) // what Lambda gives a function that asked for SIGTERM
	}
	os.Exit(status)
}

// setEnvironment sets what Lambda sets, with the values of its emulator where there are no others.
func (b *lambdaBroker) setEnvironment() {
	get := func(name, otherwise string) string { return either(os.Getenv(name), otherwise) }
	name := get("K_SERVICE", "test_function")
	memory := 128
	var info syscall.Sysinfo_t
	if syscall.Sysinfo(&info) == nil {
		unit := uint64(info.Unit)
		if unit == 0 {
			unit = 1
		}
		memory = int(uint64(info.Totalram) * unit >> 20)
	}
	for _, pair := range [][2]string{
		{"AWS_LAMBDA_RUNTIME_API", runtimeAPIAddress},
		{"_HANDLER", get("FUNCTION_TARGET", "bootstrap")},
		{"AWS_REGION", "us-east-1"},
		{"AWS_DEFAULT_REGION", get("AWS_REGION", "us-east-1")},
		{"AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023"},
		{"AWS_LAMBDA_FUNCTION_NAME", name},
		{"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", strconv.Itoa(memory)},
		{"AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"},
		{"AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"},
		{"AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/" + name},
		{"AWS_LAMBDA_LOG_STREAM_NAME", "$LATEST"},
		{"LAMBDA_TASK_ROOT", "/var/task"},
		{"LAMBDA_RUNTIME_DIR", "/var/runtime"},
		{"TZ", ":UTC"},
	} {
		if os.Getenv(pair[0]) == "" {
			os.Setenv(pair[0], pair[1])
		}
	}
	os.Setenv("AWS_LAMBDA_RUNTIME_API", runtimeAPIAddress)
	b.arn = "arn:aws:lambda:" + os.Getenv("AWS_REGION") + ":012345678912:function:" + os.Getenv("AWS_LAMBDA_FUNCTION_NAME")
}

// submit hands an event over and waits for what the function makes of it, at most until the deadline.
func (b *lambdaBroker) submit(call *invocation) (lambdaResult, error) {
	b.mutex.Lock()
	if b.busy() {
		b.mutex.Unlock()
		return lambdaResult{}, errBusy
	}
	b.current = call
	b.mutex.Unlock()
	return b.wait(call)
}

func (b *lambdaBroker) busy() bool { return b.current != nil && !b.current.answered }

// accept takes an event that nobody waits for the answer of: it is handed over when the function is free. False
// where too many of them wait already.
func (b *lambdaBroker) accept(call *invocation) bool {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if b.events >= maxWaitingEvents {
		return false
	}
	b.events++
	go func() {
		b.mutex.Lock()
		for b.busy() {
			b.free.Wait()
		}
		b.events--
		b.current = call
		call.deadline = time.Now().Add(b.settings.timeout) // from now on
		b.mutex.Unlock()
		if _, err := b.wait(call); err == errTimedOut {
			logLine("ERROR", timeoutMessage(b.settings.timeout))
		}
		close(call.delivered)
	}()
	return true
}

// wait gives the call to the function, whose turn it is.
func (b *lambdaBroker) wait(call *invocation) (lambdaResult, error) {
	logStart(call.id)
	started := time.Now()
	failed := true
	defer func() { logReport(call.id, time.Since(started), failed) }()
	b.pending <- call
	timer := time.NewTimer(time.Until(call.deadline))
	defer timer.Stop()
	select {
	case result := <-call.result:
		failed = result.failed
		return result, nil
	case <-timer.C:
		return lambdaResult{}, errTimedOut
	}
}

var errTimedOut = errors.New("the function did not answer in time")

// answer takes what the function says. False where the id is none that is awaited.
func (b *lambdaBroker) answer(id string, result lambdaResult) (*invocation, bool) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	call := b.current
	if call == nil || call.id != id || call.answered {
		return nil, false
	}
	call.answered = true
	b.free.Signal()
	call.result <- result
	return call, true
}

func newInvocation(payload []byte, limit time.Duration) *invocation {
	return &invocation{id: newUUID(), payload: payload, deadline: time.Now().Add(limit),
		result: make(chan lambdaResult, 1), delivered: make(chan struct{})}
}

func newUUID() string {
	digits := []byte(mintExecutionID() + mintExecutionID())
	digits[12] = '4'
	digits[16] = "89ab"[digits[16]&3]
	text := string(digits)
	return strings.Join([]string{text[:8], text[8:12], text[12:16], text[16:20], text[20:]}, "-")
}
