package tfwebhook

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// Advice says what to do about the errors of one vendor's API.
type Advice struct {
	Object Object
	// URLSetting and AuthSetting name the settings with their variables, such as "base_url (ACME_API_URL)".
	URLSetting, AuthSetting string
	// Site says what the base URL must belong to, such as "the organization's region".
	Site string
	// Forbidden says what the credential lacks, with %s in place of what Permissions has for the operation.
	Forbidden   string
	Permissions map[string]string
	// Own says what to do about what only this vendor has, and replaces what is said below about an unknown outcome. For everything else
	// it returns "". Nil means that there is no such thing.
	Own func(operation string, outcome httpapi.Outcome, err error) string
}

// Failed says which operation on which webhook failed, what the API said, whether the change is made if that is unknown, and what to do.
func (a Advice) Failed(operation, webhook string, err error) diag.Diagnostic {
	outcome, ids := outcomeOf(operation, err)
	if _, told := errors.AsType[*httpapi.ChangeError](err); outcome == httpapi.Unknown && !told {
		err = &httpapi.ChangeError{Outcome: outcome, IDs: ids, Err: err}
	}
	advice := a.remedy(operation, err)
	switch {
	case errors.Is(err, context.DeadlineExceeded): // only resources have timeouts: data sources and actions do not
		advice += " To allow more time, set timeouts in the resource."
	case operation != "create" && isForeign(err) && httpapi.Status(err) == http.StatusNotFound:
		advice += fmt.Sprintf(" Such a 404 does not prove that the %s is gone. If %s shows that it is, remove it from the state: terraform or "+
			"tofu state rm ADDRESS.", a.Object.Noun, a.Object.Vendor)
	}
	return diag.NewErrorDiagnostic(fmt.Sprintf("Unable to %s %s webhook", operation, a.Object.Vendor),
		fmt.Sprintf("%s\n\n%s: %s\n\n%s", err, a.Object.title(), webhook, advice))
}

// LookupFailed says what was read and why that failed.
func (a Advice) LookupFailed(operation, what string, err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic(fmt.Sprintf("Unable to read %s webhook", a.Object.Vendor),
		fmt.Sprintf("Reading %s failed: %s\n\n%s", what, err, a.remedyByID(operation, a.Object.Noun, err)))
}

// ActionFailed says what an action has tried with which object, and why that failed.
func (a Advice) ActionFailed(operation, kind, object string, err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Unable to "+operation+" "+kind,
		fmt.Sprintf("%s: %s\n\n%s", object, err, a.remedyByID(operation, "object", err)))
}

// remedyByID says what to do about an id that somebody has written into a configuration. A 404 alone does not tell an id that does not
// exist from a call that does not.
func (a Advice) remedyByID(operation, noun string, err error) string {
	if outcome, _ := outcomeOf(operation, err); outcome == httpapi.NotMade && httpapi.IsOwn404(err) {
		return fmt.Sprintf("The account that %s belongs to has no such %s, or the API does not have this call. Check the id, and %s.",
			a.AuthSetting, noun, a.URLSetting)
	}
	return a.remedy(operation, err)
}

// outcomeOf is httpapi.OutcomeOf for an operation. A read changes nothing.
func outcomeOf(operation string, err error) (httpapi.Outcome, []string) {
	if strings.HasPrefix(operation, "read") {
		return httpapi.NotMade, nil
	}
	return httpapi.OutcomeOf(err)
}

// remedy says what to do. What it says about a change follows from the outcome that the error proves.
func (a Advice) remedy(operation string, err error) string {
	outcome, candidates := outcomeOf(operation, err)
	own := ""
	if a.Own != nil {
		own = a.Own(operation, outcome, err)
	}
	switch earlier := unfinished(err); {
	case earlier != "":
		return earlier
	case outcome == httpapi.Made:
		return a.made()
	case outcome == httpapi.Unknown && isForeign(err):
		return a.foreign() + " " + cmp.Or(own, a.unknown(operation, candidates))
	case outcome == httpapi.Unknown:
		return cmp.Or(own, a.unknown(operation, candidates))
	}
	return cmp.Or(own, interrupted(err), a.remedyByAnswer(operation, err))
}

func (a Advice) made() string {
	return fmt.Sprintf("The %s named above exists, but its signing secret was lost with the answer to the create. Delete it at %s and apply "+
		"again, or import it. Until then, no apply creates another %[1]s of this content.", a.Object.Noun, a.Object.Vendor)
}

