package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
)

// stateServer keeps the state of one configuration for the CLI's backend "http". It stands for the backends that most
// pipelines use: a state in a file is written whole after every change, which with many instances takes longer than all
// that is measured here.
type stateServer struct {
	*httptest.Server

	mu    sync.Mutex
	state []byte
}

func startStateServer() *stateServer {
	out := &stateServer{}
	out.Server = httptest.NewServer(out)
	return out
}

// ServeHTTP implements http.Handler.
func (s *stateServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch r.Method {
	case http.MethodGet:
		if s.state == nil {
			w.WriteHeader(http.StatusNotFound)
		}
		_, _ = w.Write(s.state)
	case http.MethodPost:
		s.state, _ = io.ReadAll(r.Body)
	default:
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}
