package main

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	watchtools "k8s.io/client-go/tools/watch"
)

func watchChecks() []check {
	return []check{
		{Name: "watch/order", Run: watchOrder},
		{Name: "watch/resume", Run: watchResumes},
		{Name: "watch/leavesSelection", Run: watchSelection},
		{Name: "watch/initialEvents", Run: initialEvents},
		{Name: "watch/timeout", Run: watchTimeout},
		{Name: "watch/retryWatcher", Run: retryWatcher},
		{Name: "watch/options", Run: watchOptions},
	}
}

// watchOrder: every watcher sees the same events in the same order.
func watchOrder(ctx context.Context, s *session) error {
	maps := s.proto.CoreV1().ConfigMaps(s.namespace)
	list, err := maps.List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	var watches []watch.Interface
	for range 5 {
		events, err := maps.Watch(ctx, metav1.ListOptions{ResourceVersion: list.ResourceVersion})
		if err != nil {
			return err
		}
		defer events.Stop()
		watches = append(watches, events)
	}
	for i := range 20 {
		name := fmt.Sprint("m", i%3)
		switch i / 3 % 3 {
		case 0:
			_, err = maps.Create(ctx, configMap(name, nil), metav1.CreateOptions{})
		case 1:
			_, err = maps.Patch(ctx, name, types.MergePatchType, []byte(fmt.Sprintf(`{"data":{"i":"%d"}}`, i)), metav1.PatchOptions{})
		default:
			err = maps.Delete(ctx, name, metav1.DeleteOptions{})
		}
		if err != nil {
			return err
		}
	}
	var first []string
	for i, events := range watches {
		var seen []string
		for len(seen) < 20 {
			event, open := <-events.ResultChan()
			if !open {
				return that(false, "watch %d ended after %v", i, seen)
			}
			made, isMap := event.Object.(*corev1.ConfigMap)
			if isMap && made.Name != "kube-root-ca.crt" {
				seen = append(seen, fmt.Sprint(event.Type, made.Name, made.ResourceVersion))
			}
		}
		if i == 0 {
			first = seen
		} else if err := expect("order of events", seen, first); err != nil {
			return err
		}
	}
	return nil
}

