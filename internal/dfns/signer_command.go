package dfns

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
	"unicode"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

const (
	// maxSignature limits how much of a program's standard output is read. The longest signature is far shorter.
	maxSignature = 16 << 10
	// maxStderr limits how much of the end of a program's standard error is kept. Its last lines are quoted.
	maxStderr   = 16 << 10
	quotedBytes = 600
	quotedLines = 5
	// afterKill is how long the pipes of a program may stay open after it was killed, or after it ended and left processes
	// behind that hold them. It must suffice to read the output of the program even on a slow machine.
	afterKill = 2 * time.Second
)

// withheld are environment variables with secrets that a signer does not need.
var withheld = []string{"DFNS_AUTH_TOKEN", "DFNS_PRIVATE_KEY", "ENFINITOS_API_KEY"}

// Command is a program that signs with a key that this process cannot see. The program gets the bytes to sign on its standard
// input and DFNS_CRED_ID in its environment, and prints the signature in base64.
type Command struct {
	// Args are the program and its arguments. No shell reads them.
	Args []string
	// CredentialID is the credential to sign for.
	CredentialID string
	// Timeout limits one run.
	Timeout time.Duration
	// Secret is hidden where it occurs in the program's standard error.
	Secret string
	// Logger receives a line for every run. Nil means no logging.
	Logger httpapi.Logger
}

// CommandError reports that a signer command made no signature. It does not quote arguments and standard output, which may
// contain secrets.
type CommandError struct {
	// Program is the program that was run.
	Program string
	// Err says what was wrong with it or with its output.
	Err error
	// Stderr is the end of its standard error.
	Stderr string
}

// Error names the program, says what was wrong, and quotes the end of its standard error.
func (e *CommandError) Error() string {
	text := fmt.Sprintf("the signer command %s %s", e.Program, e.Err)
	if e.Stderr != "" {
		text += "; its standard error ends with:\n\n" + e.Stderr
	}
	return text
}

// Unwrap returns what was wrong.
func (e *CommandError) Unwrap() error { return e.Err }

var errTooMuch = fmt.Errorf("printed more than %d bytes; it must print only the signature", maxSignature)

type commandSigner struct {
	Command
	program string
}

// NewCommandSigner returns a Signer that runs a program for every signature. The program is looked for on PATH unless its
// name has a slash; nothing is run yet.
func NewCommandSigner(command Command) (Signer, error) {
	if len(command.Args) == 0 || slices.Contains(command.Args, "") {
		return nil, errors.New("the first element must be a program, and no element may be empty")
	}
	program, err := exec.LookPath(command.Args[0])
	if err != nil {
		return nil, notExecutable(command.Args[0], err)
	}
	return &commandSigner{Command: command, program: program}, nil
}

// notExecutable says why a program cannot be run. If the whole command line was written as one element, it names only the
// first word.
func notExecutable(program string, err error) error {
	var lookup *exec.Error
	var file *fs.PathError
	switch {
	case errors.As(err, &file):
		err = file.Err
	case errors.As(err, &lookup):
		err = lookup.Err
	}
	_, missing := os.Stat(program)
	if words := strings.Fields(program); missing != nil && len(words) > 1 { // the other words may be secret
		return fmt.Errorf("the program %s …: %w; write each argument as a separate element", words[0], err)
	}
	if dir, wdErr := os.Getwd(); wdErr == nil && strings.Contains(program, "/") && !filepath.IsAbs(program) {
		return fmt.Errorf("the program %s: %w; a relative path starts in %s, where Terraform runs; for a program beside the "+
			"configuration use \"${path.root}/…\"", program, err, dir)
	}
	return fmt.Errorf("the program %s: %w", program, err)
}

// Sign implements Signer.
func (s *commandSigner) Sign(ctx context.Context, message []byte) ([]byte, error) {
	output, complaint, err := s.run(ctx, message)
	if err == nil {
		var signature []byte
		if signature, err = readSignature(output); err == nil {
			return signature, nil
		}
	}
	return nil, &CommandError{Program: s.Args[0], Err: err, Stderr: s.quote(complaint)}
}

// run returns the program's standard output and standard error. It kills a program that runs beyond ctx or its time limit.
func (s *commandSigner) run(ctx context.Context, message []byte) (output, complaint []byte, err error) {
	limited, end := context.WithTimeout(ctx, s.Timeout)
	defer end()
	var stdout head
	var stderr tail
	command := exec.CommandContext(limited, s.program, s.Args[1:]...) //nolint:gosec // running it is what it is configured for
	command.Args[0] = s.Args[0]
	command.Env = s.environment()
	command.Stdin, command.Stdout, command.Stderr = bytes.NewReader(message), &stdout, &stderr
	command.WaitDelay = afterKill
	killTogether(command)
	start := time.Now()
	err = command.Run()
	s.log(ctx, command.ProcessState, time.Since(start))
	switch {
	case len(stdout) > maxSignature:
		err = errTooMuch
	case ctx.Err() != nil && err != nil:
		err = fmt.Errorf("was stopped: %w", ctx.Err())
	case limited.Err() != nil && err != nil:
		err = fmt.Errorf("did not finish within its time limit of %s and was stopped", s.Timeout)
	default:
		err = explain(err)
	}
	return stdout, stderr, err
}

