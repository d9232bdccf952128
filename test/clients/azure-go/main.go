// Command azure-go drives Azure Resource Manager and Entra ID with Microsoft's SDK for Go, as Cluster API's provider for Azure and Azure
// Service Operator do. Every check prints one line, "PASS <name> <ms>" or "FAIL <name> <why>".
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"
)

const checkLimit = 90 * time.Second

// check is one statement about the service.
type check struct {
	name string
	run  func(context.Context, *session) error
}

func allChecks() []check {
	var all []check
	for _, group := range [][]check{
		credentialChecks(), groupChecks(), genericChecks(), networkChecks(), identityChecks(), clusterChecks(), poolChecks(), computeChecks(),
		refusalChecks(),
	} {
		all = append(all, group...)
	}
	return all
}

func main() {
	pattern := flag.String("run", "", "regular expression of the checks to run; all when empty")
	workers := flag.Int("workers", 4, "checks at the same time")
	flag.Parse()
	chosen := regexp.MustCompile(*pattern)
	s, err := newSession()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	var checks []check
	for _, item := range allChecks() {
		if chosen.MatchString(item.name) {
			checks = append(checks, item)
		}
	}
	if runAll(s, checks, *workers) > 0 {
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
	own, err := s.inGroup(ctx, item.name)
	if err != nil {
		return err
	}
	return item.run(ctx, own)
}
