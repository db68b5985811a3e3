package faasrt

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

// invoke is the public side: POST / takes the event, as does the route of Lambda's own interface and of its
// emulator; with FAASC_LAMBDA_EVENT=url-v2 every request is wrapped as a Function URL does.
func (b *lambdaBroker) invoke(w http.ResponseWriter, r *http.Request) {
	name, isInvocation := invocationName(r.URL.Path)
	switch {
	case isInvocation:
		if name != "function" && name != os.Getenv("AWS_LAMBDA_FUNCTION_NAME") && name != os.Getenv("K_SERVICE") {
			apiError(w, http.StatusNotFound, "ResourceNotFoundException", "Function not found: "+name)
			return
		}
		if r.Method != http.MethodPost {
			notAllowed(w)
			return
		}
		b.invokeByAPI(w, r)
	case b.settings.urlEvents:
		b.invokeByURL(w, r)
	case r.URL.Path != "/":
		answer(w, http.StatusNotFound, "events are taken at /")
	case r.Method != http.MethodPost:
		notAllowed(w)
	default:
		b.invokeRaw(w, r)
	}
}

func notAllowed(w http.ResponseWriter) {
	w.Header().Set("Allow", "POST")
	answer(w, http.StatusMethodNotAllowed, "events are delivered by POST")
}

func invocationName(path string) (string, bool) {
	parts := strings.Split(path, "/")
	if len(parts) == 5 && parts[1] == "2015-03-31" && parts[2] == "functions" && parts[4] == "invocations" {
		return parts[3], true
	}
	return "", false
}

func (b *lambdaBroker) newCall(r *http.Request) (*invocation, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if len(body) == 0 {
		body = []byte("{}")
	}
	return b.newCallOf(r, body), nil
}

func (b *lambdaBroker) newCallOf(r *http.Request, payload []byte) *invocation {
	call := newInvocation(payload, b.settings.timeout)
	call.trace = r.Header.Get("X-Amzn-Trace-Id")
	call.tenant = r.Header.Get("X-Amz-Tenant-Id")
	if text, err := base64.StdEncoding.DecodeString(r.Header.Get("X-Amz-Client-Context")); err == nil {
		call.clientContext = string(text)
	}
	if call.trace == "" {
		digits := strings.Replace(newUUID(), "-", "", -1)
		call.trace = "Root=1-" + digits[:8] + "-" + digits[8:] + ";Parent=" + mintExecutionID() + ";Sampled=0"
	}
	return call
}

// invokeByAPI behaves like Lambda's emulator: 200 for whatever the function came to.
func (b *lambdaBroker) invokeByAPI(w http.ResponseWriter, r *http.Request) {
	call, err := b.newCall(r)
	if err != nil {
		answer(w, http.StatusBadRequest, err.Error())
		return
	}
	switch r.Header.Get("X-Amz-Invocation-Type") {
	case "DryRun":
		w.WriteHeader(http.StatusNoContent)
		return
	case "Event":
		if !b.accept(call) {
			b.refuseCall(w, errBusy)
			return
		}
		w.WriteHeader(http.StatusAccepted)
		return
	}
	defer close(call.delivered)
	result, err := b.submit(call)
	switch err {
	case nil:
		b.writeAnswer(w, call, result, http.StatusOK)
	case errTimedOut:
		message := timeoutMessage(b.settings.timeout)
		logLine("ERROR", message)
		w.Header().Set("X-Amz-Function-Error", "Unhandled")
		answer(w, http.StatusOK, message)
	default:
		answer(w, http.StatusBadRequest, err.Error())
	}
}

func (b *lambdaBroker) invokeRaw(w http.ResponseWriter, r *http.Request) {
	call, err := b.newCall(r)
	if err != nil {
		answer(w, http.StatusBadRequest, err.Error())
		return
	}
	defer close(call.delivered)
	result, err := b.submit(call)
	if err != nil {
		b.refuseCall(w, err)
		return
	}
	b.writeAnswer(w, call, result, http.StatusInternalServerError)
}

// writeAnswer answers with what the function said; with `failure` where that is an error.
func (b *lambdaBroker) writeAnswer(w http.ResponseWriter, call *invocation, result lambdaResult, failure int) {
	status := http.StatusOK
	if result.failed {
		status = failure
		w.Header().Set("X-Amz-Function-Error", "Unhandled")
		if failure != http.StatusOK {
			w.Header().Set("X-Google-Status", "error")
		}
	}
	w.Header().Set("X-Amz-Executed-Version", os.Getenv("AWS_LAMBDA_FUNCTION_VERSION"))
	w.Header().Set("X-Amzn-Requestid", call.id)
	writeResult(w, status, result)
}

func (b *lambdaBroker) refuseCall(w http.ResponseWriter, err error) {
	if err == errTimedOut {
		message := timeoutMessage(b.settings.timeout)
		logLine("ERROR", message)
		answer(w, http.StatusGatewayTimeout, message)
		return
	}
	w.Header().Set("Retry-After", "1")
	answer(w, http.StatusTooManyRequests, err.Error())
}

func writeResult(w http.ResponseWriter, status int, result lambdaResult) {
	kind := result.contentType
	if (kind == "" || kind == "application/octet-stream") && json.Valid(result.body) {
		kind = "application/json"
	}
	if kind != "" {
		w.Header().Set("Content-Type", kind)
	}
	w.WriteHeader(status)
	w.Write(result.body)
	if flusher, ok := w.(http.Flusher); ok && result.failed {
		flusher.Flush() // the program may be about to end
	}
}

