//go:build unix

package dfns_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// signerKey is a key whose signatures the programs print. It guards nothing.
var signerKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))

// shell returns a signer that is a shell script.
func shell(script string, args ...string) dfns.Command {
	return dfns.Command{Args: append([]string{"sh", "-c", script, "sh"}, args...), CredentialID: "cr-1", Timeout: time.Minute}
}

// prints returns a signer that prints a text.
func prints(text string) dfns.Command { return shell(`printf %s "${1#=}"`, "="+text) }

// ends returns a signer that writes to its standard error, prints, and ends with a status.
func ends(status, stderr, stdout string) dfns.Command {
	return shell(`printf %s "${2#=}" >&2; printf %s "${3#=}"; exit "$1"`, status, "="+stderr, "="+stdout)
}

func newSigner(t *testing.T, c dfns.Command) dfns.Signer {
	t.Helper()
	signer, err := dfns.NewCommandSigner(c)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

// fails runs a signer that is to fail.
func fails(ctx context.Context, t *testing.T, c dfns.Command) *dfns.CommandError {
	t.Helper()
	signature, err := newSigner(t, c).Sign(ctx, []byte("message"))
	failed, ok := errors.AsType[*dfns.CommandError](err)
	if !ok || failed.Program != c.Args[0] {
		t.Fatalf("it ends in %x, %v, want a CommandError", signature, err)
	}
	return failed
}

// A program gets the bytes to sign and the environment of the provider, where the credentials of its cloud are, without the provider's
// own secrets.
func TestCommandInput(t *testing.T) { //nolint:paralleltest // it sets environment variables
	secrets := []string{"DFNS_AUTH_TOKEN", "DFNS_PRIVATE_KEY", "ENFINITOS_API_KEY"}
	for _, name := range append(secrets, "DFNS_CRED_ID", "CLOUD_TOKEN") {
		t.Setenv(name, "the-value-of-"+name)
	}
	message := []byte(`{"challenge":"Y2g","type":"key.get"}` + "\x00\n\xff not text")
	dir, signature := t.TempDir(), ed25519.Sign(signerKey, nil)
	got, err := newSigner(t, shell(`cat > "$1/in"; env > "$1/env"; printf %s "$2"`, dir, encode(signature))).Sign(t.Context(), message)
	if err != nil || !bytes.Equal(got, signature) {
		t.Errorf("the signature is %x: %v", got, err)
	}
	if in := must(os.ReadFile(filepath.Join(dir, "in"))); !bytes.Equal(in, message) {
		t.Errorf("it signed %q", in)
	}
	env := strings.Split(string(must(os.ReadFile(filepath.Join(dir, "env")))), "\n")
	for _, want := range []string{"DFNS_CRED_ID=cr-1", "CLOUD_TOKEN=the-value-of-CLOUD_TOKEN", "PATH=" + os.Getenv("PATH")} {
		if !slices.Contains(env, want) {
			t.Errorf("%s is missing in %q", want, env)
		}
	}
	if text := strings.Join(env, "\n"); strings.Count(text, "the-value-of-") != 1 || strings.Contains(text, secrets[0]) {
		t.Errorf("it knows too much: %q", env)
	}
}

func encode(data []byte) string { return base64.StdEncoding.EncodeToString(data) }

func der(t *testing.T, r, s *big.Int) []byte {
	t.Helper()
	return must(asn1.Marshal(struct{ R, S *big.Int }{r, s}))
}

// What may be a signature is taken, in every spelling of base64; the API will verify it. Whatever else a program prints never leaves this
// machine and is quoted nowhere: it may be the key.
func TestCommandAnswer(t *testing.T) {
	t.Parallel()
	own := encode(ed25519.Sign(signerKey, nil))
	largest := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 256), big.NewInt(1))
	const notBase64 = "printed something that is not base64; it must print only the signature in base64"
	noSignature := func(data []byte) [2]string {
		return [2]string{encode(data), fmt.Sprintf("printed %d bytes in base64 that are not a signature: an Ed25519 signature has 64 bytes, an ECDSA "+
			"signature is ASN.1 DER on a 256-bit curve, an RSA signature has 256 bytes or more", len(data))}
	}
	p384 := must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))
	digest := sha256.Sum256(nil)
	tests := map[string][2]string{ // what it prints, and why that is refused
		"Ed25519":             {own},
		"base64 for URLs":     {strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(own)},
		"base64, wrapped":     {"\n  " + own[:76] + "\r\n" + own[76:] + "\n\t"},
		"Ed25519 that is DER": {encode(append([]byte{0x30, 62, 2, 60}, bytes.Repeat([]byte{9}, 60)...))},
		"ECDSA, smallest":     {encode(der(t, big.NewInt(1), big.NewInt(1)))},
		"ECDSA, largest":      {encode(der(t, largest, largest))},
		"RSA of 2048 bits":    {encode(bytes.Repeat([]byte{0xff}, 256))},
		"RSA of 8192 bits":    {encode(make([]byte, 1024))},

		"white space":          {" \r\n\t ", "printed nothing; it must print the signature in base64"},
		"only padding":         {"==", noSignature(nil)[1]},
		"text":                 {"correct horse battery staple", notBase64},
		"prefix of Vault":      {"vault:v1:" + encode(ed25519.Sign(signerKey, nil)), notBase64},
		"a line before":        {"Using slot 0\n" + encode(ed25519.Sign(signerKey, nil)), notBase64},
		"seed and public key":  noSignature(signerKey),
		"seed":                 noSignature(signerKey.Seed()),
		"too long":             noSignature(make([]byte, 65)),
		"ECDSA, cut":           noSignature(der(t, big.NewInt(1), big.NewInt(9))[:7]),
		"ECDSA, more behind":   noSignature(append(der(t, big.NewInt(1), big.NewInt(9)), 0)),
		"ECDSA of zero":        noSignature(der(t, big.NewInt(0), big.NewInt(9))),
		"ECDSA below zero":     noSignature(der(t, big.NewInt(7), big.NewInt(-9))),
		"ECDSA of P-384":       noSignature(must(ecdsa.SignASN1(rand.Reader, p384, digest[:]))),
		"RSA of 1024 bits":     noSignature(make([]byte, 128)),
		"RSA of 2047 bits":     noSignature(make([]byte, 255)),
		"RSA beyond all sizes": noSignature(make([]byte, 1088)),
		"too much":             {encode(make([]byte, 16<<10)), "printed more than 16384 bytes; it must print only the signature"},
		"most that is read":    noSignature(make([]byte, 12<<10)),
	}
	for kind, key := range keys() {
		for form, text := range key.forms {
			block, _ := pem.Decode([]byte(text))
			tests[kind+" key, "+form] = [2]string{text, notBase64}
			if block.Type != "EC PARAMETERS" {
				tests[kind+" key in DER, "+form] = noSignature(block.Bytes)
			}
		}
		public, _ := pem.Decode([]byte(key.public))
		tests[kind+" public key in DER"] = noSignature(public.Bytes)
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := newSigner(t, prints(test[0])).Sign(t.Context(), nil)
			standard := strings.NewReplacer("-", "+", "_", "/", "=", "").Replace(strings.Join(strings.Fields(test[0]), ""))
			want, _ := base64.RawStdEncoding.DecodeString(standard)
			if test[1] == "" && (err != nil || !bytes.Equal(got, want)) {
				t.Errorf("got %x, %v, want %x", got, err, want)
			}
			if test[1] != "" && (err == nil || err.Error() != "the signer command sh "+test[1]) {
				t.Errorf("the error is\n%v, want\n%s", err, test[1])
			}
		})
	}
}

