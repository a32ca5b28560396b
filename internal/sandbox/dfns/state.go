package dfns

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// savedAccount is the account in a state file. Challenges and tokens live for minutes and are not in it.
type savedAccount struct {
	account

	Credentials []savedCredential
}

type savedCredential struct {
	ID, PublicKey string
}

func (s *Server) saveAccount() savedAccount {
	out := savedAccount{account: s.account}
	for _, known := range s.credentials {
		out.Credentials = append(out.Credentials, savedCredential{ID: known.id, PublicKey: known.pem})
	}
	return out
}

func (s *Server) loadAccount(text json.RawMessage) error {
	var in savedAccount
	if err := wire.DecodeStrictly(text, &in); err != nil {
		return err
	}
	var credentials []credential
	for _, known := range in.Credentials {
		key, err := parsePublicKey(known.PublicKey)
		if err != nil {
			return fmt.Errorf("credential %s: %w", known.ID, err)
		}
		credentials = append(credentials, credential{id: known.ID, key: key, pem: known.PublicKey})
	}
	if len(credentials) == 0 || in.Token == "" {
		return errors.New("it has no account")
	}
	s.account, s.credentials = in.account, credentials
	return nil
}
