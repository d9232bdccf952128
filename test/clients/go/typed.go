package main

import (
	"context"
	"fmt"
	"maps"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
)

// object is what every typed client returns.
type object interface {
	metav1.Object
	runtime.Object
}

// typedClient is the part that all generated clients of client-go share.
type typedClient[T object, L runtime.Object] interface {
	Create(context.Context, T, metav1.CreateOptions) (T, error)
	Update(context.Context, T, metav1.UpdateOptions) (T, error)
	Delete(context.Context, string, metav1.DeleteOptions) error
	DeleteCollection(context.Context, metav1.DeleteOptions, metav1.ListOptions) error
	Get(context.Context, string, metav1.GetOptions) (T, error)
	List(context.Context, metav1.ListOptions) (L, error)
	Watch(context.Context, metav1.ListOptions) (watch.Interface, error)
	Patch(context.Context, string, types.PatchType, []byte, metav1.PatchOptions, ...string) (T, error)
}

// lifecycle takes an object of a kind through every verb.
func lifecycle[T object, L runtime.Object](name string, client func(*session) typedClient[T, L], build func(*session) T) check {
	return check{Name: "typed/" + name, Run: func(ctx context.Context, s *session) error {
		sample := build(s)
		if sample.GetName() == "" {
			sample.SetName("sample-" + s.namespace)
		}
		selector := "check=" + s.namespace
		labels := map[string]string{"check": s.namespace}
		maps.Copy(labels, sample.GetLabels())
		sample.SetLabels(labels)
		return throughEveryVerb(ctx, client(s), sample, selector)
	}}
}

func throughEveryVerb[T object, L runtime.Object](ctx context.Context, c typedClient[T, L], sample T, selector string) error {
	list, err := c.List(ctx, metav1.ListOptions{LabelSelector: selector})
	if err != nil {
		return fmt.Errorf("empty list: %w", err)
	}
	listMeta, err := meta.ListAccessor(list)
	if err != nil {
		return err
	}
	events, err := c.Watch(ctx, metav1.ListOptions{LabelSelector: selector, ResourceVersion: listMeta.GetResourceVersion()})
	if err != nil {
		return fmt.Errorf("watch: %w", err)
	}
	defer events.Stop()
	dry, err := c.Create(ctx, sample, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
	if err != nil {
		return fmt.Errorf("dry run of create: %w", err)
	}
	if _, err = c.Get(ctx, dry.GetName(), metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		return fmt.Errorf("a dry run left something: %v", err)
	}
	made, err := c.Create(ctx, sample, metav1.CreateOptions{FieldManager: "creator"})
	if err != nil {
		return fmt.Errorf("create: %w", err)
	}
	name := made.GetName()
	if _, err = c.Create(ctx, sample, metav1.CreateOptions{}); !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("create twice: %v", err)
	}
	if err := complete(made); err != nil {
		return err
	}
	if err := changeAndFind(ctx, c, name, selector); err != nil {
		return err
	}
	if err := c.DeleteCollection(ctx, metav1.DeleteOptions{GracePeriodSeconds: ptr(int64(0))}, metav1.ListOptions{LabelSelector: selector}); err != nil {
		return fmt.Errorf("delete collection: %w", err)
	}
	return sees(ctx, events, name, watch.Added, watch.Modified, watch.Deleted)
}

// complete fails unless the server filled in what it owns.
func complete(made object) error {
	switch {
	case made.GetUID() == "":
		return fmt.Errorf("no uid")
	case made.GetResourceVersion() == "":
		return fmt.Errorf("no resourceVersion")
	case made.GetCreationTimestamp().Time.IsZero():
		return fmt.Errorf("no creationTimestamp")
	case len(made.GetManagedFields()) == 0 || made.GetManagedFields()[0].Manager != "creator":
		return fmt.Errorf("managedFields %v", made.GetManagedFields())
	}
	return nil
}

func changeAndFind[T object, L runtime.Object](ctx context.Context, c typedClient[T, L], name, selector string) error {
	var stale T
	// Controllers write beside us: what they change in between is no fault.
	err := retryOnConflict(func() error {
		var err error
		if stale, err = c.Get(ctx, name, metav1.GetOptions{}); err != nil {
			return err
		}
		next := stale.DeepCopyObject().(T) // a copy is of the same type
		next.SetAnnotations(map[string]string{"check": "updated"})
		_, err = c.Update(ctx, next, metav1.UpdateOptions{})
		return err
	})
	if err != nil {
		return fmt.Errorf("update: %w", err)
	}
	stale.SetAnnotations(map[string]string{"check": "too late"})
	if _, err = c.Update(ctx, stale, metav1.UpdateOptions{}); !apierrors.IsConflict(err) {
		return fmt.Errorf("update of an old version: %v", err)
	}
	patched, err := c.Patch(ctx, name, types.MergePatchType, []byte(`{"metadata":{"annotations":{"check":"patched"}}}`), metav1.PatchOptions{})
	if err != nil {
		return fmt.Errorf("patch: %w", err)
	}
	if got := patched.GetAnnotations()["check"]; got != "patched" {
		return fmt.Errorf("patch left annotation %q", got)
	}
	list, err := c.List(ctx, metav1.ListOptions{LabelSelector: selector})
	if err != nil {
		return fmt.Errorf("list: %w", err)
	}
	items, err := meta.ExtractList(list)
	if err != nil || len(items) != 1 {
		return fmt.Errorf("list by label gave %d objects, %v", len(items), err)
	}
	return nil
}

func retryOnConflict(attempt func() error) error {
	for range 20 {
		if err := attempt(); !apierrors.IsConflict(err) {
			return err
		}
	}
	return attempt()
}

// sees fails unless the watch brings these types of events for the object, in this order, whatever lies between.
func sees(ctx context.Context, events watch.Interface, name string, wanted ...watch.EventType) error {
	for _, want := range wanted {
		for found := false; !found; {
			select {
			case <-ctx.Done():
				return fmt.Errorf("no %s event", want)
			case event, open := <-events.ResultChan():
				if !open {
					return fmt.Errorf("the watch ended before its %s event", want)
				}
				if event.Type == watch.Error {
					return fmt.Errorf("watch error: %w", apierrors.FromObject(event.Object))
				}
				seen, err := meta.Accessor(event.Object)
				found = err == nil && event.Type == want && seen.GetName() == name
			}
		}
	}
	return nil
}
