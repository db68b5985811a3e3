package faasrt

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"unicode/utf8"
)

// An event is kept as the JSON object of the CloudEvents JSON format, which the SDK's event.Event reads by
// itself: this package need not know the SDK, whatever its version.
type event map[string]interface{}

var contextType = reflect.TypeOf((*context.Context)(nil)).Elem()

// eventShape is how a function takes an event: (), (ctx), (event), (ctx, event), and returns nothing, an
// error, another event, or both.
type eventShape struct {
	function             reflect.Value
	context              bool
	event                reflect.Type // nil: it does not want to see it
	returnsEvent, failed int          // which result; -1: none
}

func shapeOf(fn interface{}) (*eventShape, error) {
	s := &eventShape{function: reflect.ValueOf(fn), returnsEvent: -1, failed: -1}
	if s.function.Kind() != reflect.Func {
		return nil, fmt.Errorf("expected a function, found %T", fn)
	}
	shape := s.function.Type()
	in := 0
	if in < shape.NumIn() && shape.In(in) == contextType {
		s.context = true
		in++
	}
	if in < shape.NumIn() {
		s.event = shape.In(in)
		in++
	}
	if in != shape.NumIn() || shape.NumOut() > 2 {
		return nil, fmt.Errorf("expected func(context.Context, event.Event) error or a shorter form, found %s", shape)
	}
	for i := 0; i < shape.NumOut(); i++ {
		if shape.Out(i).Implements(errorType) && i == shape.NumOut()-1 {
			s.failed = i
		} else if i == 0 && shape.Out(i).Kind() == reflect.Ptr {
			s.returnsEvent = i
		} else {
			return nil, fmt.Errorf("expected the results to be *event.Event and error, found %s", shape)
		}
	}
	return s, nil
}

// badEvent is a complaint about the request, not about the function.
type badEvent struct{ error }

func (s *eventShape) call(ctx context.Context, one event) (interface{}, error) {
	arguments := []reflect.Value{}
	if s.context {
		arguments = append(arguments, reflect.ValueOf(ctx))
	}
	if s.event != nil {
		text, err := json.Marshal(one)
		if err != nil {
			return nil, badEvent{err}
		}
		wanted := s.event
		if wanted.Kind() == reflect.Ptr {
			wanted = wanted.Elem()
		}
		value := reflect.New(wanted)
		if err := json.Unmarshal(text, value.Interface()); err != nil {
			return nil, badEvent{err}
		}
		if s.event.Kind() != reflect.Ptr {
			value = value.Elem()
		}
		arguments = append(arguments, value)
	}
	results := s.function.Call(arguments)
	if s.failed >= 0 {
		if err, ok := results[s.failed].Interface().(error); ok && err != nil {
			return nil, err
		}
	}
	if s.returnsEvent >= 0 && !results[s.returnsEvent].IsNil() {
		return results[s.returnsEvent].Interface(), nil
	}
	return nil, nil
}

// isDelivery refuses what does not deliver an event.
func isDelivery(w http.ResponseWriter, r *http.Request) bool {
	if r.Method == http.MethodPost {
		return true
	}
	w.Header().Set("Allow", "POST")
	answer(w, http.StatusMethodNotAllowed, "events are delivered by POST")
	return false
}

// EventFunction makes a handler of a function that takes CloudEvents: by POST, in binary, structured or batch
// mode, and of Google's older events what can be converted.
func EventFunction(fn interface{}) (http.Handler, error) {
	shape, err := shapeOf(fn)
	if err != nil {
		return nil, err
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isDelivery(w, r) {
			return
		}
		events, err := decodeEvents(r)
		if err != nil {
			refuse(w, http.StatusBadRequest, "crash", err.Error())
			return
		}
		var reply interface{}
		for _, one := range events {
			if reply, err = shape.call(r.Context(), one); err == nil {
				continue
			}
			var bad badEvent
			if errors.As(err, &bad) {
				refuse(w, http.StatusBadRequest, "crash", "the event is not valid: "+bad.Error())
			} else {
				refuse(w, http.StatusInternalServerError, "error", fmt.Sprintf("Function error: %v", err))
			}
			return
		}
		if reply == nil {
			return
		}
		text, err := json.Marshal(reply)
		if err != nil {
			refuse(w, http.StatusInternalServerError, "crash", "the function returned an event that is not valid: "+err.Error())
			return
		}
		w.Header().Set("Content-Type", "application/cloudevents+json")
		w.Write(text)
	}), nil
}