// environment returns the environment of this process, which may hold the credentials of a cloud or a vault, without our own
// secrets.
func (s *commandSigner) environment() []string {
	env := slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return slices.Contains(withheld, strings.ToUpper(name))
	})
	return append(env, "DFNS_CRED_ID="+s.CredentialID)
}

func (s *commandSigner) log(ctx context.Context, state *os.ProcessState, took time.Duration) {
	if s.Logger != nil {
		s.Logger.Debug(ctx, "Signer command", map[string]any{
			"program": s.Args[0], "duration_ms": took.Milliseconds(), "exit_code": state.ExitCode(),
		})
	}
}

// explain says how a run failed. Its text continues a sentence that starts with the program's name.
func explain(err error) error {
	var exit *exec.ExitError
	var start *fs.PathError
	switch {
	case err == nil, errors.Is(err, exec.ErrWaitDelay):
		return nil // after ErrWaitDelay, a process that it left running holds its pipes; its output is complete
	case errors.As(err, &exit):
		return fmt.Errorf("failed: %s", exit.ProcessState)
	case errors.As(err, &start):
		err = start.Err // without the call that failed
	}
	if errors.Is(err, syscall.ENOEXEC) || errors.Is(err, fs.ErrNotExist) { // LookPath has found the file itself
		return fmt.Errorf("could not be run: %w; if it is a script, check that the interpreter in its first line exists", err)
	}
	return fmt.Errorf("could not be run: %w", err)
}

// quote returns the last lines of a program's standard error, safe to show.
func (s *commandSigner) quote(complaint []byte) string {
	printable := strings.Map(func(r rune) rune {
		if r == '\n' || unicode.IsPrint(r) {
			return r
		}
		return -1
	}, strings.ReplaceAll(strings.ToValidUTF8(string(complaint), "?"), "\t", " "))
	if s.Secret != "" {
		printable = strings.ReplaceAll(printable, s.Secret, "(hidden)")
	}
	lines := slices.DeleteFunc(strings.Split(printable, "\n"), func(line string) bool { return strings.TrimSpace(line) == "" })
	text := strings.Join(lines[max(0, len(lines)-quotedLines):], "\n")
	return strings.ToValidUTF8(text[max(0, len(text)-quotedBytes):], "")
}

// readSignature decodes a program's output.
func readSignature(output []byte) ([]byte, error) {
	text := strings.TrimSpace(string(output))
	if text == "" {
		return nil, errors.New("printed nothing; it must print the signature in base64")
	}
	text = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
	signature, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return nil, errors.New("printed something that is not base64; it must print only the signature in base64")
	}
	if !plausible(signature) {
		return nil, fmt.Errorf("printed %d bytes in base64 that are not a signature: an Ed25519 signature has 64 bytes, an ECDSA "+
			"signature is ASN.1 DER on a 256-bit curve, an RSA signature has 256 bytes or more", len(signature))
	}
	return signature, nil
}

// plausible distinguishes signatures from everything else that a program may print by mistake, above all a private key, which
// must not be sent to the API.
func plausible(signature []byte) bool {
	var point struct{ R, S *big.Int }
	rest, err := asn1.Unmarshal(signature, &point)
	isECDSA := err == nil && len(rest) == 0 && point.R.Sign() > 0 && point.S.Sign() > 0 && max(point.R.BitLen(), point.S.BitLen()) <= 256
	size := len(signature)
	isRSA := size >= minimumRSA/8 && size <= 1024 && size%64 == 0 // few key encodings have such a size
	_, notKey := parsePKCS8Secp256k1(signature)                   // but the shortest key of this curve is as long as a signature
	isKey := size == ed25519.PrivateKeySize && bytes.Equal(signature, ed25519.NewKeyFromSeed(signature[:ed25519.SeedSize]))
	return size == ed25519.SignatureSize && notKey != nil && !isKey || isECDSA || isRSA
}

// head keeps what is written to it, and fails beyond a limit, so that the program's further output fails too.
type head []byte

// Write implements io.Writer.
func (h *head) Write(data []byte) (int, error) {
	*h = append(*h, data...)
	if len(*h) > maxSignature {
		return 0, errTooMuch
	}
	return len(data), nil
}

// tail keeps the end of what is written to it.
type tail []byte

// Write implements io.Writer.
func (t *tail) Write(data []byte) (int, error) {
	*t = append(*t, data...)
	*t = (*t)[max(0, len(*t)-maxStderr):]
	return len(data), nil
}
