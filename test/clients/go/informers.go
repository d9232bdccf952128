package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
)

func informerChecks() []check {
	return []check{
		{Name: "informers/shared", Run: sharedInformer},
		{Name: "informers/dynamic", Run: dynamicInformer},
		{Name: "informers/everyKind", Run: everyKind},
	}
}

// recorder notes how a client asked, and can cut it off.
type recorder struct {
	next  http.RoundTripper
	lock  sync.Mutex
	lists int
	// streams are the watches that asked for the initial state, watches all the others.
	streams, watches int
	cut              bool
	cancels          []context.CancelFunc
}

func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	query := request.URL.Query()
	r.lock.Lock()
	if r.cut {
		r.lock.Unlock()
		return nil, fmt.Errorf("cut off")
	}
	switch {
	case query.Get("sendInitialEvents") == "true":
		r.streams++
	case query.Get("watch") != "":
		r.watches++
	default:
		r.lists++
	}
	ctx, cancel := context.WithCancel(request.Context())
	r.cancels = append(r.cancels, cancel)
	r.lock.Unlock()
	return r.next.RoundTrip(request.WithContext(ctx))
}

// counts returns lists, watches with the initial state, and other watches.
func (r *recorder) counts() (int, int, int) {
	r.lock.Lock()
	defer r.lock.Unlock()
	return r.lists, r.streams, r.watches
}

// setCut ends what is under way and refuses what follows, or lets requests through again.
func (r *recorder) setCut(cut bool) {
	r.lock.Lock()
	defer r.lock.Unlock()
	r.cut = cut
	for _, cancel := range r.cancels {
		cancel()
	}
	r.cancels = nil
}

func recorded(s *session) (kubernetes.Interface, *recorder, error) {
	record := &recorder{}
	config := rest.CopyConfig(s.config)
	config.ContentType, config.AcceptContentTypes = protobufType, protobufType+","+jsonType
	config.Wrap(func(next http.RoundTripper) http.RoundTripper {
		record.next = next
		return record
	})
	client, err := kubernetes.NewForConfig(config)
	return client, record, err
}

// streamsLists tells whether client-go was left to ask for lists as a stream, its default.
func streamsLists() bool { return os.Getenv("KUBE_FEATURE_WatchListClient") != "false" }

func sharedInformer(ctx context.Context, s *session) error {
	client, record, err := recorded(s)
	if err != nil {
		return err
	}
	maps := s.proto.CoreV1().ConfigMaps(s.namespace)
	for i := range 30 {
		if _, err := maps.Create(ctx, configMap(fmt.Sprint("before-", i), nil), metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	factory := informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithNamespace(s.namespace))
	informer := factory.Core().V1().ConfigMaps()
	var lock sync.Mutex
	events := map[string]int{}
	count := func(name string) {
		lock.Lock()
		defer lock.Unlock()
		events[name]++
	}
	if _, err := informer.Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc: func(any) { count("added") }, UpdateFunc: func(any, any) { count("updated") }, DeleteFunc: func(any) { count("deleted") },
	}); err != nil {
		return err
	}
	factory.StartWithContext(ctx)
	if !cache.WaitForCacheSync(ctx.Done(), informer.Informer().HasSynced) {
		return that(false, "never in sync")
	}
	for i := range 30 {
		if i%2 == 0 {
			err = maps.Delete(ctx, fmt.Sprint("before-", i), metav1.DeleteOptions{})
		} else {
			changed := configMap(fmt.Sprint("before-", i), map[string]string{"a": "1"})
			_, err = maps.Update(ctx, changed, metav1.UpdateOptions{})
		}
		if err != nil {
			return err
		}
	}
	return steps(
		func() error {
			return eventually(ctx, 10*time.Second, func() error {
				lock.Lock()
				defer lock.Unlock()
				return that(events["added"] >= 30 && events["updated"] == 15 && events["deleted"] == 15, "events %v", events)
			})
		},
		func() error { return agrees(ctx, s, informer.Lister().ConfigMaps(s.namespace).List) },
		func() error {
			lists, streams, watches := record.counts()
			if streamsLists() {
				return that(lists == 0 && streams == 1, "%d lists, %d streamed lists, %d watches", lists, streams, watches)
			}
			return that(lists == 1 && streams == 0 && watches >= 1, "%d lists, %d streamed lists, %d watches", lists, streams, watches)
		},
	)
}

