package main

import (
	"context"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/discovery"
	cacheddiscovery "k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/scale"
)

func subresourceChecks() []check {
	return []check{
		{Name: "subresources/scale", Run: scaling},
		{Name: "subresources/scaleClient", Run: scaleClient},
		{Name: "subresources/status", Run: statusWrites},
		{Name: "subresources/eviction", Run: evictions},
		{Name: "subresources/ephemeralContainers", Run: ephemeralContainers},
		{Name: "subresources/binding", Run: bindings},
	}
}

func makeDeployment(ctx context.Context, s *session, replicas int32) error {
	web := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: "web"}, Spec: appsv1.DeploymentSpec{Replicas: &replicas, Selector: selector, Template: template(app)}}
	_, err := s.proto.AppsV1().Deployments(s.namespace).Create(ctx, web, metav1.CreateOptions{})
	return err
}

func scaling(ctx context.Context, s *session) error {
	client := s.proto.AppsV1().Deployments(s.namespace)
	if err := makeDeployment(ctx, s, 0); err != nil {
		return err
	}
	found, err := client.GetScale(ctx, "web", metav1.GetOptions{})
	if err != nil {
		return err
	}
	if err := expect("selector", found.Status.Selector, "app=sample"); err != nil {
		return err
	}
	found.Spec.Replicas = 2
	set, err := client.UpdateScale(ctx, "web", found, metav1.UpdateOptions{})
	if err != nil {
		return err
	}
	found.Spec.Replicas = 3
	_, stale := client.UpdateScale(ctx, "web", found, metav1.UpdateOptions{})
	_, negative := client.UpdateScale(ctx, "web", &autoscalingv1.Scale{ObjectMeta: metav1.ObjectMeta{Name: "web"}, Spec: autoscalingv1.ScaleSpec{Replicas: -1}}, metav1.UpdateOptions{})
	return steps(
		func() error { return expect("replicas", set.Spec.Replicas, int32(2)) },
		func() error { return refused("an old scale", stale, apierrors.IsConflict) },
		func() error { return refused("less than nothing", negative, apierrors.IsInvalid) },
		func() error {
			return eventually(ctx, 20*time.Second, func() error {
				now, err := client.Get(ctx, "web", metav1.GetOptions{})
				if err != nil {
					return err
				}
				return expect("available replicas", now.Status.AvailableReplicas, int32(2))
			})
		},
	)
}

// scaleClient is the one of autoscalers, which finds the kind of scale by discovery.
func scaleClient(ctx context.Context, s *session) error {
	if err := makeDeployment(ctx, s, 0); err != nil {
		return err
	}
	found, err := discovery.NewDiscoveryClientForConfig(s.config)
	if err != nil {
		return err
	}
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(cacheddiscovery.NewMemCacheClient(found))
	client, err := scale.NewForConfig(s.config, mapper, dynamic.LegacyAPIPathResolverFunc, scale.NewDiscoveryScaleKindResolver(found))
	if err != nil {
		return err
	}
	got, err := client.Scales(s.namespace).Patch(ctx, deployments, "web", types.MergePatchType, []byte(`{"spec":{"replicas":1}}`), metav1.PatchOptions{})
	if err != nil {
		return err
	}
	return expect("replicas", got.Spec.Replicas, int32(1))
}

