package dfns

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// validity is how long a challenge and its token are valid.
const validity = 15 * time.Minute

// call is the call that a signature is for: one method, path and exact body.
type call struct {
	method, path, payload string
}

type challenge struct {
	call
	text    string
	expires time.Time
}

type actionToken struct {
	call
	expires time.Time
	used    bool
}

// initAction answers POST /auth/action/init with a challenge for one call.
func (s *Server) initAction(w http.ResponseWriter, r *http.Request) {
	wanted, err := decodeCall(wire.Body(r))
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	s.forgetExpired()
	c := &challenge{call: wanted, text: s.newChallenge(), expires: s.Clock().Add(validity)}
	identifier := s.newJWT(map[string]any{"exp": c.expires.Unix(), "method": wanted.method, "path": wanted.path})
	s.challenges[identifier] = c
	answer(w, map[string]any{
		"challenge":                 c.text,
		"challengeIdentifier":       identifier,
		"allowCredentials":          map[string]any{"key": s.allowed(), "webauthn": []any{}},
		"supportedCredentialKinds":  []map[string]string{{"kind": "Key", "factor": "first"}},
		"userVerification":          "required",
		"attestation":               "none",
		"externalAuthenticationUrl": "",
	})
}

// forgetExpired deletes expired challenges and tokens. It checks all of them, so once a minute is enough.
func (s *Server) forgetExpired() {
	now := s.Clock()
	if now.Before(s.swept.Add(time.Minute)) {
		return
	}
	s.swept = now
	maps.DeleteFunc(s.challenges, func(_ string, c *challenge) bool { return !now.Before(c.expires) })
	maps.DeleteFunc(s.tokens, func(_ string, token *actionToken) bool { return !now.Before(token.expires) })
}

func decodeCall(body []byte) (call, error) {
	fields, err := wire.DecodeObject(body, "userActionPayload", "userActionHttpMethod", "userActionHttpPath", "userActionServerKind")
	if err != nil {
		return call{}, err
	}
	payload, err := wire.Required(fields, "userActionPayload")
	method, err2 := wire.Required(fields, "userActionHttpMethod")
	path, err3 := wire.Required(fields, "userActionHttpPath")
	kind, err4 := wire.Required(fields, "userActionServerKind")
	if kind != "Api" && err4 == nil {
		err4 = errors.New("userActionServerKind must be Api")
	}
	return call{method: method, path: path, payload: payload}, errors.Join(err, err2, err3, err4)
}

// completeAction answers POST /auth/action: it exchanges a signed challenge for a token for the call of the challenge.
func (s *Server) completeAction(w http.ResponseWriter, r *http.Request) {
	fields, err := wire.DecodeObject(wire.Body(r), "challengeIdentifier", "firstFactor")
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	identifier, err := wire.Required(fields, "challengeIdentifier")
	c := s.challenges[identifier]
	if err != nil || c == nil || !s.Clock().Before(c.expires) {
		refuse(w, http.StatusBadRequest, "Challenge token is not valid.")
		return
	}
	if err := s.checkFactor(fields["firstFactor"], c.text); err != nil {
		refuse(w, http.StatusUnauthorized, err.Error())
		return
	}
	delete(s.challenges, identifier)
	token := s.newJWT(map[string]any{"jti": s.newID("ua")})
	s.tokens[token] = &actionToken{call: c.call, expires: s.Clock().Add(validity)}
	answer(w, map[string]string{"userAction": token})
}

// ActionTokens returns the recently issued tokens, for tests that search for leaked ones.
func (s *Server) ActionTokens() []string {
	s.Lock.Lock()
	defer s.Lock.Unlock()
	return slices.Collect(maps.Keys(s.tokens))
}

// checkFactor verifies the assertion of a Key credential: known, over the right challenge, properly signed.
func (s *Server) checkFactor(raw json.RawMessage, challengeText string) error {
	factor, err := wire.DecodeObject(raw, "kind", "credentialAssertion")
	if err != nil {
		return err
	}
	if kind, err := wire.Required(factor, "kind"); err != nil || kind != "Key" {
		return errors.New("firstFactor.kind must be Key")
	}
	assertion, err := wire.DecodeObject(factor["credentialAssertion"], "credId", "clientData", "signature", "algorithm")
	if err != nil {
		return err
	}
	clientData, err1 := decodeBase64URL(assertion, "clientData")
	signature, err2 := decodeBase64URL(assertion, "signature")
	id, err3 := wire.Required(assertion, "credId")
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	if err := checkClientData(clientData, challengeText); err != nil {
		return err
	}
	for _, known := range s.account.Credentials {
		if known.ID == id && known.verifies(clientData, signature) {
			return nil
		}
	}
	return errors.New("Credential signature is not valid.") //nolint:staticcheck // the words of the vendor's answer
}

func checkClientData(clientData []byte, challengeText string) error {
	var data struct {
		Type      string `json:"type"`
		Challenge string `json:"challenge"`
	}
	if err := json.Unmarshal(clientData, &data); err != nil {
		return errors.New("clientData is not JSON")
	}
	if data.Type != "key.get" || data.Challenge != challengeText {
		return errors.New("clientData is not for this challenge")
	}
	return nil
}

func decodeBase64URL(fields wire.Object, key string) ([]byte, error) {
	text, err := wire.Required(fields, key)
	if err != nil {
		return nil, err
	}
	out, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, errors.New(key + " is not base64url without padding")
	}
	return out, nil
}

// signed accepts a change if its X-DFNS-USERACTION token was issued for exactly this call and never used.
func (s *Server) signed(handle func(http.ResponseWriter, *http.Request, []byte)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body := wire.Body(r)
		token := s.tokens[r.Header.Get("X-Dfns-Useraction")]
		made := call{method: r.Method, path: r.URL.EscapedPath(), payload: string(body)}
		switch {
		case token == nil, !s.Clock().Before(token.expires), !token.permits(made):
			refuse(w, http.StatusForbidden, "user action signature is missing or invalid")
		case token.used:
			refuse(w, http.StatusBadRequest, "user action has already been used")
		default:
			token.used = true
			handle(w, r, body)
		}
	}
}

// permits compares the signed call with the actual one. For the vendor, an absent body, "" and {} are the same. A body that a
// client's HTTP library writes in another form than its signing code is the same too, as long as the signed text is what JavaScript
// makes of the parsed body: the vendor's Python SDK signs the compact form and sends blanks.
func (c call) permits(made call) bool {
	if c.method != made.method || c.path != made.path {
		return false
	}
	if c.payload == made.payload || empty(c.payload) && empty(made.payload) {
		return true
	}
	compact, err := wire.Stringify([]byte(made.payload))
	return err == nil && c.payload == string(compact)
}

func empty(payload string) bool {
	return payload == "" || payload == `""` || payload == "{}"
}

func (s *Server) newChallenge() string {
	return base64.RawURLEncoding.EncodeToString([]byte(hex.EncodeToString(wire.Bytes(s.Random, 32))))
}