// unknown says what to do about a change that may or may not have been made.
func (a Advice) unknown(operation string, candidates []string) string {
	switch {
	case operation == "update", operation == "delete":
		return "Plan again: Terraform will read the result from the API."
	case operation != "create":
		return "The API may or may not have done this."
	case len(candidates) > 0:
		return fmt.Sprintf("The %ss named above are new, and this create may have made one of them. Others may own them: ask before you delete "+
			"any. If nobody uses it, its signing secret is lost: delete it, or import it, and apply again. The provider touched none of them "+
			"and created no other, because that could result in two.", a.Object.Noun)
	}
	return fmt.Sprintf("Before you apply again, look at %s for a %s with this url that was just created. If there is one and nobody uses it, "+
		"its signing secret is lost: delete it, or import it, and apply again. The provider did not create another %[2]s, because that "+
		"could result in two.", a.Object.Vendor, a.Object.Noun)
}

// interrupted says what to do about an operation that ended early and changed nothing: it was cancelled, it timed out, or no attempt was
// answered in time. For every other error it returns "".
func interrupted(err error) string {
	switch {
	case errors.Is(err, context.Canceled):
		return "The operation was cancelled. Nothing was changed."
	case errors.Is(err, context.DeadlineExceeded):
		return "The operation timed out, or a required wait would have exceeded its timeout. Nothing was changed. Try again later."
	case errors.Is(err, httpapi.ErrNoAnswer):
		return "The API did not answer any attempt within request_timeout. Nothing was changed. Try again later, or raise " +
			"request_timeout in the provider block."
	}
	return ""
}

// remedyByAnswer says what to do about what the API, or something in its place, has answered. Nothing was changed.
func (a Advice) remedyByAnswer(operation string, err error) string {
	call, ok := errors.AsType[*httpapi.Error](err)
	switch {
	case httpapi.IsNotFound(err):
		return fmt.Sprintf("The %s was deleted outside Terraform after the plan was made. Plan again: Terraform will create a new %[1]s, with "+
			"a new signing secret.", a.Object.Noun)
	case errors.Is(err, httpapi.ErrPath):
		return fmt.Sprintf("The id is not valid. No request was sent. Use the id exactly as %s shows it.", a.Object.Vendor)
	case !ok:
		return "No request was sent."
	case httpapi.Unreachable(err) != "":
		return httpapi.Unreachable(err) + " Nothing was changed."
	case call.Status == 0:
		return fmt.Sprintf("There was no complete answer. Nothing was changed. Try again. If it happens again, check %s and what is between "+
			"this machine and the API.", a.URLSetting)
	case isForeign(err):
		return a.foreign() + " The state was not changed."
	}
	return a.remedyByStatus(operation, call.Status)
}

// isForeign reports an answer that does not have the vendor's form. A 429 needs none, because it means the same from everybody, and
// neither does a failure.
func isForeign(err error) bool {
	answered, ok := errors.AsType[*httpapi.Error](err)
	return ok && !answered.Recognized && answered.Status > 0 && answered.Status < http.StatusInternalServerError &&
		answered.Status != http.StatusTooManyRequests
}

func (a Advice) foreign() string {
	return fmt.Sprintf("The answer does not have the form that %s documents, so something else may have sent it, such as a proxy, a gateway "+
		"or a firewall. Check %s and what is between this machine and the API.", a.Object.Vendor, a.URLSetting)
}

func (a Advice) remedyByStatus(operation string, status int) string {
	switch {
	case status == http.StatusUnauthorized:
		return fmt.Sprintf("The API does not accept %s. Check that it is valid and has not expired. Also check that %s is the URL of %s, "+
			"because any other rejects it too.", a.AuthSetting, a.URLSetting, a.Site)
	case status == http.StatusForbidden:
		return fmt.Sprintf(a.Forbidden, a.Permissions[operation])
	case status == http.StatusNotFound:
		return fmt.Sprintf("The API has nothing at this address. Check %s. The state was not changed.", a.URLSetting)
	case status == http.StatusTooManyRequests:
		return "The rate limit is used up. Nothing was changed. Try again later, or lower -parallelism."
	case status >= http.StatusInternalServerError:
		return "The API failed. The state was not changed. Try again later."
	}
	return "The API rejected the request. Nothing was changed. Correct what its message names."
}
