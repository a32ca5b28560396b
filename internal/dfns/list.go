package dfns

import (
	"context"
	"errors"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"strconv"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// MaxPage is the largest page size of a list.
const MaxPage = 200

// list returns the items of all pages. It fetches pages as the caller needs them.
func list[T any](ctx context.Context, c *Client, pageSize int, filter url.Values, path ...string) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for items, err := range pages[T](ctx, c, pageSize, filter, path...) {
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range items {
				if !yield(&items[i], nil) {
					return
				}
			}
		}
	}
}

// pages returns a list page by page. An error ends it.
func pages[T any](ctx context.Context, c *Client, pageSize int, filter url.Values, path ...string) iter.Seq2[[]T, error] {
	type page struct {
		Items *[]T   `json:"items"`
		Next  string `json:"nextPageToken"`
	}
	if pageSize <= 0 || pageSize > MaxPage {
		pageSize = MaxPage
	}
	return func(yield func([]T, error) bool) {
		query := url.Values{"limit": {strconv.Itoa(pageSize)}}
		maps.Copy(query, filter)
		seen := map[string]bool{}
		for {
			got, err := get[page](ctx, c, query, path...)
			if err == nil && got.Items == nil {
				err = badList(path, "the answer is not a list")
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(*got.Items, nil) || got.Next == "" {
				return
			}
			if seen[got.Next] {
				yield(nil, badList(path, "the API sent the same page token twice, so the list has no end"))
				return
			}
			seen[got.Next] = true
			query.Set("paginationToken", got.Next)
		}
	}
}

// badList is the error for a malformed or endless list.
func badList(path []string, problem string) error {
	return &httpapi.Error{
		Method: http.MethodGet, Path: httpapi.EscapedPath(path...), Status: http.StatusOK, Cause: errors.New(problem),
	}
}
