package main

import (
	"context"
	"encoding/json"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
)

func patchChecks() []check {
	return []check{
		{Name: "patch/json", Run: jsonPatches},
		{Name: "patch/merge", Run: mergePatches},
		{Name: "patch/strategic", Run: strategicPatches},
		{Name: "patch/twoWay", Run: twoWayPatches},
	}
}

func jsonPatches(ctx context.Context, s *session) error {
	maps := s.proto.CoreV1().ConfigMaps(s.namespace)
	if _, err := maps.Create(ctx, configMap("x", map[string]string{"a": "1", "b": "2"}), metav1.CreateOptions{}); err != nil {
		return err
	}
	patch := func(text string) (*corev1.ConfigMap, error) {
		return maps.Patch(ctx, "x", types.JSONPatchType, []byte(text), metav1.PatchOptions{})
	}
	got, err := patch(`[{"op":"add","path":"/metadata/annotations","value":{}},{"op":"add","path":"/metadata/annotations/checks.test~1a","value":"x"},{"op":"test","path":"/data/a","value":"1"},{"op":"replace","path":"/data/a","value":"3"},{"op":"copy","from":"/data/a","path":"/data/d"},{"op":"remove","path":"/data/b"}]`)
	if err != nil {
		return err
	}
	_, failed := patch(`[{"op":"test","path":"/data/a","value":"other"}]`)
	_, missing := patch(`[{"op":"remove","path":"/data/none"}]`)
	_, nonsense := patch(`{`)
	return steps(
		func() error { return expect("data", got.Data, map[string]string{"a": "3", "d": "3"}) },
		func() error { return expect("annotations", got.Annotations, map[string]string{"checks.test/a": "x"}) },
		func() error { return refused("a test that fails", failed, apierrors.IsInvalid) },
		func() error { return refused("a removal of nothing", missing, apierrors.IsInvalid) },
		func() error { return refused("no patch at all", nonsense, apierrors.IsBadRequest) },
	)
}

func mergePatches(ctx context.Context, s *session) error {
	maps := s.proto.CoreV1().ConfigMaps(s.namespace)
	made, err := maps.Create(ctx, configMap("x", map[string]string{"a": "1", "b": "2"}), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	got, err := maps.Patch(ctx, "x", types.MergePatchType, []byte(`{"data":{"a":null,"c":"3"}}`), metav1.PatchOptions{})
	if err != nil {
		return err
	}
	stale := `{"metadata":{"resourceVersion":"` + made.ResourceVersion + `"},"data":{"d":"4"}}`
	_, conflict := maps.Patch(ctx, "x", types.MergePatchType, []byte(stale), metav1.PatchOptions{})
	_, renamed := maps.Patch(ctx, "x", types.MergePatchType, []byte(`{"metadata":{"name":"y"}}`), metav1.PatchOptions{})
	_, wrong := maps.Patch(ctx, "x", types.MergePatchType, []byte(`{"data":{"a":{"b":1}}}`), metav1.PatchOptions{})
	_, absent := maps.Patch(ctx, "none", types.MergePatchType, []byte(`{}`), metav1.PatchOptions{})
	return steps(
		func() error { return expect("data", got.Data, map[string]string{"b": "2", "c": "3"}) },
		func() error { return refused("an old version in the patch", conflict, apierrors.IsConflict) },
		func() error { return refused("another name", renamed, apierrors.IsBadRequest) },
		func() error {
			return refused("a wrong type", wrong, func(err error) bool { return apierrors.IsInvalid(err) || apierrors.IsBadRequest(err) })
		},
		func() error { return refused("a missing object", absent, apierrors.IsNotFound) },
	)
}

func strategicPatches(ctx context.Context, s *session) error {
	sets := s.proto.AppsV1().Deployments(s.namespace)
	web := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: "web"}, Spec: appsv1.DeploymentSpec{Replicas: ptr(int32(0)), Selector: selector, Template: template(app)}}
	if _, err := sets.Create(ctx, web, metav1.CreateOptions{}); err != nil {
		return err
	}
	patch := func(containers string) ([]string, error) {
		body := `{"spec":{"template":{"spec":{` + containers + `}}}}`
		got, err := sets.Patch(ctx, "web", types.StrategicMergePatchType, []byte(body), metav1.PatchOptions{})
		if err != nil {
			return nil, err
		}
		var names []string
		for _, container := range got.Spec.Template.Spec.Containers {
			names = append(names, container.Name+"="+strings.TrimPrefix(container.Image, "registry.k8s.io/"))
		}
		return names, nil
	}
	for _, step := range []struct {
		containers string
		want       []string
	}{
		{`"containers":[{"name":"side","image":"side:1"}]`, []string{"side=side:1", "main=pause:3.10"}},
		{`"containers":[{"name":"main","image":"main:2"}]`, []string{"side=side:1", "main=main:2"}},
		{`"$setElementOrder/containers":[{"name":"main"},{"name":"side"}],"containers":[{"name":"side","image":"side:2"}]`, []string{"main=main:2", "side=side:2"}},
		{`"containers":[{"$patch":"delete","name":"side"}]`, []string{"main=main:2"}},
		{`"containers":[{"$patch":"replace"},{"name":"only","image":"only:1"}]`, []string{"only=only:1"}},
	} {
		got, err := patch(step.containers)
		if err != nil {
			return err
		}
		if err := expect(step.containers, got, step.want); err != nil {
			return err
		}
	}
	return nil
}

// twoWayPatches sends what clients compute from an old and a new object.
func twoWayPatches(ctx context.Context, s *session) error {
	services := s.proto.CoreV1().Services(s.namespace)
	web := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "web"}, Spec: corev1.ServiceSpec{
		Selector: app, Ports: []corev1.ServicePort{{Name: "http", Port: 80}, {Name: "https", Port: 443}},
	}}
	made, err := services.Create(ctx, web, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	next := made.DeepCopy()
	next.Spec.Ports = append(next.Spec.Ports[1:], corev1.ServicePort{Name: "dns", Port: 53, Protocol: corev1.ProtocolUDP})
	next.Spec.Selector = map[string]string{"app": "other"}
	before, err := json.Marshal(made)
	if err != nil {
		return err
	}
	after, err := json.Marshal(next)
	if err != nil {
		return err
	}
	patch, err := strategicpatch.CreateTwoWayMergePatch(before, after, corev1.Service{})
	if err != nil {
		return err
	}
	got, err := services.Patch(ctx, "web", types.StrategicMergePatchType, patch, metav1.PatchOptions{})
	if err != nil {
		return err
	}
	return steps(
		func() error { return expect("ports", len(got.Spec.Ports), 2) },
		func() error { return expect("first port", got.Spec.Ports[0].Name, "https") },
		func() error { return expect("selector", got.Spec.Selector["app"], "other") },
		func() error { return expect("clusterIP", got.Spec.ClusterIP, made.Spec.ClusterIP) },
		func() error {
			return that(strings.HasPrefix(got.Spec.ClusterIP, "10."), "clusterIP %q", got.Spec.ClusterIP)
		},
	)
}
