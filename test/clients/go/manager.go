package main

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/util/workqueue"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

const managedObjects = 1000

func managerChecks() []check {
	return []check{{Name: "manager/converges", Run: converges, Alone: true}}
}

func scheme() *runtime.Scheme { return clientgoscheme.Scheme }

// mirror keeps, for every ConfigMap of its namespace, a Secret with the same data that the ConfigMap owns.
type mirror struct{ client client.Client }

func (m *mirror) Reconcile(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
	var source corev1.ConfigMap
	if err := m.client.Get(ctx, request.NamespacedName, &source); err != nil {
		return reconcile.Result{}, client.IgnoreNotFound(err)
	}
	if source.Labels["mirrored"] != "yes" {
		return reconcile.Result{}, nil
	}
	copied := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: source.Name, Namespace: source.Namespace}}
	_, err := controllerutil.CreateOrUpdate(ctx, m.client, copied, func() error {
		copied.Data = map[string][]byte{}
		for key, value := range source.Data {
			copied.Data[key] = []byte(value)
		}
		return controllerutil.SetControllerReference(&source, copied, m.client.Scheme())
	})
	return reconcile.Result{}, err
}

func startManager(ctx context.Context, s *session) (ctrl.Manager, error) {
	log.SetLogger(log.Log.WithSink(nil))
	manager, err := ctrl.NewManager(s.config, ctrl.Options{
		Scheme: scheme(), Metrics: server.Options{BindAddress: "0"}, HealthProbeBindAddress: "0",
		LeaderElection: true, LeaderElectionID: "mirror", LeaderElectionNamespace: s.namespace,
		Cache: cache.Options{DefaultNamespaces: map[string]cache.Config{s.namespace: {}}},
	})
	if err != nil {
		return nil, err
	}
	fast := workqueue.NewTypedItemExponentialFailureRateLimiter[reconcile.Request](5*time.Millisecond, time.Second)
	err = ctrl.NewControllerManagedBy(manager).For(&corev1.ConfigMap{}).Owns(&corev1.Secret{}).
		WithOptions(controller.Options{MaxConcurrentReconciles: 8, RateLimiter: fast, SkipNameValidation: ptr(true)}).
		Complete(&mirror{client: manager.GetClient()})
	if err != nil {
		return nil, err
	}
	go func() { _ = manager.Start(ctx) }()
	if !manager.GetCache().WaitForCacheSync(ctx) {
		return nil, fmt.Errorf("the manager's cache never came into sync")
	}
	return manager, nil
}

func converges(ctx context.Context, s *session) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	manager, err := startManager(ctx, s)
	if err != nil {
		return err
	}
	direct, err := client.New(s.config, client.Options{Scheme: scheme()})
	if err != nil {
		return err
	}
	for i := range managedObjects {
		source := configMap(fmt.Sprintf("m%04d", i), map[string]string{"i": fmt.Sprint(i)})
		source.Namespace, source.Labels = s.namespace, map[string]string{"mirrored": "yes"}
		if err := direct.Create(ctx, source); err != nil {
			return err
		}
	}
	if err := mirrored(ctx, manager.GetClient(), s.namespace, managedObjects, ""); err != nil {
		return err
	}
	for i := range managedObjects / 10 {
		source := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("m%04d", i), Namespace: s.namespace}}
		if err := direct.Patch(ctx, source, client.RawPatch("application/merge-patch+json", []byte(`{"data":{"i":"changed"}}`))); err != nil {
			return err
		}
	}
	if err := mirrored(ctx, direct, s.namespace, managedObjects, "changed"); err != nil {
		return err
	}
	if err := direct.DeleteAllOf(ctx, &corev1.ConfigMap{}, client.InNamespace(s.namespace), client.MatchingLabels{"mirrored": "yes"}); err != nil {
		return err
	}
	return mirrored(ctx, manager.GetClient(), s.namespace, 0, "")
}

// mirrored waits until there are so many copies, and, when a value is given, until a tenth of them holds it.
func mirrored(ctx context.Context, reader client.Reader, namespace string, count int, value string) error {
	return eventually(ctx, 60*time.Second, func() error {
		var list corev1.SecretList
		if err := reader.List(ctx, &list, client.InNamespace(namespace)); err != nil {
			return err
		}
		holding := 0
		for _, item := range list.Items {
			if string(item.Data["i"]) == value {
				holding++
			}
		}
		return that(len(list.Items) == count && (value == "" || holding == count/10), "%d copies, %d with %q", len(list.Items), holding, value)
	})
}
