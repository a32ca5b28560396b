// Package oddapi serves an API that answers as a test of a client says, for what no sandbox answers.
package oddapi

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// API is such a server.
type API struct {
	URL string

	mu    sync.Mutex
	calls []string
}

// Serve starts an API. The routes have the patterns of a ServeMux.
func Serve(t testing.TB, routes map[string]http.HandlerFunc) *API {
	t.Helper()
	out := &API{}
	mux := http.NewServeMux()
	for pattern, handler := range routes {
		mux.HandleFunc(pattern, handler)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out.Note(r.Method + " " + r.RequestURI)
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	out.URL = server.URL
	return out
}

// Note adds a line to those that Made returns.
func (a *API) Note(line string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls = append(a.calls, line)
}

// Made returns the calls that were made, as "METHOD path?query", and what else was noted.
func (a *API) Made() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.calls
}

// Says is a handler that gives one answer. It is HTML where it looks like it.
func Says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if strings.HasPrefix(body, "<") {
			w.Header().Set("Content-Type", "text/html")
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// Cuts is a handler that cuts the connection, after part of an answer where there is one.
func Cuts(part string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if part != "" {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, part)
			_ = http.NewResponseController(w).Flush()
		}
		panic(http.ErrAbortHandler)
	}
}

// InTurn answers one call with each handler, and all further ones with the last.
func InTurn(handlers ...http.HandlerFunc) http.HandlerFunc {
	var mu sync.Mutex
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		next := handlers[0]
		if len(handlers) > 1 {
			handlers = handlers[1:]
		}
		mu.Unlock()
		next(w, r)
	}
}