// watchResumes: a watch from any event's version goes on with the next one.
func watchResumes(ctx context.Context, s *session) error {
	maps := s.proto.CoreV1().ConfigMaps(s.namespace)
	made, err := maps.Create(ctx, configMap("x", nil), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	for i := range 5 {
		if _, err := maps.Patch(ctx, "x", types.MergePatchType, []byte(fmt.Sprintf(`{"data":{"i":"%d"}}`, i)), metav1.PatchOptions{}); err != nil {
			return err
		}
	}
	version := made.ResourceVersion
	for i := range 5 {
		events, err := maps.Watch(ctx, metav1.ListOptions{ResourceVersion: version, FieldSelector: "metadata.name=x"})
		if err != nil {
			return err
		}
		event := <-events.ResultChan()
		events.Stop()
		next, isMap := event.Object.(*corev1.ConfigMap)
		if !isMap || event.Type != watch.Modified {
			return that(false, "event %v", event)
		}
		if err := expect("value", next.Data["i"], fmt.Sprint(i)); err != nil {
			return err
		}
		version = next.ResourceVersion
	}
	return nil
}

// watchSelection: leaving the selection is a deletion that shows the object as it is now... as upstream, under the new version.
func watchSelection(ctx context.Context, s *session) error {
	maps := s.proto.CoreV1().ConfigMaps(s.namespace)
	events, err := maps.Watch(ctx, metav1.ListOptions{LabelSelector: "in=yes"})
	if err != nil {
		return err
	}
	defer events.Stop()
	made := configMap("x", nil)
	made.Labels = map[string]string{"in": "yes"}
	if _, err = maps.Create(ctx, made, metav1.CreateOptions{}); err != nil {
		return err
	}
	left, err := maps.Patch(ctx, "x", types.MergePatchType, []byte(`{"metadata":{"labels":{"in":"no"}}}`), metav1.PatchOptions{})
	if err != nil {
		return err
	}
	if _, err = maps.Patch(ctx, "x", types.MergePatchType, []byte(`{"metadata":{"labels":{"in":"yes"}}}`), metav1.PatchOptions{}); err != nil {
		return err
	}
	if err := sees(ctx, events, "x", watch.Added); err != nil {
		return err
	}
	event := <-events.ResultChan()
	gone, isMap := event.Object.(*corev1.ConfigMap)
	if !isMap || event.Type != watch.Deleted {
		return that(false, "event %v", event)
	}
	return steps(
		func() error { return expect("version of the event", gone.ResourceVersion, left.ResourceVersion) },
		func() error { return expect("label in the event", gone.Labels["in"], "yes") },
		func() error { return sees(ctx, events, "x", watch.Added) },
	)
}

func initialEvents(ctx context.Context, s *session) error {
	maps := s.proto.CoreV1().ConfigMaps(s.namespace)
	for _, name := range []string{"b", "a"} {
		if _, err := maps.Create(ctx, configMap(name, nil), metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	events, err := maps.Watch(ctx, metav1.ListOptions{
		SendInitialEvents: ptr(true), ResourceVersionMatch: metav1.ResourceVersionMatchNotOlderThan, AllowWatchBookmarks: true,
		FieldSelector: "metadata.name!=kube-root-ca.crt",
	})
	if err != nil {
		return err
	}
	defer events.Stop()
	var seen []string
	for event := range events.ResultChan() {
		made, isMap := event.Object.(*corev1.ConfigMap)
		if !isMap {
			return that(false, "event %v", event)
		}
		if event.Type == watch.Bookmark {
			if err := expect("annotation of the bookmark", made.Annotations[metav1.InitialEventsAnnotationKey], "true"); err != nil {
				return err
			}
			if err := that(made.ResourceVersion != "", "a bookmark without a version"); err != nil {
				return err
			}
			break
		}
		seen = append(seen, string(event.Type)+" "+made.Name)
	}
	if err := expect("initial events", seen, []string{"ADDED a", "ADDED b"}); err != nil {
		return err
	}
	if err := maps.Delete(ctx, "a", metav1.DeleteOptions{}); err != nil {
		return err
	}
	return sees(ctx, events, "a", watch.Deleted)
}

// watchTimeout: the server ends a watch after the time that the client gave, with a last bookmark.
func watchTimeout(ctx context.Context, s *session) error {
	start := time.Now()
	events, err := s.proto.CoreV1().ConfigMaps(s.namespace).Watch(ctx, metav1.ListOptions{TimeoutSeconds: ptr(int64(1)), AllowWatchBookmarks: true})
	if err != nil {
		return err
	}
	for range events.ResultChan() {
	}
	took := time.Since(start)
	return that(took > 900*time.Millisecond && took < 5*time.Second, "ended after %s", took)
}

// retryWatcher goes on over the ends of its watches, without a gap and without a repetition.
func retryWatcher(ctx context.Context, s *session) error {
	maps := s.proto.CoreV1().ConfigMaps(s.namespace)
	list, err := maps.List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	short := watcherFunc(func(options metav1.ListOptions) (watch.Interface, error) {
		options.TimeoutSeconds = ptr(int64(1))
		return maps.Watch(ctx, options)
	})
	watcher, err := watchtools.NewRetryWatcherWithContext(ctx, list.ResourceVersion, short)
	if err != nil {
		return err
	}
	defer watcher.Stop()
	go func() {
		for i := range 30 {
			_, _ = maps.Create(ctx, configMap(fmt.Sprintf("r%02d", i), nil), metav1.CreateOptions{})
			time.Sleep(100 * time.Millisecond)
		}
	}()
	for next := 0; next < 30; {
		event, open := <-watcher.ResultChan()
		if !open {
			return that(false, "ended after %d", next)
		}
		made, isMap := event.Object.(*corev1.ConfigMap)
		if !isMap {
			return fmt.Errorf("event %v: %w", event.Type, apierrors.FromObject(event.Object))
		}
		if made.Name == "kube-root-ca.crt" {
			continue
		}
		if err := expect("next object", made.Name, fmt.Sprintf("r%02d", next)); err != nil {
			return err
		}
		next++
	}
	return nil
}

type watcherFunc func(metav1.ListOptions) (watch.Interface, error)

func (w watcherFunc) WatchWithContext(_ context.Context, options metav1.ListOptions) (watch.Interface, error) {
	return w(options)
}

func watchOptions(ctx context.Context, s *session) error {
	maps := s.proto.CoreV1().ConfigMaps(s.namespace)
	_, noMatch := maps.Watch(ctx, metav1.ListOptions{SendInitialEvents: ptr(true)})
	_, matchAlone := maps.Watch(ctx, metav1.ListOptions{ResourceVersionMatch: metav1.ResourceVersionMatchNotOlderThan, ResourceVersion: "1"})
	return steps(
		func() error { return refused("initial events without a match", noMatch, apierrors.IsInvalid) },
		func() error { return refused("a match without initial events", matchAlone, apierrors.IsInvalid) },
	)
}
