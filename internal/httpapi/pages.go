package httpapi

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"net/http"
)

// maxPages limits a list. The vendors allow far fewer objects.
const maxPages = 50

// Page is one page of a list.
type Page[T any] struct {
	Items Items[T]
	// Next is the token of the next page. The last page has none.
	Next Token
	// Filtered says that the API may cut pages before it filters them, so that an empty page is not the end.
	Filtered bool
}

// MorePagesError ends a list that has more than so many pages.
type MorePagesError int

// Error says how many pages may be read.
func (most MorePagesError) Error() string {
	return fmt.Sprintf("the list has more than %d pages", int(most))
}

// IsCut reports the end of a list that has more pages than may be read.
func IsCut(err error) bool {
	_, ok := errors.AsType[MorePagesError](err)
	return ok
}

// PagesUpTo returns the items of a list, which get fetches page by page as they are needed, and each id once: the API lists an item twice
// that others move to the next page meanwhile. Only a page without a next token ends a list. A token seen before, a page without a new
// id and more than most pages (0 for 50) are errors, because a list that is not complete proves nothing about what it lacks.
func PagesUpTo[T any](
	most int, path []string, get func(token Token) (Page[T], error), id func(*T) string,
) iter.Seq2[*T, error] {
	most = cmp.Or(most, maxPages)
	return func(yield func(*T, error) bool) {
		tokens, ids := map[Token]bool{}, map[string]bool{}
		for token := Token(""); ; {
			page, err := get(token)
			if err == nil && !page.Items.IsList {
				err = BadAnswer(path, "the answer is not a list")
			}
			if err != nil {
				yield(nil, err)
				return
			}
			before := len(ids)
			for i := range page.Items.List {
				item := &page.Items.List[i]
				key := id(item)
				if key != "" && ids[key] {
					continue
				}
				ids[key] = true
				if !yield(item, nil) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			tokens[token], token = true, page.Next
			anythingNew := len(ids) > before || page.Filtered && len(page.Items.List) == 0
			if problem := endless(tokens, token, anythingNew, most); problem != nil {
				yield(nil, badAnswer(path, problem))
				return
			}
		}
	}
}

// endless returns why a list does not end with this page.
func endless(tokens map[Token]bool, next Token, anythingNew bool, most int) error {
	switch {
	case tokens[next]:
		return errors.New("the API sent the same page token twice, so the list has no end")
	case !anythingNew:
		return errors.New("the API sent a page without anything new and a token for another page, so the list has no end")
	case len(tokens) == most:
		return MorePagesError(most)
	}
	return nil
}

// BadAnswer returns the error for a 2xx answer to a GET without what it must contain, such as a list that has no end.
func BadAnswer(path []string, problem string) error { return badAnswer(path, errors.New(problem)) }

func badAnswer(path []string, problem error) error {
	return &Error{Method: http.MethodGet, Path: EscapedPath(path...), Status: http.StatusOK, Cause: problem}
}