func hasPrefixFold(text, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix)
}

func decodeEvents(r *http.Request) ([]event, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	kind := r.Header.Get("Content-Type")
	switch {
	case hasPrefixFold(kind, "application/cloudevents-batch"):
		var batch []event
		if err := decodeJSON(body, &batch); err != nil {
			return nil, fmt.Errorf("a batch of events must be a JSON array of objects: %v", err)
		}
		for _, one := range batch {
			if err := one.check(); err != nil {
				return nil, err
			}
		}
		return batch, nil
	case hasPrefixFold(kind, "application/cloudevents"):
		var one event
		if err := decodeJSON(body, &one); err != nil {
			return nil, fmt.Errorf("the event is not a JSON object: %v", err)
		}
		return []event{one}, one.check()
	case r.Header.Get("Ce-Id") == "" && r.Header.Get("Ce-Type") == "" && r.Header.Get("Ce-Source") == "":
		one, err := eventFromLegacy(body, r.URL.Path)
		return []event{one}, err
	}
	one, err := eventFromHeaders(r, body)
	if err != nil {
		return nil, err
	}
	return []event{one}, one.check()
}

// decodeJSON keeps numbers as they are written.
func decodeJSON(text []byte, into interface{}) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return errors.New("there is more than one value")
	}
	return nil
}

func (e event) check() error {
	if e == nil {
		return errors.New("the event is not a JSON object")
	}
	for _, name := range []string{"id", "source", "type"} {
		if text, ok := e[name].(string); !ok || text == "" {
			return fmt.Errorf("the event has no '%s', or it is not a string", name)
		}
	}
	if _, there := e["specversion"]; !there {
		e["specversion"] = "1.0"
	}
	return nil
}

func eventFromHeaders(r *http.Request, body []byte) (event, error) {
	one := event{}
	for name, values := range r.Header {
		if !hasPrefixFold(name, "ce-") || len(values) == 0 {
			continue
		}
		value, err := decodeHeaderValue(values[0])
		if err != nil {
			return nil, fmt.Errorf("header '%s' is not UTF-8", strings.ToLower(name))
		}
		one[strings.ToLower(name[3:])] = value
	}
	kind := r.Header.Get("Content-Type")
	if other, there := one["datacontenttype"]; there && kind != "" && other != kind {
		// The binding forbids this header, but some senders repeat the content type in it.
		return nil, errors.New("'ce-datacontenttype' and 'Content-Type' differ")
	}
	if kind != "" {
		one["datacontenttype"] = kind
	}
	if len(body) == 0 {
		return one, nil
	}
	switch {
	case isJSON(kind) && json.Valid(body):
		one["data"] = json.RawMessage(body)
	case hasPrefixFold(kind, "text/") && utf8.Valid(body):
		one["data"] = string(body)
	default:
		one["data_base64"] = base64.StdEncoding.EncodeToString(body)
	}
	return one, nil
}

func isJSON(contentType string) bool {
	if at := strings.IndexByte(contentType, ';'); at >= 0 {
		contentType = contentType[:at]
	}
	contentType = strings.ToLower(strings.TrimSpace(contentType))
	return contentType == "application/json" || contentType == "text/json" || strings.HasSuffix(contentType, "+json")
}

// decodeHeaderValue undoes quotes, and percent-encoding once.
func decodeHeaderValue(value string) (string, error) {
	quotes := len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"'
	if quotes {
		value = value[1 : len(value)-1]
	}
	out := make([]byte, 0, len(value))
	for i := 0; i < len(value); i++ {
		switch {
		case quotes && value[i] == '\\' && i+1 < len(value):
			i++
			out = append(out, value[i])
		case value[i] == '%' && i+2 < len(value) && hexDigit(value[i+1]) >= 0 && hexDigit(value[i+2]) >= 0:
			out = append(out, byte(hexDigit(value[i+1])<<4|hexDigit(value[i+2])))
			i += 2
		default:
			out = append(out, value[i])
		}
	}
	if !utf8.Valid(out) {
		return "", errors.New("not UTF-8")
	}
	return string(out), nil
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
