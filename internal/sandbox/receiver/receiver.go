// Package receiver is a webhook receiver as a user of the vendors would write it: it verifies signatures and logs deliveries. It
// shares no code with the signing side.
package receiver

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// tolerance is how much the time of a delivery may differ from now, as in the vendor's sample.
const tolerance = 300 * time.Second

// maxBody limits how much of a delivery is read.
const maxBody = 4 << 20

// Scheme is how a vendor signs its deliveries.
type Scheme struct {
	// Header is the header with the signature.
	Header string
	// Verify checks a signature with the secrets of the vendor's webhooks by id. It returns the id of the webhook that the delivery is
	// for, what it is in a few words, and its time.
	Verify func(signature string, body []byte, secrets map[string]string) (webhook, what string, sent time.Time, err error)
}

// Signer is a vendor whose deliveries a receiver accepts.
type Signer struct {
	Scheme

	Vendor  string
	Secrets func() map[string]string
}

// Receiver answers 200 to deliveries signed with the secret of a registered webhook, and 401 to everything else.
type Receiver struct {
	Signers []Signer
	Now     func() time.Time
	// Log receives one line for every request.
	Log io.Writer

	mu       sync.Mutex
	verdicts map[string]string // by signature
	oldest   []string          // the signatures in the order in which they came
}

// maxVerdicts is how many verdicts a receiver remembers.
const maxVerdicts = 20_000

// Verdict returns what the receiver made of the delivery with a signature, "" if none had it.
func (r *Receiver) Verdict(signature string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.verdicts[signature]
}

func (r *Receiver) remember(signature, verdict string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.verdicts == nil {
		r.verdicts = map[string]string{}
	}
	if _, known := r.verdicts[signature]; !known {
		r.oldest = append(r.oldest, signature)
	}
	r.verdicts[signature] = verdict
	if len(r.oldest) > maxVerdicts {
		delete(r.verdicts, r.oldest[0])
		r.oldest = r.oldest[1:]
	}
}

// ServeHTTP implements http.Handler.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, request.Body, maxBody))
	var delivery string
	if err == nil {
		delivery, err = r.verify(request, body)
	}
	if err != nil {
		_, _ = fmt.Fprintf(r.Log, "%-10sREFUSED   %q: %v\n", "receiver", request.Method+" "+request.URL.Path, err)
		http.Error(w, "refused: "+err.Error(), http.StatusUnauthorized)
		return
	}
	_, _ = fmt.Fprintf(r.Log, "%-10sverified  %s\n", "receiver", delivery)
	_, _ = io.WriteString(w, "received\n")
}

// verify returns what a delivery is.
func (r *Receiver) verify(request *http.Request, body []byte) (string, error) {
	for _, signer := range r.Signers {
		if signature := request.Header.Get(signer.Header); signature != "" {
			webhook, what, sent, err := signer.Verify(signature, body, signer.Secrets())
			if err == nil {
				err = r.recent(sent)
			}
			verdict := "verified"
			if err != nil {
				verdict = "refused: " + err.Error()
			}
			r.remember(signature, verdict)
			return fmt.Sprintf("%s %s, signed for %s", signer.Vendor, what, webhook), err
		}
	}
	return "", errors.New("the request has no signature header of a vendor")
}

var errUnknownSigner = errors.New("the signature does not match the secret of any registered webhook")

// signer returns the webhook whose secret makes a signature.
func signer(secrets map[string]string, message []byte, signature string) (webhook string, ok bool) {
	given, err := hex.DecodeString(signature)
	if err != nil {
		return "", false
	}
	for id, secret := range secrets {
		mac := hmac.New(sha256.New, []byte(secret))
		_, _ = mac.Write(message)
		if hmac.Equal(mac.Sum(nil), given) {
			return id, true
		}
	}
	return "", false
}

func (r *Receiver) recent(sent time.Time) error {
	if age := r.Now().Sub(sent).Abs(); age > tolerance {
		return fmt.Errorf("the time of the delivery differs from now by %s; more than %s may mean a replay", age.Round(time.Second), tolerance)
	}
	return nil
}
