package simulation

import (
	"encoding/json"
	"errors"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// saved is what survives a restart. Secrets in it are the sandbox's own, and its file is for the owner alone.
type saved[T, A any] struct {
	Account  A
	Created  int
	Webhooks []T
	// Deliveries are what is listed, Waiting what waits without being listed.
	Deliveries []Delivery
	Waiting    []Delivery
}

// Save returns the state as JSON for Load. What it holds is copied at one moment and written down afterwards, so that calls do not wait
// for it.
func (s *Server[T]) Save() (json.RawMessage, error) { return json.Marshal(s.state()) }

func (s *Server[T]) state() saved[T, any] {
	s.Lock.Lock()
	defer s.Lock.Unlock()
	out := saved[T, any]{
		Account: s.vendor.SaveAccount(), Created: s.created, Webhooks: s.copies(), Deliveries: values(s.listed),
	}
	if s.vendor.Deliveries.EachAttempt {
		out.Waiting = values(s.Waiting())
	}
	return out
}

// Loading returns a Vendor.LoadAccount that takes over an account that a check has completed and found to be one.
func Loading[A any](into *A, check func(*A) error) func(json.RawMessage) error {
	return func(text json.RawMessage) error {
		var in A
		err := wire.DecodeStrictly(text, &in)
		if err == nil {
			err = check(&in)
		}
		if err == nil {
			*into = in
		}
		return err
	}
}

// Load replaces the state, the account included, by one that Save returned. After an error, the server is of no use.
func (s *Server[T]) Load(text json.RawMessage) error {
	var in saved[T, json.RawMessage]
	if err := wire.DecodeStrictly(text, &in); err != nil {
		return err
	}
	if len(in.Account) == 0 {
		return errors.New("it has no account")
	}
	s.Lock.Lock()
	defer s.Lock.Unlock()
	s.clear()
	if err := s.vendor.LoadAccount(in.Account); err != nil {
		return err
	}
	s.created = in.Created
	for _, webhook := range in.Webhooks {
		s.all = append(s.all, &webhook)
	}
	for _, d := range in.Deliveries {
		if d.Waits {
			s.await(&d)
		}
		s.list(&d)
	}
	for _, d := range in.Waiting {
		s.await(&d)
	}
	return nil
}
