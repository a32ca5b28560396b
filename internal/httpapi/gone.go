package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// NotFoundError reports an object that is proved not to exist. Only a vendor's client knows what proves that, and makes it.
type NotFoundError struct {
	// Err is the 404.
	Err error
}

// Error returns the text of the 404.
func (e *NotFoundError) Error() string { return e.Err.Error() }

// Unwrap returns the 404.
func (e *NotFoundError) Unwrap() error { return e.Err }

// IsNotFound reports that it is proved that the API has no such object.
func IsNotFound(err error) bool {
	_, ok := errors.AsType[*NotFoundError](err)
	return ok
}

// Exists returns what the error of a read says about an object: that it is gone, that it exists, or an error that leaves it open.
func Exists(err error) (bool, error) {
	if IsNotFound(err) {
		return false, nil
	}
	return true, err
}

// IsOwn404 reports a 404 in the vendor's own shape. It is not yet proof that an object is gone, but explains why it cannot be shown.
func IsOwn404(err error) bool {
	refused, ok := errors.AsType[*Error](err)
	return ok && refused.Status == http.StatusNotFound && refused.Recognized
}

// Gone returns a *NotFoundError for a 404 in the vendor's own shape, and every other error unchanged. It is for calls whose 404 is proof.
func Gone(err error) error {
	if IsOwn404(err) {
		return &NotFoundError{Err: err}
	}
	return err
}

// ConfirmGone calls ask, and again if it says that an object does not exist that is, by its own date, so young that the API may not
// show it yet. Without time for that, the error is no longer a *NotFoundError. An object without a date was only named, in an import.
func ConfirmGone[T any](ctx context.Context, c *Client, created string, ask func(context.Context) (T, error)) (T, error) {
	out, err := ask(ctx)
	date := dateOf(created)
	if !IsNotFound(err) || created == "" || time.Since(date) >= c.config.SettleTime {
		return out, err
	}
	if problem := c.UntilSettled(ctx, date); problem != nil {
		return out, fmt.Errorf("%s: %w", err.Error(), problem)
	}
	return ask(ctx)
}