// statusWrites: each of the two paths changes only its part.
func statusWrites(ctx context.Context, s *session) error {
	client := s.proto.CoreV1().Pods(s.namespace)
	held := pod("held")
	held.Spec.SchedulerName = "nobody"
	made, err := client.Create(ctx, held, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	made.Status.Message = "from status"
	made.Labels = map[string]string{"from": "status"}
	made.Spec.ActiveDeadlineSeconds = ptr(int64(99))
	written, err := client.UpdateStatus(ctx, made, metav1.UpdateOptions{})
	if err != nil {
		return err
	}
	if err := steps(
		func() error { return expect("message", written.Status.Message, "from status") },
		func() error {
			return that(written.Spec.ActiveDeadlineSeconds == nil, "the status path changed the spec")
		},
	); err != nil {
		return err
	}
	written.Status.Message = "from spec"
	again, err := client.Update(ctx, written, metav1.UpdateOptions{})
	if err != nil {
		return err
	}
	return expect("message", again.Status.Message, "from status")
}

func evictions(ctx context.Context, s *session) error {
	pods := s.proto.CoreV1().Pods(s.namespace)
	budgets := s.proto.PolicyV1().PodDisruptionBudgets(s.namespace)
	guarded := pod("guarded")
	guarded.Labels = app
	guarded.Spec.TerminationGracePeriodSeconds = ptr(int64(0))
	if _, err := pods.Create(ctx, guarded, metav1.CreateOptions{}); err != nil {
		return err
	}
	budget := &policyv1.PodDisruptionBudget{ObjectMeta: metav1.ObjectMeta{Name: "all"}, Spec: policyv1.PodDisruptionBudgetSpec{Selector: selector, MinAvailable: ptr(intstr.FromInt32(1))}}
	if _, err := budgets.Create(ctx, budget, metav1.CreateOptions{}); err != nil {
		return err
	}
	err := eventually(ctx, 20*time.Second, func() error {
		now, err := budgets.Get(ctx, "all", metav1.GetOptions{})
		if err != nil {
			return err
		}
		return expect("healthy pods", now.Status.CurrentHealthy, int32(1))
	})
	if err != nil {
		return err
	}
	evict := func() error {
		return pods.EvictV1(ctx, &policyv1.Eviction{ObjectMeta: metav1.ObjectMeta{Name: "guarded"}})
	}
	if err := refused("an eviction that the budget forbids", evict(), func(err error) bool {
		return apierrors.IsTooManyRequests(err) && apierrors.HasStatusCause(err, policyv1.DisruptionBudgetCause)
	}); err != nil {
		return err
	}
	if err := budgets.Delete(ctx, "all", metav1.DeleteOptions{}); err != nil {
		return err
	}
	if err := evict(); err != nil {
		return err
	}
	return eventually(ctx, 20*time.Second, func() error {
		_, err := pods.Get(ctx, "guarded", metav1.GetOptions{})
		return refused("the pod", err, apierrors.IsNotFound)
	})
}

func ephemeralContainers(ctx context.Context, s *session) error {
	client := s.proto.CoreV1().Pods(s.namespace)
	made, err := client.Create(ctx, pod("x"), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	debugger := corev1.EphemeralContainer{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "debug", Image: "busybox"}}
	var added *corev1.Pod
	err = retryOnConflict(func() error {
		if made, err = client.Get(ctx, "x", metav1.GetOptions{}); err != nil {
			return err
		}
		made.Spec.EphemeralContainers = append(made.Spec.EphemeralContainers, debugger)
		added, err = client.UpdateEphemeralContainers(ctx, "x", made, metav1.UpdateOptions{})
		return err
	})
	if err != nil {
		return err
	}
	patch := `{"spec":{"ephemeralContainers":[{"name":"second","image":"busybox"}]}}`
	both, err := client.Patch(ctx, "x", types.StrategicMergePatchType, []byte(patch), metav1.PatchOptions{}, "ephemeralcontainers")
	if err != nil {
		return err
	}
	return steps(
		func() error { return expect("containers", len(added.Spec.EphemeralContainers), 1) },
		func() error { return expect("containers after the patch", len(both.Spec.EphemeralContainers), 2) },
		func() error {
			return expect("pull policy", added.Spec.EphemeralContainers[0].ImagePullPolicy, corev1.PullAlways)
		},
	)
}

func bindings(ctx context.Context, s *session) error {
	client := s.proto.CoreV1().Pods(s.namespace)
	held := pod("held")
	held.Spec.SchedulerName = "this-check"
	if _, err := client.Create(ctx, held, metav1.CreateOptions{}); err != nil {
		return err
	}
	nodes, err := s.proto.CoreV1().Nodes().List(ctx, metav1.ListOptions{Limit: 1})
	if err != nil {
		return err
	}
	binding := &corev1.Binding{ObjectMeta: metav1.ObjectMeta{Name: "held"}, Target: corev1.ObjectReference{Kind: "Node", Name: nodes.Items[0].Name}}
	if err := client.Bind(ctx, binding, metav1.CreateOptions{}); err != nil {
		return err
	}
	if err := refused("a second binding", client.Bind(ctx, binding, metav1.CreateOptions{}), apierrors.IsConflict); err != nil {
		return err
	}
	return eventually(ctx, 20*time.Second, func() error {
		now, err := client.Get(ctx, "held", metav1.GetOptions{})
		if err != nil {
			return err
		}
		return expect("phase", now.Status.Phase, corev1.PodRunning)
	})
}
