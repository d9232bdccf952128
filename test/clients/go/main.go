// Command clients drives a cluster's API server with the libraries that controllers are written with: client-go, its informers and
// leader election, and controller-runtime.
package main

import (
	"context"
	"slices"
	"time"

	"slipway.test/checks"
)

// check is one statement about the API server.
type check = checks.Check[*session]

func main() {
	checks.Suite[*session]{
		Checks: slices.Concat(
			typedChecks(), objectChecks(), dynamicChecks(), listChecks(), watchChecks(), patchChecks(), applyChecks(),
			deletionChecks(), subresourceChecks(), accessChecks(), informerChecks(), electionChecks(), managerChecks(), historyChecks(),
		),
		Limit: 90 * time.Second,
		Open:  newSession,
		Enter: func(ctx context.Context, shared *session, name string) (*session, error) {
			return shared.inNamespace(ctx, name)
		},
	}.Main()
}
