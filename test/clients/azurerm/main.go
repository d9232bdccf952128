// Command azurerm does what Terraform's azurerm provider does, with the libraries that it is made of: go-azure-sdk for signing in,
// environments, typed clients and pollers.
package main

import (
	"flag"
	"io"
	"log"
	"slices"
	"time"

	"slipway.test/checks"
)

const checkLimit = 3 * time.Minute

// check is one statement about Azure.
type check = checks.Check[*session]

func main() {
	verbose := flag.Bool("v", false, "print what the libraries log")
	checks.Suite[*session]{
		Checks: slices.Concat(
			startChecks(), groupChecks(), networkChecks(), routingChecks(), identityChecks(), roleChecks(), registryChecks(), clusterChecks(),
			versionChecks(), poolChecks(), protocolChecks(),
		),
		Limit: checkLimit,
		Open: func() (*session, error) {
			if !*verbose {
				log.SetOutput(io.Discard)
			}
			return newSession()
		},
	}.Main()
}