// slow returns a signer that does not end within its time limit.
func slow(limit time.Duration) dfns.Command {
	c := shell("sleep 3600")
	c.Timeout = limit
	return c
}

// A program that fails is named, with the end of its standard error: short, printable, and without the token.
func TestCommandFails(t *testing.T) {
	t.Parallel()
	const quoted, flood = "; its standard error ends with:\n\n", "printed more than 16384 bytes; it must print only the signature"
	const noInterpreter = "; if it is a script, check that the interpreter in its first line exists"
	complains := func(stderr, quote string) failure {
		return failure{ends("3", stderr, ""), "failed: exit status 3" + quoted + quote}
	}
	noProgram := must(filepath.Abs("testdata/no-program"))
	for name, test := range map[string]failure{
		"status":           {ends("3", "", ""), "failed: exit status 3"},
		"status and why":   complains("AccessDenied\n", "AccessDenied"),
		"nothing but why":  {ends("0", "no key", ""), "printed nothing; it must print the signature in base64" + quoted + "no key"},
		"signal":           {shell("kill -9 $$"), "failed: signal: killed"},
		"flood":            {shell("while printf %04096d 0; do :; done"), flood},
		"too slow":         {slow(10 * time.Millisecond), "did not finish within its time limit of 10ms and was stopped"},
		"no program":       {dfns.Command{Args: []string{noProgram, "hunter2"}, Timeout: time.Minute}, "could not be run: exec format error" + noInterpreter},
		"last lines":       complains("1\n2\n3\n4\n\n  \n5\n6\n", "2\n3\n4\n5\n6"),
		"colours":          complains("\x1b[31mdenied\x1b[0m\r\n\tby\u202e policy\x01\x07", "[31mdenied[0m\n by policy"),
		"not UTF-8":        complains("denied\xff\xfe", "denied?"),
		"token":            complains("refused: Bearer the-token!", "refused: Bearer (hidden)!"),
		"token in pieces":  complains("the-\x1btok\x01en", "(hidden)"),
		"token at the cut": complains("the-token"+strings.Repeat("x", 597), "en)"+strings.Repeat("x", 597)),
		"long line":        complains(strings.Repeat("x", 1000), strings.Repeat("x", 600)),
		"long letters":     complains(strings.Repeat("é", 500)+"x", strings.Repeat("é", 299)+"x"),
		"megabytes": {
			shell("for i in 1 2 3 4 5 6 7 8; do printf '%065536d\\n' 0; done >&2; printf 'the last words' >&2; exit 3"),
			"failed: exit status 3" + quoted + strings.Repeat("0", 585) + "\nthe last words",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.command.Secret = "the-token"
			failed := fails(t.Context(), t, test.command)
			if want := "the signer command " + failed.Program + " " + test.want; failed.Error() != want || errors.Is(failed, context.DeadlineExceeded) {
				t.Errorf("the error is\n%v, want\n%s", failed, want)
			}
		})
	}
}

