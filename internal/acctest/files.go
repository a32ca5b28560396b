package acctest

import (
	"archive/zip"
	"io"
	"os"
)

// Unpacked returns the content of a file. It unpacks a zip archive, such as a saved plan.
func Unpacked(path string) ([]byte, error) {
	archive, err := zip.OpenReader(path)
	if err != nil {
		return os.ReadFile(path)
	}
	defer func() { _ = archive.Close() }()
	var all []byte
	for _, file := range archive.File {
		reader, err := file.Open()
		if err != nil {
			return nil, err
		}
		content, err := io.ReadAll(reader)
		if err != nil {
			return nil, err
		}
		all = append(all, content...)
	}
	return all, nil
}
