// Package checks runs the statements that a program of ours makes about a service. Every one prints one line, "PASS <name> <ms>" or
// "FAIL <name> <why>".
package checks

import (
	"context"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// Check is one statement about a service that a session of type S speaks to.
type Check[S any] struct {
	Name string
	Run  func(context.Context, S) error
	// Alone: it moves the world's clock, holds the whole server busy or changes what all share, so that nothing else may run beside it.
	Alone bool
}

// Suite is what a program checks, and how.
type Suite[S any] struct {
	Checks []Check[S]
	// Limit of one check.
	Limit time.Duration
	// Open makes the session that all checks share.
	Open func() (S, error)
	// Enter makes a check's own session of it; absent where the shared one serves.
	Enter func(ctx context.Context, shared S, name string) (S, error)
}

// Main runs the checks that the command line chooses and ends the process: 0 when all passed, 1 when some failed, 2 without a session.
func (suite Suite[S]) Main() {
	pattern := flag.String("run", "", "regular expression of the checks to run; all when empty")
	workers := flag.Int("workers", 4, "checks at the same time")
	list := flag.Bool("list", false, "print the names of the checks and end")
	flag.Parse()
	matches := regexp.MustCompile(*pattern).MatchString
	chosen := slices.DeleteFunc(slices.Clone(suite.Checks), func(check Check[S]) bool { return !matches(check.Name) })
	if *list {
		for _, check := range chosen {
			fmt.Println(check.Name)
		}
		return
	}
	session, err := suite.Open()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	var together, alone []Check[S]
	for _, check := range chosen {
		if check.Alone {
			alone = append(alone, check)
		} else {
			together = append(together, check)
		}
	}
	if suite.runAll(session, together, *workers)+suite.runAll(session, alone, 1) > 0 {
		os.Exit(1)
	}
}

// runAll runs checks and returns how many failed.
func (suite Suite[S]) runAll(session S, checks []Check[S], workers int) int {
	queue := make(chan Check[S])
	var group sync.WaitGroup
	var lock sync.Mutex
	failed := 0
	for range workers {
		group.Go(func() {
			for check := range queue {
				start := time.Now()
				err := suite.runOne(session, check)
				lock.Lock()
				if err != nil {
					failed++
					fmt.Printf("FAIL %s %s\n", check.Name, strings.ReplaceAll(err.Error(), "\n", " | "))
				} else {
					fmt.Printf("PASS %s %d\n", check.Name, time.Since(start).Milliseconds())
				}
				lock.Unlock()
			}
		})
	}
	for _, check := range checks {
		queue <- check
	}
	close(queue)
	group.Wait()
	return failed
}

func (suite Suite[S]) runOne(session S, check Check[S]) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), suite.Limit)
	defer cancel()
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("panic: %v", fault)
		}
	}()
	if suite.Enter != nil {
		if session, err = suite.Enter(ctx, session, check.Name); err != nil {
			return err
		}
	}
	return check.Run(ctx, session)
}