// failure is a signer that fails, and what its error says behind its name.
type failure struct {
	command dfns.Command
	want    string
}

// A program that is there when the provider is configured may be gone when it is run.
func TestCommandIsGone(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "sign")
	must(0, os.WriteFile(program, nil, 0o700)) //nolint:gosec // it is to be executable
	signer := newSigner(t, dfns.Command{Args: []string{program, "hunter2"}, Timeout: time.Minute})
	must(0, os.Remove(program))
	_, err := signer.Sign(t.Context(), nil)
	want := "the signer command " + program + " could not be run: no such file or directory; if it is a script, check that the interpreter in its " +
		"first line exists"
	if err == nil || err.Error() != want {
		t.Errorf("the error is %v, want %q", err, want)
	}
}

// pipes are named pipes. A script opens the first one to say that it runs, and holds it until it ends. It reads the second one to wait.
func pipes(t *testing.T) (paths []string, release func()) {
	t.Helper()
	for _, name := range []string{"alive", "release"} {
		paths = append(paths, filepath.Join(t.TempDir(), name))
		must(0, syscall.Mkfifo(paths[len(paths)-1], 0o600))
	}
	held := must(os.OpenFile(paths[1], os.O_RDWR, 0))
	t.Cleanup(func() { _ = held.Close() })
	return paths, func() { _, _ = held.WriteString("\n") }
}

// alive is the first part of a script, and wait the last one.
const alive, wait = `trap "" TERM INT HUP; exec 3> "$1"; `, `read x < "$2"; `

// A program that ignores signals is stopped, and so is what it has started. What has put itself out of reach is not waited for, although
// it holds the output.
func TestCommandIsCancelled(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"a program":      alive + wait,
		"with a child":   "(" + alive + wait + ") & " + wait,
		"with a session": `setsid sh -c 'read x < "$1"' sh "$2" & ` + alive + wait,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath("setsid"); err != nil && name == "with a session" {
				t.Skip(err)
			}
			paths, release := pipes(t)
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error)
			go func() {
				pipe, err := os.Open(paths[0]) // waits until the program has opened it
				cancel()
				if err == nil {
					_, err = io.ReadAll(pipe) // waits until nobody holds it any more
				}
				ended <- err
			}()
			if failed := fails(ctx, t, shell(script, paths...)); !errors.Is(failed, context.Canceled) || !strings.Contains(failed.Error(), " was stopped: ") {
				t.Errorf("the error is %v", failed)
			}
			if err := <-ended; err != nil {
				t.Error(err)
			}
			release()
		})
	}
}

