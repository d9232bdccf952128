package main

import (
	"context"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/tools/cache"
)

// Upstream compacts its history after five minutes; so do we, in the world's time.
const pastHistory = "11m"

func historyChecks() []check {
	return []check{
		{Name: "history/continue", Run: expiredContinue, Alone: true},
		{Name: "history/watch", Run: expiredWatch, Alone: true},
		{Name: "history/informer", Run: resync, Alone: true},
	}
}

// forget makes the server forget all that is history now: time passes, and then something is written.
func forget(ctx context.Context, s *session, name string) error {
	for i := range 2 {
		if err := advance(ctx, pastHistory); err != nil {
			return err
		}
		if _, err := s.proto.CoreV1().ConfigMaps(s.namespace).Create(ctx, configMap(fmt.Sprint(name, i), nil), metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	return nil
}

func expiredContinue(ctx context.Context, s *session) error {
	maps := s.proto.CoreV1().ConfigMaps(s.namespace)
	for i := range 10 {
		if _, err := maps.Create(ctx, configMap(fmt.Sprint("m", i), nil), metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	page, err := maps.List(ctx, metav1.ListOptions{Limit: 5})
	if err != nil {
		return err
	}
	if err := forget(ctx, s, "later-"); err != nil {
		return err
	}
	_, err = maps.List(ctx, metav1.ListOptions{Limit: 5, Continue: page.Continue})
	if err := refused("an old continue token", err, apierrors.IsResourceExpired); err != nil {
		return err
	}
	status, isStatus := err.(apierrors.APIStatus)
	if !isStatus || status.Status().Continue == "" {
		return that(false, "no token to go on with: %v", err)
	}
	rest, err := maps.List(ctx, metav1.ListOptions{Continue: status.Status().Continue})
	if err != nil {
		return err
	}
	last := page.Items[len(page.Items)-1].Name
	return that(len(rest.Items) >= 6 && rest.Items[0].Name > last, "after %s: %d objects", last, len(rest.Items))
}

func expiredWatch(ctx context.Context, s *session) error {
	maps := s.proto.CoreV1().ConfigMaps(s.namespace)
	made, err := maps.Create(ctx, configMap("x", nil), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	if err := forget(ctx, s, "later-"); err != nil {
		return err
	}
	events, err := maps.Watch(ctx, metav1.ListOptions{ResourceVersion: made.ResourceVersion})
	if err != nil {
		return refused("a watch from an old version", err, apierrors.IsResourceExpired)
	}
	defer events.Stop()
	event := <-events.ResultChan()
	if event.Type != watch.Error {
		return that(false, "event %v", event)
	}
	return refused("a watch from an old version", apierrors.FromObject(event.Object), func(err error) bool {
		return apierrors.IsResourceExpired(err) || apierrors.IsGone(err)
	})
}

// resync: an informer that was cut off longer than history lasts finds its way back.
func resync(ctx context.Context, s *session) error {
	client, record, err := recorded(s)
	if err != nil {
		return err
	}
	maps := s.proto.CoreV1().ConfigMaps(s.namespace)
	for _, name := range []string{"stays", "goes"} {
		if _, err := maps.Create(ctx, configMap(name, nil), metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	factory := informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithNamespace(s.namespace))
	informer := factory.Core().V1().ConfigMaps()
	go informer.Informer().RunWithContext(ctx)
	if !cache.WaitForCacheSync(ctx.Done(), informer.Informer().HasSynced) {
		return that(false, "never in sync")
	}
	record.setCut(true)
	if err := maps.Delete(ctx, "goes", metav1.DeleteOptions{}); err != nil {
		return err
	}
	if err := forget(ctx, s, "comes-"); err != nil {
		return err
	}
	listsBefore, streamsBefore, _ := record.counts()
	record.setCut(false)
	if err := eventually(ctx, 60*time.Second, func() error { return agrees(ctx, s, informer.Lister().ConfigMaps(s.namespace).List) }); err != nil {
		return err
	}
	lists, streams, _ := record.counts()
	return that(lists+streams > listsBefore+streamsBefore, "the informer did not read the state anew")
}
