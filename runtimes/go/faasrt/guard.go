package faasrt

import (
	"bufio"
	"errors"
	"net"
	"net/http"
	"sync"
)

// guarded is the ResponseWriter that a function gets. It can be taken away from a function that does not come
// to an end, while the server still answers.
type guarded struct {
	mutex   sync.Mutex
	writer  http.ResponseWriter
	header  http.Header // the function's own; what it does to it later is of no consequence
	started bool        // the status line is out
	taken   bool
}

func newGuarded(writer http.ResponseWriter) *guarded {
	g := &guarded{writer: writer, header: http.Header{}}
	// What the server has set already can be changed by the function.
	for name, values := range writer.Header() {
		g.header[name] = values
	}
	return g
}

func (g *guarded) Header() http.Header { return g.header }

func (g *guarded) WriteHeader(status int) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.writeHeader(status)
}

func (g *guarded) writeHeader(status int) {
	if g.taken || g.started {
		return
	}
	g.copyHeader()
	// 1xx may be followed by others.
	g.started = status >= 200 || status == http.StatusSwitchingProtocols
	g.writer.WriteHeader(status)
}

func (g *guarded) copyHeader() {
	to := g.writer.Header()
	for name := range to {
		if _, kept := g.header[name]; !kept {
			delete(to, name)
		}
	}
	for name, values := range g.header {
		to[name] = values
	}
}

func (g *guarded) Write(bytes []byte) (int, error) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.taken {
		return 0, http.ErrHandlerTimeout
	}
	if !g.started {
		g.copyHeader()
		g.started = true
	}
	return g.writer.Write(bytes)
}

func (g *guarded) Flush() {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.taken {
		return
	}
	if !g.started {
		g.copyHeader()
		g.started = true
	}
	if flusher, ok := g.writer.(http.Flusher); ok {
		flusher.Flush()
	}
}

func (g *guarded) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	hijacker, ok := g.writer.(http.Hijacker)
	if g.taken || !ok {
		return nil, nil, errors.New("the connection cannot be taken over")
	}
	g.taken = true
	return hijacker.Hijack()
}

// finish lets trailers through, which are headers that are set after the body.
func (g *guarded) finish() {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.taken {
		return
	}
	if g.started {
		to := g.writer.Header()
		for name, values := range g.header {
			to[name] = values
		}
	} else {
		g.copyHeader()
	}
	g.taken = true
}

// take keeps the function from writing any more. False where it has begun to answer.
func (g *guarded) take() bool {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	fresh := !g.started && !g.taken
	g.taken = true
	return fresh
}
