package main

import (
	"context"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	applyapps "k8s.io/client-go/applyconfigurations/apps/v1"
	applycore "k8s.io/client-go/applyconfigurations/core/v1"
	applymeta "k8s.io/client-go/applyconfigurations/meta/v1"
)

func applyChecks() []check {
	return []check{
		{Name: "apply/conflicts", Run: applyConflicts},
		{Name: "apply/ownership", Run: applyOwnership},
		{Name: "apply/listMaps", Run: applyListMaps},
		{Name: "apply/status", Run: applyStatus},
		{Name: "apply/extract", Run: applyExtract},
		{Name: "apply/identity", Run: applyIdentity},
	}
}

func deploymentConfiguration(name, namespace, image string) *applyapps.DeploymentApplyConfiguration {
	container := applycore.Container().WithName("main").WithImage(image)
	pods := applycore.PodTemplateSpec().WithLabels(app).WithSpec(applycore.PodSpec().WithContainers(container))
	selector := applymeta.LabelSelector().WithMatchLabels(app)
	return applyapps.Deployment(name, namespace).WithSpec(applyapps.DeploymentSpec().WithSelector(selector).WithTemplate(pods))
}

func applyConflicts(ctx context.Context, s *session) error {
	client := s.proto.AppsV1().Deployments(s.namespace)
	if _, err := client.Apply(ctx, deploymentConfiguration("web", s.namespace, "a:1"), metav1.ApplyOptions{FieldManager: "first"}); err != nil {
		return err
	}
	_, err := client.Apply(ctx, deploymentConfiguration("web", s.namespace, "a:2"), metav1.ApplyOptions{FieldManager: "second"})
	if err := refused("what another manager owns", err, apierrors.IsConflict); err != nil {
		return err
	}
	want := `conflict with "first": .spec.template.spec.containers[name="main"].image`
	if err := that(strings.Contains(err.Error(), want), "%v", err); err != nil {
		return err
	}
	if !apierrors.HasStatusCause(err, metav1.CauseTypeFieldManagerConflict) {
		return that(false, "no FieldManagerConflict in %v", err)
	}
	forced, err := client.Apply(ctx, deploymentConfiguration("web", s.namespace, "a:2"), metav1.ApplyOptions{FieldManager: "second", Force: true})
	if err != nil {
		return err
	}
	_, err = client.Apply(ctx, deploymentConfiguration("web", s.namespace, "a:1"), metav1.ApplyOptions{FieldManager: "first"})
	_, nobody := client.Apply(ctx, deploymentConfiguration("web", s.namespace, "a:1"), metav1.ApplyOptions{})
	return steps(
		func() error { return expect("image", forced.Spec.Template.Spec.Containers[0].Image, "a:2") },
		func() error { return refused("what was taken over", err, apierrors.IsConflict) },
		func() error { return refused("an apply without a manager", nobody, apierrors.IsInvalid) },
	)
}

// applyOwnership: a field goes when its last owner no longer applies it, and stays when somebody else owns it.
func applyOwnership(ctx context.Context, s *session) error {
	client := s.proto.CoreV1().ConfigMaps(s.namespace)
	apply := func(manager string, data map[string]string) (*corev1.ConfigMap, error) {
		return client.Apply(ctx, applycore.ConfigMap("x", s.namespace).WithData(data), metav1.ApplyOptions{FieldManager: manager})
	}
	made, err := apply("one", map[string]string{"a": "1", "b": "1", "c": "1"})
	if err != nil {
		return err
	}
	if _, err = apply("two", map[string]string{"b": "1"}); err != nil {
		return err
	}
	left, err := apply("one", map[string]string{"a": "1"})
	if err != nil {
		return err
	}
	if err := expect("data", left.Data, map[string]string{"a": "1", "b": "1"}); err != nil {
		return err
	}
	again, err := apply("one", map[string]string{"a": "1"})
	if err != nil {
		return err
	}
	if err := expect("resourceVersion after the same again", again.ResourceVersion, left.ResourceVersion); err != nil {
		return err
	}
	updated := again.DeepCopy()
	updated.Data["a"] = "3"
	if _, err = client.Update(ctx, updated, metav1.UpdateOptions{FieldManager: "editor"}); err != nil {
		return err
	}
	_, err = apply("one", map[string]string{"a": "1"})
	return steps(
		func() error { return refused("what an update took", err, apierrors.IsConflict) },
		func() error { return expect("uid", again.UID, made.UID) },
		func() error { return expect("creationTimestamp", again.CreationTimestamp, made.CreationTimestamp) },
	)
}

