package delivery

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Request is one POST to a receiver.
type Request struct {
	URL    string
	Header map[string]string
	Body   []byte
}

// Result is the result of an attempt.
type Result struct {
	// Status is the status that the receiver answered, 0 if no complete answer came.
	Status int
	// Excerpt is the beginning of the answer's body.
	Excerpt string
	// Code and Error say why no answer came, as a code such as ECONNREFUSED and in words.
	Code  string
	Error string
}

// Outcome is the status as text, or the code where there is none.
func (r Result) Outcome() string {
	if r.Status == 0 {
		return r.Code
	}
	return fmt.Sprint(r.Status)
}

// maxExcerpt limits how much of an answer is read, because a receiver can send endlessly.
const maxExcerpt = 1 << 10

var (
	errNotLoopback = errors.New("the sandbox delivers to loopback addresses only, so that nothing it sends leaves this " +
		"machine: use a URL with the host 127.0.0.1, [::1] or localhost")
	errTimeout = errors.New("the receiver did not answer in time")
)

// newClient returns a client that can only reach this machine, whatever a name resolves to and whatever proxy the environment
// sets. It follows no redirect. One server may receive for all webhooks, so the client keeps a connection for each worker: one
// connection per delivery would use up the ports of this machine.
func newClient(workers int) *http.Client {
	dialer := &net.Dialer{Control: onlyLoopback}
	return &http.Client{
		Transport: &http.Transport{
			DialContext:         dialer.DialContext,
			MaxIdleConnsPerHost: workers,
			// Shorter than servers usually wait: a connection that the other side is closing would fail an attempt.
			IdleConnTimeout:        2 * time.Second,
			MaxResponseHeaderBytes: 64 << 10,
			DisableCompression:     true,
			// A receiver on this machine has a self-signed certificate, and nobody can intercept the connection.
			TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // loopback only, see above
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// onlyLoopback refuses a connection to any other machine before a packet is sent.
func onlyLoopback(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil || !net.ParseIP(host).IsLoopback() {
		return errNotLoopback
	}
	return nil
}

// Post makes one attempt immediately. A receiver that fails is a Result. An error means that the attempt was not made or was cut,
// because the caller is gone or the engine is closed.
func (e *Engine) Post(ctx context.Context, request Request) (Result, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(e.ctx, func() { cancel(ErrClosed) })() //nolint:contextcheck // an attempt ends with either
	timed, stop := context.WithTimeoutCause(ctx, e.options.Timeout, errTimeout)
	defer stop()
	result, err := e.post(timed, request)
	switch {
	case err == nil:
		return result, nil
	case ctx.Err() != nil:
		return Result{}, context.Cause(ctx)
	case timed.Err() != nil:
		err = fmt.Errorf("%w: waited %s", errTimeout, e.options.Timeout)
	}
	return Result{Code: code(err), Error: words(err)}, nil
}

func (e *Engine) post(ctx context.Context, request Request) (Result, error) {
	target, err := url.Parse(request.URL)
	if err != nil {
		return Result{}, err
	}
	if !IsLoopback(target.Hostname()) {
		return Result{}, errNotLoopback
	}
	made, err := http.NewRequestWithContext(ctx, http.MethodPost, request.URL, bytes.NewReader(request.Body))
	if err != nil {
		return Result{}, err
	}
	for name, value := range request.Header {
		made.Header.Set(name, value)
	}
	response, err := e.client.Do(made)
	if err != nil {
		return Result{}, err
	}
	defer func() { _ = response.Body.Close() }()
	excerpt, err := io.ReadAll(io.LimitReader(response.Body, maxExcerpt))
	if err != nil {
		return Result{}, err
	}
	return Result{Status: response.StatusCode, Excerpt: strings.ToValidUTF8(string(excerpt), "\uFFFD")}, nil
}

// IsLoopback checks a host before any name is resolved, because a lookup would already leave this machine.
func IsLoopback(host string) bool {
	return strings.EqualFold(host, "localhost") || net.ParseIP(host).IsLoopback()
}

// IsSecure reports an absolute https URL, or an http URL of a loopback host, which a test uses where a vendor demands https.
func IsSecure(text string) bool {
	parsed, err := url.Parse(text)
	if err != nil || parsed.Hostname() == "" {
		return false
	}
	return parsed.Scheme == "https" || parsed.Scheme == "http" && IsLoopback(parsed.Hostname())
}

// The error numbers of Windows for connections. The Unix names in package syscall are numbers that Go has invented for Windows.
const (
	abortedOnWindows = syscall.Errno(10053)
	resetOnWindows   = syscall.Errno(10054)
	refusedOnWindows = syscall.Errno(10061)
)

// code names an error as the vendors' platforms do.
func code(err error) string {
	var resolving *net.DNSError
	switch {
	case errors.Is(err, errNotLoopback):
		return "ENOTLOOPBACK"
	case errors.Is(err, errTimeout):
		return "ETIMEDOUT"
	case isAny(err, syscall.ECONNREFUSED, refusedOnWindows):
		return "ECONNREFUSED"
	case isAny(err, syscall.ECONNRESET, syscall.EPIPE, resetOnWindows, abortedOnWindows, io.EOF, io.ErrUnexpectedEOF):
		return "ECONNRESET"
	case errors.As(err, &resolving):
		return "ENOTFOUND"
	}
	return "EPROTO"
}

func isAny(err error, targets ...error) bool {
	return slices.ContainsFunc(targets, func(target error) bool { return errors.Is(err, target) })
}

// words removes the URL that net/http adds to its errors, because it may contain a password.
func words(err error) string {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	if errors.Is(err, errNotLoopback) {
		err = errNotLoopback
	}
	if errors.Is(err, io.EOF) {
		return "the receiver cut the connection"
	}
	return err.Error()
}
