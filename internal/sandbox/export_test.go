package sandbox

import "encoding/json"

// Patched is what a patch makes of an answer when it acts for the nth time.
func Patched(answer, patch string, n int) string {
	return string((&Fault{Patch: json.RawMessage(patch), hits: n}).patched([]byte(answer)))
}