// applyListMaps: managers share a list whose items have keys.
func applyListMaps(ctx context.Context, s *session) error {
	client := s.proto.CoreV1().Services(s.namespace)
	port := func(name string, number int32) *applycore.ServicePortApplyConfiguration {
		return applycore.ServicePort().WithName(name).WithPort(number)
	}
	apply := func(manager string, ports ...*applycore.ServicePortApplyConfiguration) (*corev1.Service, error) {
		spec := applycore.ServiceSpec().WithPorts(ports...)
		return client.Apply(ctx, applycore.Service("web", s.namespace).WithSpec(spec), metav1.ApplyOptions{FieldManager: manager})
	}
	if _, err := apply("one", port("http", 80)); err != nil {
		return err
	}
	both, err := apply("two", port("https", 443), port("dns", 53).WithProtocol(corev1.ProtocolUDP))
	if err != nil {
		return err
	}
	if err := expect("ports of both", len(both.Spec.Ports), 3); err != nil {
		return err
	}
	// Without a protocol it is TCP: the same item as before.
	moved, err := apply("two", port("https", 443).WithProtocol(corev1.ProtocolTCP))
	if err != nil {
		return err
	}
	return steps(
		func() error { return expect("ports left", len(moved.Spec.Ports), 2) },
		func() error { return expect("first", moved.Spec.Ports[0].Name, "http") },
	)
}

func applyStatus(ctx context.Context, s *session) error {
	client := s.proto.CoreV1().Pods(s.namespace)
	bound := pod("x")
	bound.Spec.SchedulerName = "nobody"
	if _, err := client.Create(ctx, bound, metav1.CreateOptions{}); err != nil {
		return err
	}
	condition := applycore.PodCondition().WithType("checks.test/ok").WithStatus(corev1.ConditionTrue)
	status := applycore.Pod("x", s.namespace).WithStatus(applycore.PodStatus().WithConditions(condition))
	got, err := client.ApplyStatus(ctx, status, metav1.ApplyOptions{FieldManager: "prober"})
	if err != nil {
		return err
	}
	found := false
	for _, entry := range got.ManagedFields {
		found = found || entry.Manager == "prober" && entry.Subresource == "status" && entry.Operation == metav1.ManagedFieldsOperationApply
	}
	ignored, err := client.Apply(ctx, applycore.Pod("x", s.namespace).WithLabels(app).WithStatus(applycore.PodStatus().WithMessage("no")), metav1.ApplyOptions{FieldManager: "other"})
	if err != nil {
		return err
	}
	claims := ""
	for _, entry := range ignored.ManagedFields {
		if entry.Manager == "other" {
			claims = string(entry.FieldsV1.Raw)
		}
	}
	return steps(
		func() error { return that(found, "managedFields %v", got.ManagedFields) },
		func() error { return expect("message", ignored.Status.Message, "") },
		func() error { return that(claims != "" && !strings.Contains(claims, "f:status"), "claims %s", claims) },
	)
}

// applyExtract: what one manager owns can be read back from managedFields, changed and applied again.
func applyExtract(ctx context.Context, s *session) error {
	client := s.proto.AppsV1().Deployments(s.namespace)
	options := metav1.ApplyOptions{FieldManager: "extractor"}
	made, err := client.Apply(ctx, deploymentConfiguration("web", s.namespace, "a:1"), options)
	if err != nil {
		return err
	}
	own, err := applyapps.ExtractDeployment(made, "extractor")
	if err != nil {
		return err
	}
	if err := that(own.Spec.Replicas == nil && *own.Spec.Template.Spec.Containers[0].Image == "a:1", "extracted %v", own.Spec); err != nil {
		return err
	}
	own.Spec.WithReplicas(0)
	next, err := client.Apply(ctx, own, options)
	if err != nil {
		return err
	}
	scaled, err := client.Patch(ctx, "web", types.MergePatchType, []byte(`{"spec":{"replicas":1}}`), metav1.PatchOptions{FieldManager: "scaler"}, "scale")
	if err != nil {
		return err
	}
	_ = scaled
	_, err = client.Apply(ctx, own, options)
	return steps(
		func() error { return expect("replicas", *next.Spec.Replicas, int32(0)) },
		func() error { return refused("replicas that the scale subresource set", err, apierrors.IsConflict) },
	)
}

// applyIdentity: a configuration may name the object that it means.
func applyIdentity(ctx context.Context, s *session) error {
	client := s.proto.CoreV1().ConfigMaps(s.namespace)
	options := metav1.ApplyOptions{FieldManager: "me"}
	_, err := client.Apply(ctx, applycore.ConfigMap("none", s.namespace).WithUID("00000000-0000-0000-0000-000000000000"), options)
	if err := refused("a uid of nothing", err, apierrors.IsConflict); err != nil {
		return err
	}
	made, err := client.Create(ctx, configMap("x", nil), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	if _, err = client.Apply(ctx, applycore.ConfigMap("x", s.namespace).WithResourceVersion(made.ResourceVersion).WithData(app), options); err != nil {
		return err
	}
	_, err = client.Apply(ctx, applycore.ConfigMap("x", s.namespace).WithResourceVersion(made.ResourceVersion).WithLabels(app), options)
	return refused("an old version", err, apierrors.IsConflict)
}
