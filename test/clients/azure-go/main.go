// Command azure-go drives Azure Resource Manager and Entra ID with Microsoft's SDK for Go, as Cluster API's provider for Azure and Azure
// Service Operator do.
package main

import (
	"context"
	"slices"
	"time"

	"slipway.test/checks"
)

// check is one statement about the service.
type check = checks.Check[*session]

func main() {
	checks.Suite[*session]{
		Checks: slices.Concat(
			credentialChecks(), groupChecks(), genericChecks(), networkChecks(), identityChecks(), clusterChecks(), poolChecks(), computeChecks(),
			refusalChecks(),
		),
		Limit: 90 * time.Second,
		Open:  newSession,
		Enter: func(ctx context.Context, shared *session, name string) (*session, error) {
			return shared.inGroup(ctx, name)
		},
	}.Main()
}
