package faasrt

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	runtimePrefix = "/2018-06-01/runtime/"
	// What Lambda adds to the 6 MiB that an answer may have.
	responseSlack          = 100
	streamingResponseLimit = 20 << 20
)

// runtimeAPI is what the function sees of Lambda.
func (b *lambdaBroker) runtimeAPI(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	switch {
	case r.Method == http.MethodGet && path == runtimePrefix+"invocation/next":
		b.next(w, r)
	case r.Method == http.MethodPost && path == runtimePrefix+"init/error":
		body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
		logLine("CRITICAL", "the function could not be set up: "+string(body))
		accepted(w)
	case r.Method == http.MethodPost && strings.HasPrefix(path, runtimePrefix+"invocation/"):
		parts := strings.Split(strings.TrimPrefix(path, runtimePrefix+"invocation/"), "/")
		if len(parts) != 2 || (parts[1] != "response" && parts[1] != "error") {
			apiError(w, http.StatusNotFound, "NotFound", "there is no "+path)
			return
		}
		b.take(w, r, parts[0], parts[1] == "error")
	case strings.HasPrefix(path, "/2020-01-01/extension/"):
		b.mutex.Lock()
		b.extensions = true
		b.mutex.Unlock()
		apiError(w, http.StatusForbidden, "Extension.NotAvailable", "there are no extensions in this environment")
	default:
		apiError(w, http.StatusNotFound, "NotFound", "there is no "+path)
	}
}

func accepted(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	io.WriteString(w, `{"status":"OK"}`+"\n")
}

func apiError(w http.ResponseWriter, status int, kind, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	io.WriteString(w, `{"errorMessage":`+quoted(message)+`,"errorType":"`+kind+`"}`+"\n")
}

func (b *lambdaBroker) next(w http.ResponseWriter, r *http.Request) {
	b.ready.Do(b.onReady)
	select {
	case call := <-b.pending:
		header := w.Header()
		header.Set("Content-Type", "application/json")
		header.Set("Lambda-Runtime-Aws-Request-Id", call.id)
		header.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(call.deadline.UnixNano()/int64(time.Millisecond), 10))
		header.Set("Lambda-Runtime-Invoked-Function-Arn", b.arn)
		header.Set("Lambda-Runtime-Trace-Id", call.trace)
		if call.clientContext != "" {
			header.Set("Lambda-Runtime-Client-Context", call.clientContext)
		}
		if call.tenant != "" {
			header.Set("Lambda-Runtime-Aws-Tenant-Id", call.tenant)
		}
		header.Set("Content-Length", strconv.Itoa(len(call.payload)))
		w.Write(call.payload)
	case <-r.Context().Done():
	}
}

func (b *lambdaBroker) take(w http.ResponseWriter, r *http.Request, id string, failed bool) {
	limit := b.settings.response + responseSlack
	if r.Header.Get("Lambda-Runtime-Function-Response-Mode") == "streaming" {
		limit += streamingResponseLimit
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err != nil {
		apiError(w, http.StatusBadRequest, "InvalidRequest", err.Error())
		return
	}
	result := lambdaResult{body: body, contentType: r.Header.Get("Content-Type"), failed: failed}
	large := int64(len(body)) > limit
	if large {
		result = lambdaResult{failed: true, contentType: "application/json", body: errorJSON("Function.ResponseSizeTooLarge",
			"Response payload size exceeded maximum allowed payload size ("+strconv.FormatInt(limit, 10)+" bytes).")}
	} else if kind := r.Trailer.Get("Lambda-Runtime-Function-Error-Type"); kind != "" {
		// The function failed while it was streaming.
		result.failed, result.contentType = true, "application/json"
		if text, err := base64.StdEncoding.DecodeString(r.Trailer.Get("Lambda-Runtime-Function-Error-Body")); err == nil {
			result.body = text
		} else {
			result.body = errorJSON(kind, "the function failed while it was streaming its answer")
		}
	}
	call, known := b.answer(id, result)
	switch {
	case !known:
		apiError(w, http.StatusBadRequest, "InvalidRequestID", "Invalid request ID")
	case large:
		apiError(w, http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "Exceeded maximum allowed payload size ("+
			strconv.FormatInt(limit, 10)+" bytes).")
	default:
		if failed {
			// The program may end next, as it does after a panic: the caller's answer goes out before.
			select {
			case <-call.delivered:
			case <-time.After(time.Second):
			}
		}
		accepted(w)
	}
}

func errorJSON(kind, message string) []byte {
	text, err := json.Marshal(map[string]string{"errorType": kind, "errorMessage": message})
	if err != nil {
		return []byte("{}")
	}
	return text
}
