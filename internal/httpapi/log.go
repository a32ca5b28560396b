package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/weburl"
)

// Logger receives a line for every call (Debug) and the redacted bodies (Trace).
type Logger interface {
	Debug(ctx context.Context, message string, fields map[string]any)
	Trace(ctx context.Context, message string, fields map[string]any)
}

// Debug logs what a client does apart from its calls.
func (c *Client) Debug(ctx context.Context, message string, fields map[string]any) {
	if c.config.Logger != nil {
		c.config.Logger.Debug(ctx, message, fields)
	}
}

// logged makes an attempt and logs it. It never logs headers, because they contain the secrets.
func (t *transport) logged(request *http.Request, sent []byte) (*http.Response, error) {
	ctx, path := request.Context(), request.URL.EscapedPath()
	t.trace(ctx, "API request", request.Method, path, sent)
	start := time.Now()
	response, body, err := t.exchange(request)
	fields := map[string]any{"method": request.Method, "path": path, "duration_ms": time.Since(start).Milliseconds()}
	if err != nil {
		err = causeOf(ctx, err)
		fields["error"] = withoutURL(err).Error()
	} else {
		fields["status"] = response.StatusCode
		fields["request_id"] = t.Hide(requestID(response.Header))
		t.trace(ctx, "API answer", request.Method, path, body)
		response.Body = io.NopCloser(bytes.NewReader(body))
	}
	t.Debug(ctx, "API call", fields)
	return response, err
}

func (t *transport) trace(ctx context.Context, message, method, path string, body []byte) {
	if t.config.Logger != nil {
		t.config.Logger.Trace(ctx, message, map[string]any{
			"method": method, "path": path, "body": redacted{body: body, fields: t.config.LoggedFields, hide: t.hide},
		})
	}
}

// redacted is a body that shows only what may be logged. The text is computed when the line is written: usually nobody reads the
// log, and computing it takes longer than everything else that is done with an answer.
type redacted struct {
	body   []byte
	fields []string
	hide   *strings.Replacer
}

// String implements fmt.Stringer. It hides the token even in an allowed field, because a server may quote it.
func (r redacted) String() string { return r.hide.Replace(redact(r.body, r.fields)) }

// MarshalText implements encoding.TextMarshaler, which a JSON log uses.
func (r redacted) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// FieldNames returns the names of a type's fields in JSON, without those of signing secrets.
func FieldNames[T any]() (names []string) {
	for _, field := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name != "" && field.Type != reflect.TypeFor[Secret]() {
			names = append(names, name)
		}
	}
	return names
}

// redact returns a JSON body with the values of all but the named fields hidden. For any other body it returns the size.
func redact(body []byte, logged []string) string {
	var value any
	if len(bytes.TrimSpace(body)) == 0 {
		return ""
	}
	if json.Unmarshal(body, &value) != nil {
		return fmt.Sprintf("(%d bytes that are not JSON)", len(body))
	}
	out, _ := json.Marshal(hideFields(value, "", logged))
	return string(out)
}

// hideFields hides the values in a field of a name. Of an allowed url it shows scheme and host.
func hideFields(value any, name string, logged []string) any {
	switch value := value.(type) {
	case map[string]any:
		for name, field := range value {
			value[name] = hideFields(field, name, logged)
		}
		return value
	case []any:
		for i, item := range value {
			value[i] = hideFields(item, name, logged)
		}
		return value
	case nil:
		return nil
	}
	if !slices.Contains(logged, name) {
		return "(hidden)"
	}
	if text, ok := value.(string); ok && name == "url" {
		return weburl.Hide(text)
	}
	return value
}
