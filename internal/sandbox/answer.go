package sandbox

import (
	"maps"
	"net/http"
)

// answer buffers what a vendor wrote until it is decided whether and how to send it.
type answer struct {
	header http.Header
	status int
	body   []byte
	cut    bool
}

func (a *answer) Header() http.Header  { return a.header }
func (a *answer) WriteHeader(code int) { a.status = code }

func (a *answer) Write(data []byte) (int, error) {
	a.body = append(a.body, data...)
	return len(data), nil
}

func (a *answer) send(w http.ResponseWriter) {
	if a.cut && len(a.body) == 0 {
		panic(http.ErrAbortHandler) // the documented way to cut a connection without an answer
	}
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
	if a.cut {
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}