// agrees fails unless the cache comes to hold what a list shows, version for version.
func agrees(ctx context.Context, s *session, cached func(labels.Selector) ([]*corev1.ConfigMap, error)) error {
	return eventually(ctx, 15*time.Second, func() error {
		list, err := s.proto.CoreV1().ConfigMaps(s.namespace).List(ctx, metav1.ListOptions{})
		if err != nil {
			return err
		}
		held, err := cached(labels.Everything())
		if err != nil {
			return err
		}
		want, got := map[string]string{}, map[string]string{}
		for _, item := range list.Items {
			want[item.Name] = item.ResourceVersion
		}
		for _, item := range held {
			got[item.Name] = item.ResourceVersion
		}
		return expect("the cache", got, want)
	})
}

func dynamicInformer(ctx context.Context, s *session) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	factory := dynamicinformer.NewFilteredDynamicSharedInformerFactory(s.dynamic, 0, s.namespace, nil)
	informer := factory.ForResource(deployments)
	go informer.Informer().RunWithContext(ctx)
	if !cache.WaitForCacheSync(ctx.Done(), informer.Informer().HasSynced) {
		return that(false, "never in sync")
	}
	if _, err := s.dynamic.Resource(deployments).Namespace(s.namespace).Create(ctx, unstructuredDeployment("web"), metav1.CreateOptions{}); err != nil {
		return err
	}
	return eventually(ctx, 10*time.Second, func() error {
		_, err := informer.Lister().ByNamespace(s.namespace).Get("web")
		return err
	})
}

// everyKind starts the informers that a controller manager starts.
func everyKind(ctx context.Context, s *session) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	factory := informers.NewSharedInformerFactory(s.proto, 0)
	core, apps, batch := factory.Core().V1(), factory.Apps().V1(), factory.Batch().V1()
	started := map[string]cache.SharedIndexInformer{
		"pods": core.Pods().Informer(), "nodes": core.Nodes().Informer(), "services": core.Services().Informer(), "secrets": core.Secrets().Informer(),
		"namespaces": core.Namespaces().Informer(), "serviceaccounts": core.ServiceAccounts().Informer(), "events": core.Events().Informer(),
		"persistentvolumes": core.PersistentVolumes().Informer(), "persistentvolumeclaims": core.PersistentVolumeClaims().Informer(),
		"deployments": apps.Deployments().Informer(), "replicasets": apps.ReplicaSets().Informer(), "statefulsets": apps.StatefulSets().Informer(),
		"daemonsets": apps.DaemonSets().Informer(), "controllerrevisions": apps.ControllerRevisions().Informer(), "jobs": batch.Jobs().Informer(),
		"cronjobs": batch.CronJobs().Informer(), "leases": factory.Coordination().V1().Leases().Informer(),
		"endpointslices": factory.Discovery().V1().EndpointSlices().Informer(), "ingresses": factory.Networking().V1().Ingresses().Informer(),
		"networkpolicies": factory.Networking().V1().NetworkPolicies().Informer(), "clusterroles": factory.Rbac().V1().ClusterRoles().Informer(),
		"storageclasses": factory.Storage().V1().StorageClasses().Informer(), "csinodes": factory.Storage().V1().CSINodes().Informer(),
		"poddisruptionbudgets": factory.Policy().V1().PodDisruptionBudgets().Informer(), "flowschemas": factory.Flowcontrol().V1().FlowSchemas().Informer(),
		"resourceclaims": factory.Resource().V1().ResourceClaims().Informer(), "priorityclasses": factory.Scheduling().V1().PriorityClasses().Informer(),
		"horizontalpodautoscalers": factory.Autoscaling().V2().HorizontalPodAutoscalers().Informer(),
	}
	factory.StartWithContext(ctx)
	limit, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	var late []string
	for name, informer := range started {
		if !cache.WaitForCacheSync(limit.Done(), informer.HasSynced) {
			late = append(late, name)
		}
	}
	return that(len(late) == 0, "never in sync: %s", strings.Join(late, " "))
}
