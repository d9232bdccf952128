package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func listChecks() []check {
	return []check{
		{Name: "lists/chunks", Run: chunks},
		{Name: "lists/selectors", Run: selectors},
		{Name: "lists/versions", Run: versions},
		{Name: "lists/nodes", Run: nodes},
	}
}

// chunks pages through a list while it changes: every page shows the first one's moment.
func chunks(ctx context.Context, s *session) error {
	maps := s.proto.CoreV1().ConfigMaps(s.namespace)
	for i := range 25 {
		made := configMap(fmt.Sprintf("page-%02d", i), nil)
		made.Labels = map[string]string{"paged": "yes"}
		if _, err := maps.Create(ctx, made, metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	options := metav1.ListOptions{Limit: 10, FieldSelector: "metadata.name!=kube-root-ca.crt"}
	seen, version := []string{}, ""
	for page := 0; ; page++ {
		list, err := maps.List(ctx, options)
		if err != nil {
			return err
		}
		if version == "" {
			version = list.ResourceVersion
		}
		if err := expect("resourceVersion of a page", list.ResourceVersion, version); err != nil {
			return err
		}
		for _, item := range list.Items {
			seen = append(seen, item.Name)
		}
		if options.Continue = list.Continue; options.Continue == "" {
			break
		}
		if err := maps.Delete(ctx, fmt.Sprintf("page-%02d", 24-page), metav1.DeleteOptions{}); err != nil {
			return err
		}
		if _, err := maps.Create(ctx, configMap(fmt.Sprintf("page-%02d-late", 20+page), nil), metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	if err := that(len(seen) == 25 && slices.IsSorted(seen), "%d objects: %v", len(seen), seen); err != nil {
		return err
	}
	first, err := maps.List(ctx, metav1.ListOptions{Limit: 5})
	if err != nil {
		return err
	}
	if err := that(first.RemainingItemCount != nil && *first.RemainingItemCount >= 20, "remainingItemCount %v", first.RemainingItemCount); err != nil {
		return err
	}
	_, err = maps.List(ctx, metav1.ListOptions{Limit: 5, Continue: "nonsense"})
	return refused("a continue token that is none", err, apierrors.IsBadRequest)
}

func selectors(ctx context.Context, s *session) error {
	maps := s.proto.CoreV1().ConfigMaps(s.namespace)
	for name, tier := range map[string]string{"a": "web", "b": "web", "c": "db", "d": ""} {
		made := configMap(name, nil)
		made.Labels = map[string]string{"check": "selectors"}
		if tier != "" {
			made.Labels["tier"] = tier
		}
		if _, err := maps.Create(ctx, made, metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	for selector, want := range map[string]string{
		"tier=web": "ab", "tier!=web": "cd", "tier in (web,db)": "abc", "tier notin (web)": "cd", "tier": "abc", "!tier": "d", "tier,tier!=db": "ab",
	} {
		list, err := maps.List(ctx, metav1.ListOptions{LabelSelector: "check=selectors," + selector})
		if err != nil {
			return err
		}
		got := ""
		for _, item := range list.Items {
			got += item.Name
		}
		if err := expect(selector, got, want); err != nil {
			return err
		}
	}
	_, badLabel := maps.List(ctx, metav1.ListOptions{LabelSelector: "a in b"})
	_, badField := maps.List(ctx, metav1.ListOptions{FieldSelector: "data.a=1"})
	list, err := maps.List(ctx, metav1.ListOptions{FieldSelector: "metadata.name=c,metadata.namespace=" + s.namespace})
	if err != nil {
		return err
	}
	return steps(
		func() error { return expect("by name", len(list.Items), 1) },
		func() error { return refused("a label selector that is none", badLabel, apierrors.IsBadRequest) },
		func() error { return refused("a field that is not selectable", badField, apierrors.IsBadRequest) },
	)
}

func versions(ctx context.Context, s *session) error {
	maps := s.proto.CoreV1().ConfigMaps(s.namespace)
	made, err := maps.Create(ctx, configMap("x", nil), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	if err := maps.Delete(ctx, "x", metav1.DeleteOptions{}); err != nil {
		return err
	}
	byName := func(options metav1.ListOptions) (int, error) {
		options.FieldSelector = "metadata.name=x"
		list, err := maps.List(ctx, options)
		if err != nil {
			return -1, err
		}
		return len(list.Items), nil
	}
	number, err := strconv.ParseInt(made.ResourceVersion, 10, 64)
	if err != nil {
		return err
	}
	return steps(
		func() error {
			count, err := byName(metav1.ListOptions{ResourceVersion: made.ResourceVersion, ResourceVersionMatch: metav1.ResourceVersionMatchExact})
			return that(err == nil && count == 1, "exact: %d, %v", count, err)
		},
		func() error {
			count, err := byName(metav1.ListOptions{ResourceVersion: made.ResourceVersion, ResourceVersionMatch: metav1.ResourceVersionMatchNotOlderThan})
			return that(err == nil && count == 0, "not older than: %d, %v", count, err)
		},
		func() error {
			count, err := byName(metav1.ListOptions{ResourceVersion: "0"})
			return that(err == nil && count == 0, "any: %d, %v", count, err)
		},
		func() error {
			_, err := byName(metav1.ListOptions{ResourceVersion: fmt.Sprint(number + 1_000_000)})
			return refused("a version to come", err, func(err error) bool {
				return apierrors.IsTimeout(err) && apierrors.HasStatusCause(err, metav1.CauseTypeResourceVersionTooLarge)
			})
		},
		func() error {
			_, err := byName(metav1.ListOptions{ResourceVersionMatch: metav1.ResourceVersionMatchExact})
			return refused("a match without a version", err, apierrors.IsInvalid)
		},
	)
}

func nodes(ctx context.Context, s *session) error {
	list, err := s.proto.CoreV1().Nodes().List(ctx, metav1.ListOptions{FieldSelector: "spec.unschedulable=false"})
	if err != nil {
		return err
	}
	for _, node := range list.Items {
		memory := node.Status.Capacity.Memory().Value()
		if err := that(memory > 1<<30 && node.Status.NodeInfo.KubeletVersion != "", "%s: %d bytes of memory", node.Name, memory); err != nil {
			return err
		}
	}
	return that(len(list.Items) >= 2, "%d nodes", len(list.Items))
}
