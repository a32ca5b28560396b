package acctest

import (
	"os"
	"path/filepath"
	"testing"
)

// While a package builds the provider, the CLIs of another sum up the directory it is in: nothing else may ever be there.
func TestBuildsKeepToThemselves(t *testing.T) {
	t.Parallel()
	drafts, home := t.TempDir(), t.TempDir()
	const name = "terraform-provider-webhook_v0.0.1"
	done := make(chan error)
	go func() { done <- build(drafts, filepath.Join(home, name)) }()
	for {
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(filepath.Join(home, name)); err != nil {
				t.Error(err)
			}
			return
		default:
		}
		files, err := os.ReadDir(home)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if file.Name() != name {
				t.Fatalf("%s is beside the program", file.Name())
			}
		}
	}
}
