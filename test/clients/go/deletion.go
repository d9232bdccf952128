package main

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/typed/core/v1"
)

const collectorLimit = 20 * time.Second

func deletionChecks() []check {
	return []check{
		{Name: "deletion/background", Run: backgroundDeletion},
		{Name: "deletion/foreground", Run: foregroundDeletion},
		{Name: "deletion/orphan", Run: orphaning},
		{Name: "deletion/twoOwners", Run: twoOwners},
		{Name: "deletion/namespace", Run: namespaceDeletion},
		{Name: "deletion/graceful", Run: gracefulDeletion},
	}
}

func ownedBy(owners ...*corev1.ConfigMap) []metav1.OwnerReference {
	var references []metav1.OwnerReference
	for _, owner := range owners {
		references = append(references, metav1.OwnerReference{APIVersion: "v1", Kind: "ConfigMap", Name: owner.Name, UID: owner.UID, BlockOwnerDeletion: ptr(true)})
	}
	return references
}

// family makes an owner and one dependent.
func family(ctx context.Context, maps v1.ConfigMapInterface, finalizers ...string) (*corev1.ConfigMap, error) {
	owner, err := maps.Create(ctx, configMap("owner", nil), metav1.CreateOptions{})
	if err != nil {
		return nil, err
	}
	child := configMap("child", nil)
	child.OwnerReferences, child.Finalizers = ownedBy(owner), finalizers
	_, err = maps.Create(ctx, child, metav1.CreateOptions{})
	return owner, err
}

func gone(ctx context.Context, maps v1.ConfigMapInterface, name string) error {
	return eventually(ctx, collectorLimit, func() error {
		_, err := maps.Get(ctx, name, metav1.GetOptions{})
		return refused(name, err, apierrors.IsNotFound)
	})
}

func backgroundDeletion(ctx context.Context, s *session) error {
	maps := s.proto.CoreV1().ConfigMaps(s.namespace)
	if _, err := family(ctx, maps); err != nil {
		return err
	}
	if err := maps.Delete(ctx, "owner", metav1.DeleteOptions{PropagationPolicy: ptr(metav1.DeletePropagationBackground)}); err != nil {
		return err
	}
	if _, err := maps.Get(ctx, "owner", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		return that(false, "the owner is not gone at once: %v", err)
	}
	return gone(ctx, maps, "child")
}

func foregroundDeletion(ctx context.Context, s *session) error {
	maps := s.proto.CoreV1().ConfigMaps(s.namespace)
	if _, err := family(ctx, maps, "checks.test/hold"); err != nil {
		return err
	}
	if err := maps.Delete(ctx, "owner", metav1.DeleteOptions{PropagationPolicy: ptr(metav1.DeletePropagationForeground)}); err != nil {
		return err
	}
	err := eventually(ctx, collectorLimit, func() error {
		child, err := maps.Get(ctx, "child", metav1.GetOptions{})
		if err != nil {
			return err
		}
		return that(child.DeletionTimestamp != nil, "the child is not being deleted")
	})
	if err != nil {
		return err
	}
	owner, err := maps.Get(ctx, "owner", metav1.GetOptions{})
	if err != nil {
		return err
	}
	if err := expect("finalizers of the owner", owner.Finalizers, []string{metav1.FinalizerDeleteDependents}); err != nil {
		return err
	}
	if _, err = maps.Patch(ctx, "child", types.MergePatchType, []byte(`{"metadata":{"finalizers":null}}`), metav1.PatchOptions{}); err != nil {
		return err
	}
	return steps(
		func() error { return gone(ctx, maps, "child") },
		func() error { return gone(ctx, maps, "owner") },
	)
}

func orphaning(ctx context.Context, s *session) error {
	maps := s.proto.CoreV1().ConfigMaps(s.namespace)
	if _, err := family(ctx, maps); err != nil {
		return err
	}
	if err := maps.Delete(ctx, "owner", metav1.DeleteOptions{PropagationPolicy: ptr(metav1.DeletePropagationOrphan)}); err != nil {
		return err
	}
	if err := gone(ctx, maps, "owner"); err != nil {
		return err
	}
	child, err := maps.Get(ctx, "child", metav1.GetOptions{})
	if err != nil {
		return err
	}
	return expect("owners of the orphan", len(child.OwnerReferences), 0)
}

