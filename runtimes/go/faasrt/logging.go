package faasrt

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"sync"
)

// What a log line can say of the request that it belongs to.
type requestIDs struct{ execution, trace, span string }

type requestKey struct{}

var traceContext = pattern{text: `^([a-f0-9]+)(?:/([a-f0-9]+))?(?:;o=[01])?`}

func withRequestIDs(ctx context.Context, r *http.Request) context.Context {
	ids := requestIDs{execution: r.Header.Get("Function-Execution-Id")}
	if header := r.Header.Get("X-Cloud-Trace-Context"); header != "" {
		if parts := traceContext.get().FindStringSubmatch(header); parts != nil {
			ids.trace, ids.span = parts[1], parts[2]
			if ids.span == "0" {
				ids.span = ""
			}
		}
	}
	return context.WithValue(ctx, requestKey{}, ids)
}

func idsOf(ctx context.Context) (requestIDs, bool) {
	ids, ok := ctx.Value(requestKey{}).(requestIDs)
	return ids, ok
}

// TraceIDFromContext is the trace of the request that the context belongs to.
func TraceIDFromContext(ctx context.Context) string {
	ids, _ := idsOf(ctx)
	return ids.trace
}

// SpanIDFromContext is the span of the request that the context belongs to.
func SpanIDFromContext(ctx context.Context) string {
	ids, _ := idsOf(ctx)
	return ids.span
}

// ExecutionIDFromContext is the id of the request that the context belongs to.
func ExecutionIDFromContext(ctx context.Context) string {
	ids, _ := idsOf(ctx)
	return ids.execution
}

// LogWriter takes lines of text and writes each as a JSON object with the request's ids to standard error.
func LogWriter(ctx context.Context) io.WriteCloser {
	ids, ok := idsOf(ctx)
	if !ok {
		return os.Stderr
	}
	return &lineWriter{ids: ids}
}

type lineWriter struct {
	mutex   sync.Mutex
	ids     requestIDs
	pending []byte
}

func (w *lineWriter) Write(text []byte) (int, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.pending = append(w.pending, text...)
	for {
		at := bytes.IndexByte(w.pending, '\n')
		if at < 0 {
			return len(text), nil
		}
		line := bytes.TrimSuffix(w.pending[:at], []byte("\r"))
		if err := w.writeLine(line); err != nil {
			return 0, err
		}
		w.pending = append(w.pending[:0], w.pending[at+1:]...)
	}
}

func (w *lineWriter) Close() error {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if len(w.pending) == 0 {
		return nil
	}
	err := w.writeLine(w.pending)
	w.pending = nil
	return err
}

func (w *lineWriter) writeLine(line []byte) error {
	text, err := json.Marshal(struct {
		Message string            `json:"message"`
		Trace   string            `json:"logging.googleapis.com/trace,omitempty"`
		Span    string            `json:"logging.googleapis.com/spanId,omitempty"`
		Labels  map[string]string `json:"logging.googleapis.com/labels,omitempty"`
	}{string(line), w.ids.trace, w.ids.span, map[string]string{"execution_id": w.ids.execution}})
	if err != nil {
		return err
	}
	_, err = os.Stderr.Write(append(text, '\n'))
	return err
}
