package main

import (
	"context"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

func electionChecks() []check {
	return []check{{Name: "election/twoCandidates", Run: twoCandidates}}
}

// twoCandidates: never two leaders at once; the second follows when the first steps down.
func twoCandidates(ctx context.Context, s *session) error {
	var lock sync.Mutex
	leading, most, order := 0, 0, []string{}
	candidate := func(ctx context.Context, name string) {
		leaderelection.RunOrDie(ctx, leaderelection.LeaderElectionConfig{
			Lock: &resourcelock.LeaseLock{
				LeaseMeta: metav1.ObjectMeta{Name: "leader", Namespace: s.namespace}, Client: s.proto.CoordinationV1(),
				LockConfig: resourcelock.ResourceLockConfig{Identity: name},
			},
			LeaseDuration: 3 * time.Second, RenewDeadline: 2 * time.Second, RetryPeriod: 200 * time.Millisecond, ReleaseOnCancel: true,
			Callbacks: leaderelection.LeaderCallbacks{
				OnStartedLeading: func(ctx context.Context) {
					lock.Lock()
					leading++
					most, order = max(most, leading), append(order, name)
					lock.Unlock()
					<-ctx.Done()
					lock.Lock()
					leading--
					lock.Unlock()
				},
				OnStoppedLeading: func() {},
			},
		})
	}
	leads := func(count int, name string) error {
		return eventually(ctx, 20*time.Second, func() error {
			lock.Lock()
			defer lock.Unlock()
			return that(len(order) == count && order[count-1] == name, "leaders so far: %v", order)
		})
	}
	first, stopFirst := context.WithCancel(ctx)
	defer stopFirst()
	second, stopSecond := context.WithCancel(ctx)
	defer stopSecond()
	go candidate(first, "first")
	if err := leads(1, "first"); err != nil {
		return err
	}
	go candidate(second, "second")
	time.Sleep(time.Second)
	stopFirst()
	if err := leads(2, "second"); err != nil {
		return err
	}
	lease, err := s.proto.CoordinationV1().Leases(s.namespace).Get(ctx, "leader", metav1.GetOptions{})
	if err != nil {
		return err
	}
	return steps(
		func() error { return expect("holder", *lease.Spec.HolderIdentity, "second") },
		func() error { return expect("transitions", *lease.Spec.LeaseTransitions, int32(1)) },
		func() error { return expect("leaders at once", most, 1) },
	)
}
