package sandbox

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"syscall"
)

// Transport returns a client's transport that makes calls without a connection. Such calls also work in the bubble of
// testing/synctest, where time is virtual. The host of a request does not matter.
func (c *Calls) Transport() http.RoundTripper { return transport{c} }

type transport struct{ calls *Calls }

// RoundTrip implements http.RoundTripper. It returns at once when the request is canceled, and the call goes on, as at a real
// server.
func (t transport) RoundTrip(request *http.Request) (*http.Response, error) {
	body, err := readBody(request)
	if err == nil {
		err = context.Cause(request.Context())
	}
	if err != nil {
		return nil, err
	}
	served := make(chan *answer, 1)
	sent := make(chan struct{})
	if !t.calls.background.start(func() { <-sent; served <- t.serve(request, body) }) {
		return nil, syscall.ECONNREFUSED
	}
	traceSending(request.Context())
	close(sent)
	select {
	case answer := <-served:
		return answer.response(request)
	case <-request.Context().Done():
		return nil, context.Cause(request.Context())
	}
}

// readBody returns the body of a request and closes it, as a transport must.
func readBody(request *http.Request) ([]byte, error) {
	if request.Body == nil {
		return nil, nil
	}
	body, err := io.ReadAll(request.Body)
	return body, errors.Join(err, request.Body.Close())
}

// traceSending calls what the caller wants to be called while a request is sent.
func traceSending(ctx context.Context) {
	trace := httptrace.ContextClientTrace(ctx)
	if trace == nil {
		return
	}
	if trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{})
	}
	if trace.WroteHeaders != nil {
		trace.WroteHeaders()
	}
	if trace.WroteRequest != nil {
		trace.WroteRequest(httptrace.WroteRequestInfo{})
	}
}

// serve handles a request as the server of a listener would. The handler's context ends with the caller's and with the sandbox,
// but has none of the caller's values.
func (t transport) serve(request *http.Request, body []byte) (out *answer) {
	ctx, cancel := context.WithCancel(t.calls.background.ctx)
	defer cancel()
	defer context.AfterFunc(request.Context(), cancel)()
	out = &answer{header: http.Header{}, status: http.StatusOK}
	defer func() {
		switch cause := recover(); cause {
		case nil:
		case http.ErrAbortHandler:
			out.cut = true
		default:
			panic(cause)
		}
	}()
	t.calls.ServeHTTP(out, received(ctx, request, body)) //nolint:contextcheck // a server's context is not its client's
	return out
}

// received returns a client's request as a server sees it.
func received(ctx context.Context, sent *http.Request, body []byte) *http.Request {
	call := sent.Clone(ctx)
	call.Method = cmp.Or(sent.Method, http.MethodGet)
	call.Host = cmp.Or(sent.Host, sent.URL.Host)
	call.URL = &url.URL{Path: cmp.Or(sent.URL.Path, "/"), RawPath: sent.URL.RawPath, RawQuery: sent.URL.RawQuery}
	call.RequestURI = call.URL.RequestURI()
	call.Body, call.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	if _, set := call.Header["User-Agent"]; !set {
		call.Header.Set("User-Agent", "Go-http-client/1.1")
	}
	return call
}

// response returns what a client sees of an answer.
func (a *answer) response(request *http.Request) (*http.Response, error) {
	if a.cut && len(a.body) == 0 {
		return nil, io.EOF
	}
	length := len(a.body)
	body := io.Reader(bytes.NewReader(a.body))
	if a.cut {
		length, _ = strconv.Atoi(a.header.Get("Content-Length"))
		body = io.MultiReader(body, failing{io.ErrUnexpectedEOF})
	}
	return &http.Response{
		Status: strconv.Itoa(a.status) + " " + http.StatusText(a.status), StatusCode: a.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: a.header, Body: io.NopCloser(body), ContentLength: int64(length), Request: request,
	}, nil
}

// failing is a reader that fails.
type failing struct{ err error }

// Read implements io.Reader.
func (f failing) Read([]byte) (int, error) { return 0, f.err }
