package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// pages is what a vendor publishes about webhooks.
type pages struct {
	// text is all of it, in which a name is mentioned or is not.
	text string
	// documents are the OpenAPI documents that the pages of the operations hold.
	documents []document
}

// document is the part of an OpenAPI document that matters here.
type document struct {
	Paths      map[string]map[string]any `yaml:"paths"`
	Webhooks   map[string]any            `yaml:"webhooks"`
	Components map[string]any            `yaml:"components"`
}

const maxPage = 16 << 20

var (
	link = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	// The vendors' documentation sites put an operation's OpenAPI document into the Markdown of its page, in a fence.
	openAPIFence = regexp.MustCompile("(?ms)^(`{3,})yaml[^\n]*\n(openapi:.*?)^`{3,}\\s*$")
)

// readPages reads every page about webhooks that an index, or one of the indexes that it names, has on its own host. Where an index
// names an OpenAPI document of the whole API, that one counts, and not its excerpts in the pages.
func readPages(ctx context.Context, index string) (*pages, error) {
	found, err := follow(ctx, index)
	if err != nil {
		return nil, err
	}
	out := &pages{}
	for _, address := range found.documents {
		text, err := get(ctx, address)
		if err == nil {
			err = out.addDocument(text)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", address, err)
		}
	}
	for _, address := range found.pages {
		text, err := get(ctx, address)
		if err == nil {
			err = out.add(text, len(found.documents) == 0)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", address, err)
		}
	}
	if len(out.documents) == 0 {
		return nil, fmt.Errorf("%s names no page with an OpenAPI document about webhooks; has the site changed?", index)
	}
	return out, nil
}

// add adds a page, and the OpenAPI documents in it if nothing better is known.
func (p *pages) add(text string, documents bool) error {
	p.text += text + "\n"
	if !documents {
		return nil
	}
	for _, fence := range openAPIFence.FindAllStringSubmatch(text, -1) {
		if err := p.parse(fence[2]); err != nil {
			return err
		}
	}
	return nil
}

func (p *pages) addDocument(text string) error {
	p.text += text + "\n"
	return p.parse(text)
}

func (p *pages) parse(text string) error {
	var parsed document
	err := yaml.Unmarshal([]byte(text), &parsed)
	p.documents = append(p.documents, parsed)
	return err
}

func get(ctx context.Context, address string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("GET %s: %s", address, response.Status)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxPage+1))
	if err == nil && len(body) > maxPage {
		err = errors.New("the page is too large")
	}
	if err != nil {
		return "", fmt.Errorf("GET %s: %w", address, err)
	}
	return strings.ReplaceAll(string(body), "\r\n", "\n"), nil
}
