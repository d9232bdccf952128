// Command azurerm does what Terraform's azurerm provider does, with the libraries that it is made of: go-azure-sdk for signing in,
// environments, typed clients and pollers. Every check prints one line, "PASS <name> <ms>" or "FAIL <name> <why>".
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"
)

const checkLimit = 3 * time.Minute

// check is one statement about Azure.
type check struct {
	name string
	run  func(context.Context, *session) error
	// alone: it changes what is shared by all of a subscription, so that nothing else may run beside it.
	alone bool
}

func allChecks() []check {
	var all []check
	for _, group := range [][]check{
		startChecks(), groupChecks(), networkChecks(), routingChecks(), identityChecks(), roleChecks(), registryChecks(), clusterChecks(),
		versionChecks(), poolChecks(), protocolChecks(),
	} {
		all = append(all, group...)
	}
	return all
}

func main() {
	pattern := flag.String("run", "", "regular expression of the checks to run; all when empty")
	workers := flag.Int("workers", 4, "checks at the same time")
	verbose := flag.Bool("v", false, "print what the libraries log")
	flag.Parse()
	if !*verbose {
		log.SetOutput(io.Discard)
	}
	chosen := regexp.MustCompile(*pattern)
	var together, alone []check
	for _, item := range allChecks() {
		if !chosen.MatchString(item.name) {
			continue
		}
		if item.alone {
			alone = append(alone, item)
		} else {
			together = append(together, item)
		}
	}
	s, err := newSession()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if failed := runAll(s, together, *workers) + runAll(s, alone, 1); failed > 0 {
		os.Exit(1)
	}
}

// runAll runs the checks and returns how many failed.
func runAll(s *session, checks []check, workers int) int {
	queue := make(chan check)
	var group sync.WaitGroup
	var lock sync.Mutex
	failed := 0
	for range workers {
		group.Go(func() {
			for item := range queue {
				start := time.Now()
				err := runOne(s, item)
				lock.Lock()
				if err != nil {
					failed++
					fmt.Printf("FAIL %s %s\n", item.name, strings.ReplaceAll(err.Error(), "\n", " | "))
				} else {
					fmt.Printf("PASS %s %d\n", item.name, time.Since(start).Milliseconds())
				}
				lock.Unlock()
			}
		})
	}
	for _, item := range checks {
		queue <- item
	}
	close(queue)
	group.Wait()
	return failed
}

func runOne(s *session, item check) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), checkLimit)
	defer cancel()
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("panic: %v", fault)
		}
	}()
	return item.run(ctx, s)
}