// twoOwners: a dependent stays while one of its owners does.
func twoOwners(ctx context.Context, s *session) error {
	maps := s.proto.CoreV1().ConfigMaps(s.namespace)
	first, err := maps.Create(ctx, configMap("first", nil), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	second, err := maps.Create(ctx, configMap("second", nil), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	child := configMap("child", nil)
	child.OwnerReferences = ownedBy(first, second)
	if _, err = maps.Create(ctx, child, metav1.CreateOptions{}); err != nil {
		return err
	}
	if err := maps.Delete(ctx, "first", metav1.DeleteOptions{}); err != nil {
		return err
	}
	err = eventually(ctx, collectorLimit, func() error {
		kept, err := maps.Get(ctx, "child", metav1.GetOptions{})
		if err != nil {
			return err
		}
		return expect("owners left", len(kept.OwnerReferences), 1)
	})
	if err != nil {
		return err
	}
	if err := maps.Delete(ctx, "second", metav1.DeleteOptions{}); err != nil {
		return err
	}
	return gone(ctx, maps, "child")
}

func namespaceDeletion(ctx context.Context, s *session) error {
	spaces := s.proto.CoreV1().Namespaces()
	made, err := spaces.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "ending-"}}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	maps := s.proto.CoreV1().ConfigMaps(made.Name)
	held := configMap("held", nil)
	held.Finalizers = []string{"checks.test/hold"}
	if _, err = maps.Create(ctx, held, metav1.CreateOptions{}); err != nil {
		return err
	}
	if err := spaces.Delete(ctx, made.Name, metav1.DeleteOptions{}); err != nil {
		return err
	}
	ending, err := spaces.Get(ctx, made.Name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	if err := expect("phase", ending.Status.Phase, corev1.NamespaceTerminating); err != nil {
		return err
	}
	_, err = maps.Create(ctx, configMap("late", nil), metav1.CreateOptions{})
	if err := refused("an object of a namespace that ends", err, func(err error) bool {
		return apierrors.IsForbidden(err) && apierrors.HasStatusCause(err, corev1.NamespaceTerminatingCause)
	}); err != nil {
		return err
	}
	err = eventually(ctx, collectorLimit, func() error {
		now, err := spaces.Get(ctx, made.Name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		for _, condition := range now.Status.Conditions {
			if condition.Type == corev1.NamespaceFinalizersRemaining && condition.Status == corev1.ConditionTrue {
				return nil
			}
		}
		return that(false, "conditions %v", now.Status.Conditions)
	})
	if err != nil {
		return err
	}
	if _, err = maps.Patch(ctx, "held", types.MergePatchType, []byte(`{"metadata":{"finalizers":null}}`), metav1.PatchOptions{}); err != nil {
		return err
	}
	return eventually(ctx, collectorLimit, func() error {
		_, err := spaces.Get(ctx, made.Name, metav1.GetOptions{})
		return refused("the namespace", err, apierrors.IsNotFound)
	})
}

// gracefulDeletion: a running pod stays, marked, until its node lets it go; a pod of no node goes at once.
func gracefulDeletion(ctx context.Context, s *session) error {
	pods := s.proto.CoreV1().Pods(s.namespace)
	lost := pod("lost")
	lost.Spec.SchedulerName = "nobody"
	if _, err := pods.Create(ctx, lost, metav1.CreateOptions{}); err != nil {
		return err
	}
	if err := pods.Delete(ctx, "lost", metav1.DeleteOptions{}); err != nil {
		return err
	}
	if _, err := pods.Get(ctx, "lost", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		return that(false, "a pod of no node is not gone at once: %v", err)
	}
	if _, err := pods.Create(ctx, pod("runs"), metav1.CreateOptions{}); err != nil {
		return err
	}
	err := eventually(ctx, collectorLimit, func() error {
		now, err := pods.Get(ctx, "runs", metav1.GetOptions{})
		if err != nil {
			return err
		}
		return expect("phase", now.Status.Phase, corev1.PodRunning)
	})
	if err != nil {
		return err
	}
	if err := pods.Delete(ctx, "runs", metav1.DeleteOptions{GracePeriodSeconds: ptr(int64(1))}); err != nil {
		return err
	}
	return eventually(ctx, collectorLimit, func() error {
		_, err := pods.Get(ctx, "runs", metav1.GetOptions{})
		return refused("the pod", err, apierrors.IsNotFound)
	})
}