// invokeByURL wraps the request as a Function URL's event of version 2.0, and unwraps the answer.
func (b *lambdaBroker) invokeByURL(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		answer(w, http.StatusBadRequest, err.Error())
		return
	}
	call := b.newCallOf(r, nil)
	if call.payload, err = json.Marshal(urlEvent(r, body, call.id)); err != nil {
		answer(w, http.StatusBadRequest, err.Error())
		return
	}
	defer close(call.delivered)
	result, err := b.submit(call)
	if err != nil {
		b.refuseCall(w, err)
		return
	}
	if result.failed {
		b.writeAnswer(w, call, result, http.StatusInternalServerError)
		return
	}
	writeURLResult(w, result)
}

func urlEvent(r *http.Request, body []byte, id string) map[string]interface{} {
	headers := map[string]string{"host": r.Host}
	cookies := []string{}
	for name, values := range r.Header {
		if name == "Cookie" {
			for _, line := range values {
				for _, one := range strings.Split(line, ";") {
					cookies = append(cookies, strings.TrimSpace(one))
				}
			}
			continue
		}
		headers[strings.ToLower(name)] = strings.Join(values, ",")
	}
	now := time.Now().UTC()
	source := r.RemoteAddr
	if at := strings.LastIndexByte(source, ':'); at >= 0 {
		source = strings.Trim(source[:at], "[]")
	}
	one := map[string]interface{}{
		"version": "2.0", "routeKey": "$default", "rawPath": r.URL.EscapedPath(), "rawQueryString": r.URL.RawQuery,
		"headers": headers,
		"requestContext": map[string]interface{}{
			"accountId": "anonymous", "apiId": "faasc", "domainName": r.Host, "domainPrefix": "faasc",
			"http": map[string]string{"method": r.Method, "path": r.URL.Path, "protocol": r.Proto,
				"sourceIp": source, "userAgent": r.UserAgent()},
			"requestId": id, "routeKey": "$default", "stage": "$default",
			"time": now.Format("02/Jan/2006:15:04:05 -0700"), "timeEpoch": now.UnixNano() / int64(time.Millisecond),
		},
		"isBase64Encoded": false,
	}
	if len(cookies) > 0 {
		one["cookies"] = cookies
	}
	if query := r.URL.Query(); len(query) > 0 {
		parameters := map[string]string{}
		for name, values := range query {
			parameters[name] = strings.Join(values, ",")
		}
		one["queryStringParameters"] = parameters
	}
	if len(body) > 0 {
		if isText(r.Header.Get("Content-Type")) {
			one["body"] = string(body)
		} else {
			one["body"], one["isBase64Encoded"] = base64.StdEncoding.EncodeToString(body), true
		}
	}
	return one
}

func isText(contentType string) bool {
	kind := strings.ToLower(contentType)
	return hasPrefixFold(kind, "text/") || isJSON(kind) || hasPrefixFold(kind, "application/xml") ||
		hasPrefixFold(kind, "application/javascript")
}

// A streamed answer (lambdaurl.Start) has the same object first, without the body; eight zeros, and then the body.
const streamedURLResult = "application/vnd.awslambda.http-integration-response"

var endOfHead = make([]byte, 8)

// writeURLResult: an object with "statusCode" says everything; any other JSON is the body of a 200.
func writeURLResult(w http.ResponseWriter, result lambdaResult) {
	var shaped struct {
		StatusCode        *int                   `json:"statusCode"`
		Headers           map[string]interface{} `json:"headers"`
		MultiValueHeaders map[string][]string    `json:"multiValueHeaders"`
		Body              string                 `json:"body"`
		IsBase64Encoded   bool                   `json:"isBase64Encoded"`
		Cookies           []string               `json:"cookies"`
	}
	head, streamed := result.body, []byte(nil)
	if result.contentType == streamedURLResult {
		if end := bytes.Index(result.body, endOfHead); end >= 0 {
			head, streamed = result.body[:end], result.body[end+len(endOfHead):]
		}
	}
	if json.Unmarshal(head, &shaped) != nil || shaped.StatusCode == nil {
		w.Header().Set("Content-Type", "application/json")
		w.Write(result.body)
		return
	}
	body := []byte(shaped.Body)
	if streamed != nil {
		body = streamed
	} else if shaped.IsBase64Encoded {
		decoded, err := base64.StdEncoding.DecodeString(shaped.Body)
		if err != nil {
			answer(w, http.StatusBadGateway, "Internal Server Error")
			return
		}
		body = decoded
	}
	w.Header().Set("Content-Type", "application/json")
	for name, value := range shaped.Headers {
		if text, ok := value.(string); ok {
			w.Header().Set(name, text)
		} else if text, err := json.Marshal(value); err == nil {
			w.Header().Set(name, string(text))
		}
	}
	for name, values := range shaped.MultiValueHeaders {
		w.Header()[http.CanonicalHeaderKey(name)] = values
	}
	for _, cookie := range shaped.Cookies {
		w.Header().Add("Set-Cookie", cookie)
	}
	status := *shaped.StatusCode
	if status < 200 || status > 599 {
		answer(w, http.StatusBadGateway, "Internal Server Error")
		return
	}
	w.WriteHeader(status)
	w.Write(body)
}