// What a program leaves running does not hold up its answer.
func TestCommandLeavesChildBehind(t *testing.T) {
	t.Parallel()
	paths, release := pipes(t)
	if _, err := newSigner(t, shell(`(`+wait+`) & printf %s "$3"`, append(paths, encode(make([]byte, 64)))...)).Sign(t.Context(), nil); err != nil {
		t.Error(err)
	}
	release()
}

func TestNewCommandSignerRefuses(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "with a space")
	must(0, os.Mkdir(dir, 0o700))
	plain := filepath.Join(dir, "plain")
	must(0, os.WriteFile(plain, nil, 0o600))
	const notFound = "the program no-such-program: executable file not found in $PATH"
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"nothing":        {nil, "the first element must be a program, and no element may be empty"},
		"empty argument": {[]string{"sh", "hunter2", ""}, "the first element must be a program, and no element may be empty"},
		"not on PATH":    {[]string{"no-such-program", "hunter2"}, notFound},
		"not there":      {[]string{"/no/such", "hunter2"}, "the program /no/such: no such file or directory"},
		"relative":       {[]string{"./none", "hunter2"}, "the program ./none: no such file or directory; a relative path starts in " + must(os.Getwd()) + ", where Terraform runs; for a program beside the configuration use \"${path.root}/…\""},
		"a directory":    {[]string{dir}, "the program " + dir + ": is a directory"},
		"not executable": {[]string{plain}, "the program " + plain + ": permission denied"},
		"in one element": {[]string{"sh -c hunter2"}, "the program sh …: executable file not found in $PATH; write each argument as a separate element"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if signer, err := dfns.NewCommandSigner(dfns.Command{Args: test.args}); err == nil || err.Error() != test.want {
				t.Errorf("it ends in %v, %v, want %q", signer, err, test.want)
			}
		})
	}
}

// lines is a logger that keeps everything it gets as one text.
type lines struct{ strings.Builder }

func (l *lines) Debug(_ context.Context, message string, fields map[string]any) {
	_, _ = fmt.Fprintln(l, message, fields)
}

func (*lines) Trace(context.Context, string, map[string]any) {}

// The log has a line for each run, and nothing in it of what the program was given or wrote.
func TestCommandLog(t *testing.T) {
	t.Parallel()
	log := &lines{}
	for _, c := range []dfns.Command{prints(encode(make([]byte, 64))), ends("3", "hunter3", "hunter4"), slow(time.Millisecond)} {
		c.Logger = log
		_, _ = newSigner(t, c).Sign(t.Context(), []byte("hunter5"))
	}
	text := log.String()
	for _, want := range []string{"Signer command", "duration_ms:", "exit_code:0", "exit_code:3", "exit_code:-1", "program:sh"} {
		if !strings.Contains(text, want) {
			t.Errorf("the log does not hold %q:\n%s", want, text)
		}
	}
	for _, secret := range []string{"hunter", "printf", "sleep", encode(make([]byte, 9))} {
		if strings.Contains(text, secret) {
			t.Errorf("the log holds %q:\n%s", secret, text)
		}
	}
}

// A change that the program does not sign is not sent.
func TestCommandDoesNotSign(t *testing.T) {
	t.Parallel()
	s := start(t)
	client := newClient(t, s, func(c *dfns.Config) { c.Signer = newSigner(t, ends("1", "denied", "")) })
	err := client.DeleteWebhook(t.Context(), "wh-1", "")
	_, signing := errors.AsType[*dfns.SigningError](err)
	if !signing || outcome(err) != httpapi.NotMade || !strings.Contains(err.Error(), "signing with credential "+s.Env()["DFNS_CRED_ID"]+" failed: the signer command ") {
		t.Errorf("the error is %v", err)
	}
	sameCalls(t, s, challenge)
}
