package faasrt

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

// settings is what one server may and shall do. It comes from the environment: PORT, FUNCTION_TARGET,
// FAASC_CONCURRENCY, FAASC_TIMEOUT, FAASC_GRACE_PERIOD, FAASC_INIT_TIMEOUT, FAASC_READ_TIMEOUT,
// FAASC_IDLE_TIMEOUT, FAASC_REQUEST_SIZE, FAASC_RESPONSE_SIZE, FAASC_HTTP_HEALTH (true|false),
// FAASC_LOG_FORMAT (json|text), FAASC_LAMBDA_EVENT (raw|url-v2). Durations are "30", "1.5s", "500ms" or "2m";
// sizes are a number of bytes.
type settings struct {
	port        int
	target      string
	concurrency int
	timeout     time.Duration // of one call
	grace       time.Duration // from SIGTERM to the end
	initTimeout time.Duration // of a Start hook
	read        time.Duration // of a request's headers
	idle        time.Duration // between the requests of one connection
	request     int64         // bytes of a body
	response    int64         // bytes of an answer that is made whole before it is sent; 0: no limit
	health      bool
	json        bool
	urlEvents   bool
}

const longest = 24 * time.Hour

type settingsReader struct {
	get func(string) string
	err error
}

func (r *settingsReader) complain(name, value, allowed string) {
	if r.err == nil {
		r.err = fmt.Errorf("%s is '%s', but must be %s", name, value, allowed)
	}
}

func (r *settingsReader) number(name string, low, high int64, out *int64) {
	text := r.get(name)
	if text == "" {
		return
	}
	value, err := strconv.ParseInt(text, 10, 64)
	if err != nil || value < low || value > high {
		r.complain(name, text, fmt.Sprintf("a number from %d to %d", low, high))
		return
	}
	*out = value
}

func (r *settingsReader) integer(name string, low, high int64, out *int) {
	value := int64(*out)
	r.number(name, low, high, &value)
	*out = int(value)
}

func (r *settingsReader) duration(name string, out *time.Duration) {
	text := r.get(name)
	if text == "" {
		return
	}
	value, err := parseDuration(text)
	if err != nil {
		r.complain(name, text, "a duration such as 30, 1.5s, 500ms or 2m, at most 24 hours")
		return
	}
	*out = value
}

func (r *settingsReader) choice(name, yes, no string, out *bool) {
	switch text := r.get(name); text {
	case "":
	case yes:
		*out = true
	case no:
		*out = false
	default:
		r.complain(name, text, yes+" or "+no)
	}
}

func parseDuration(text string) (time.Duration, error) {
	value, err := time.ParseDuration(text)
	if err != nil {
		var seconds float64
		seconds, err = strconv.ParseFloat(text, 64)
		value = time.Duration(seconds * float64(time.Second))
	}
	if err == nil && (value < time.Millisecond || value > longest) {
		err = fmt.Errorf("out of range")
	}
	return value, err
}

func readSettings(get func(string) string) (settings, error) {
	s := settings{port: 8080, concurrency: 80, timeout: 30 * time.Second, grace: 10 * time.Second,
		initTimeout: 10 * time.Second, read: 30 * time.Second, idle: 60 * time.Second, request: 6 << 20,
		health: true, json: true}
	r := settingsReader{get: get}
	r.choice("FAASC_LOG_FORMAT", "json", "text", &s.json)
	r.integer("PORT", 0, 65535, &s.port)
	s.target = get("FUNCTION_TARGET")
	r.integer("FAASC_CONCURRENCY", 1, 1000, &s.concurrency)
	r.number("FAASC_REQUEST_SIZE", 1, 1<<40, &s.request)
	r.number("FAASC_RESPONSE_SIZE", 1, 1<<40, &s.response)
	r.duration("FAASC_TIMEOUT", &s.timeout)
	r.duration("FAASC_GRACE_PERIOD", &s.grace)
	r.duration("FAASC_INIT_TIMEOUT", &s.initTimeout)
	r.duration("FAASC_READ_TIMEOUT", &s.read)
	r.duration("FAASC_IDLE_TIMEOUT", &s.idle)
	r.choice("FAASC_HTTP_HEALTH", "true", "false", &s.health)
	r.choice("FAASC_LAMBDA_EVENT", "url-v2", "raw", &s.urlEvents)
	return s, r.err
}

// begin reads the settings and ends the program where they are wrong.
func begin() settings {
	s, err := readSettings(os.Getenv)
	logAsJSON = s.json
	if err != nil {
		fail(err.Error())
	}
	limitMemory()
	return s
}
