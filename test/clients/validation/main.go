// Program validation answers each question on its standard input, one JSON document a line: what kube-apiserver makes of the creation of an
// object, or of its change. Defaulting, preparation and validation are Kubernetes' own; there is no storage and no admission.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"

	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utilnet "k8s.io/apimachinery/pkg/util/net"
	"k8s.io/apiserver/pkg/authentication/user"
	genericapirequest "k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/generic"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/apiserver/pkg/storage"
	"k8s.io/apiserver/pkg/storage/storagebackend"
	"k8s.io/apiserver/pkg/storage/storagebackend/factory"
	"k8s.io/client-go/tools/cache"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	api "k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/kubernetes/pkg/capabilities"
	_ "k8s.io/kubernetes/pkg/controlplane"
	"k8s.io/kubernetes/pkg/registry/admissionregistration/mutatingadmissionpolicy"
	"k8s.io/kubernetes/pkg/registry/admissionregistration/mutatingadmissionpolicybinding"
	"k8s.io/kubernetes/pkg/registry/admissionregistration/mutatingwebhookconfiguration"
	"k8s.io/kubernetes/pkg/registry/admissionregistration/validatingadmissionpolicy"
	"k8s.io/kubernetes/pkg/registry/admissionregistration/validatingadmissionpolicybinding"
	"k8s.io/kubernetes/pkg/registry/admissionregistration/validatingwebhookconfiguration"
	"k8s.io/kubernetes/pkg/registry/apps/controllerrevision"
	"k8s.io/kubernetes/pkg/registry/apps/daemonset"
	"k8s.io/kubernetes/pkg/registry/apps/deployment"
	"k8s.io/kubernetes/pkg/registry/apps/replicaset"
	"k8s.io/kubernetes/pkg/registry/apps/statefulset"
	"k8s.io/kubernetes/pkg/registry/autoscaling/horizontalpodautoscaler"
	"k8s.io/kubernetes/pkg/registry/batch/cronjob"
	"k8s.io/kubernetes/pkg/registry/batch/job"
	"k8s.io/kubernetes/pkg/registry/certificates/certificates"
	"k8s.io/kubernetes/pkg/registry/coordination/lease"
	"k8s.io/kubernetes/pkg/registry/core/configmap"
	"k8s.io/kubernetes/pkg/registry/core/endpoint"
	"k8s.io/kubernetes/pkg/registry/core/event"
	"k8s.io/kubernetes/pkg/registry/core/limitrange"
	"k8s.io/kubernetes/pkg/registry/core/namespace"
	"k8s.io/kubernetes/pkg/registry/core/node"
	"k8s.io/kubernetes/pkg/registry/core/persistentvolume"
	"k8s.io/kubernetes/pkg/registry/core/persistentvolumeclaim"
	"k8s.io/kubernetes/pkg/registry/core/pod"
	"k8s.io/kubernetes/pkg/registry/core/podtemplate"
	"k8s.io/kubernetes/pkg/registry/core/replicationcontroller"
	"k8s.io/kubernetes/pkg/registry/core/resourcequota"
	"k8s.io/kubernetes/pkg/registry/core/secret"
	"k8s.io/kubernetes/pkg/registry/core/service"
	"k8s.io/kubernetes/pkg/registry/core/service/allocator"
	"k8s.io/kubernetes/pkg/registry/core/service/ipallocator"
	"k8s.io/kubernetes/pkg/registry/core/service/portallocator"
	servicestorage "k8s.io/kubernetes/pkg/registry/core/service/storage"
	"k8s.io/kubernetes/pkg/registry/core/serviceaccount"
	"k8s.io/kubernetes/pkg/registry/discovery/endpointslice"
	"k8s.io/kubernetes/pkg/registry/flowcontrol/flowschema"
	"k8s.io/kubernetes/pkg/registry/flowcontrol/prioritylevelconfiguration"
	"k8s.io/kubernetes/pkg/registry/networking/ingress"
	"k8s.io/kubernetes/pkg/registry/networking/ingressclass"
	"k8s.io/kubernetes/pkg/registry/networking/ipaddress"
	"k8s.io/kubernetes/pkg/registry/networking/networkpolicy"
	"k8s.io/kubernetes/pkg/registry/networking/servicecidr"
	"k8s.io/kubernetes/pkg/registry/node/runtimeclass"
	"k8s.io/kubernetes/pkg/registry/policy/poddisruptionbudget"
	"k8s.io/kubernetes/pkg/registry/rbac/clusterrole"
	"k8s.io/kubernetes/pkg/registry/rbac/clusterrolebinding"
	"k8s.io/kubernetes/pkg/registry/rbac/role"
	"k8s.io/kubernetes/pkg/registry/rbac/rolebinding"
	"k8s.io/kubernetes/pkg/registry/resource/deviceclass"
	"k8s.io/kubernetes/pkg/registry/resource/resourceclaim"
	"k8s.io/kubernetes/pkg/registry/resource/resourceclaimtemplate"
	"k8s.io/kubernetes/pkg/registry/resource/resourceslice"
	"k8s.io/kubernetes/pkg/registry/scheduling/priorityclass"
	"k8s.io/kubernetes/pkg/registry/storage/csidriver"
	"k8s.io/kubernetes/pkg/registry/storage/csinode"
	"k8s.io/kubernetes/pkg/registry/storage/csistoragecapacity"
	"k8s.io/kubernetes/pkg/registry/storage/storageclass"
	"k8s.io/kubernetes/pkg/registry/storage/volumeattachment"
	"k8s.io/kubernetes/pkg/registry/storage/volumeattributesclass"
)

type strategy interface {
	rest.RESTCreateStrategy
	rest.RESTUpdateStrategy
}

var strategies = map[string]strategy{
	"MutatingWebhookConfiguration": mutatingwebhookconfiguration.Strategy, "ValidatingWebhookConfiguration": validatingwebhookconfiguration.Strategy,
	"DaemonSet": daemonset.Strategy, "Deployment": deployment.Strategy, "ReplicaSet": replicaset.Strategy, "StatefulSet": statefulset.Strategy,
	"HorizontalPodAutoscaler": horizontalpodautoscaler.Strategy, "CronJob": cronjob.Strategy, "Job": job.Strategy, "Lease": lease.Strategy,
	"ConfigMap": configmap.Strategy, "Endpoints": endpoint.Strategy, "LimitRange": limitrange.Strategy, "Namespace": namespace.Strategy, "Node": node.Strategy,
	"PersistentVolume": persistentvolume.Strategy, "PersistentVolumeClaim": persistentvolumeclaim.Strategy, "Pod": pod.Strategy,
	"ReplicationController": replicationcontroller.Strategy, "ResourceQuota": resourcequota.Strategy, "Secret": secret.Strategy,
	"Service": service.Strategy, "ServiceAccount": serviceaccount.Strategy, "EndpointSlice": endpointslice.Strategy,
	"Ingress": ingress.Strategy, "IngressClass": ingressclass.Strategy, "NetworkPolicy": networkpolicy.Strategy, "PodDisruptionBudget": poddisruptionbudget.Strategy,
	"ValidatingAdmissionPolicy": validatingadmissionpolicy.NewStrategy(nil, nil), "ValidatingAdmissionPolicyBinding": validatingadmissionpolicybinding.NewStrategy(nil, nil, nil),
	"MutatingAdmissionPolicy": mutatingadmissionpolicy.NewStrategy(nil, nil), "MutatingAdmissionPolicyBinding": mutatingadmissionpolicybinding.NewStrategy(nil, nil, nil),
	"ControllerRevision": controllerrevision.Strategy, "CertificateSigningRequest": certificates.Strategy, "PodTemplate": podtemplate.Strategy, "Event": event.Strategy,
	"FlowSchema": flowschema.Strategy, "PriorityLevelConfiguration": prioritylevelconfiguration.Strategy, "IPAddress": ipaddress.Strategy, "ServiceCIDR": servicecidr.Strategy,
	"RuntimeClass": runtimeclass.Strategy, "ClusterRoleBinding": clusterrolebinding.Strategy, "DeviceClass": deviceclass.Strategy, "ResourceSlice": resourceslice.Strategy,
	"ResourceClaim": resourceclaim.NewStrategy(nil, nil), "ResourceClaimTemplate": resourceclaimtemplate.NewStrategy(nil), "VolumeAttributesClass": volumeattributesclass.Strategy,
	"CSIDriver": csidriver.Strategy, "CSINode": csinode.Strategy, "CSIStorageCapacity": csistoragecapacity.Strategy, "VolumeAttachment": volumeattachment.Strategy,
	"ClusterRole": clusterrole.Strategy, "Role": role.Strategy, "RoleBinding": rolebinding.Strategy, "PriorityClass": priorityclass.Strategy, "StorageClass": storageclass.Strategy,
}

var statusStrategies = map[string]rest.RESTUpdateStrategy{
	"DaemonSet": daemonset.StatusStrategy, "Deployment": deployment.StatusStrategy, "ReplicaSet": replicaset.StatusStrategy, "StatefulSet": statefulset.StatusStrategy,
	"HorizontalPodAutoscaler": horizontalpodautoscaler.StatusStrategy, "CronJob": cronjob.StatusStrategy, "Job": job.StatusStrategy,
	"Namespace": namespace.StatusStrategy, "Node": node.StatusStrategy, "PersistentVolume": persistentvolume.StatusStrategy,
	"PersistentVolumeClaim": persistentvolumeclaim.StatusStrategy, "Pod": pod.StatusStrategy, "ReplicationController": replicationcontroller.StatusStrategy,
	"ResourceQuota": resourcequota.StatusStrategy, "Service": service.StatusStrategy, "Ingress": ingress.StatusStrategy,
	"PodDisruptionBudget": poddisruptionbudget.StatusStrategy,
}

// question is a new object, or an old one and what is to become of it (or, with Status, of its status).
type question struct {
	Object json.RawMessage
	Old    json.RawMessage
	Status bool
}

// answer has one of these: what is stored, the Status with which it is refused, or why the object could not be asked about.
type answer struct {
	Stored  runtime.Object `json:"stored,omitempty"`
	Refused any            `json:"refused,omitempty"`
	Unclear string         `json:"unclear,omitempty"`
}

// decode gives the object as the server has it in its hands: defaulted, in the internal version.
func decode(data []byte) (runtime.Object, *schema.GroupVersionKind, error) {
	obj, gvk, err := legacyscheme.Codecs.UniversalDeserializer().Decode(data, nil, nil)
	if err != nil {
		return nil, nil, err
	}
	legacyscheme.Scheme.Default(obj)
	internal, err := legacyscheme.Scheme.ConvertToVersion(obj, schema.GroupVersion{Group: gvk.Group, Version: runtime.APIVersionInternal})
	return internal, gvk, err
}

// inOrder allocates the first that is free, so that answers are the same in every run.
type inOrder struct {
	allocator.Interface
	max int
}

func newInOrder(max int, rangeSpec string, offset int) (allocator.Interface, error) {
	return inOrder{allocator.NewAllocationMapWithOffset(max, rangeSpec, offset), max}, nil
}

func (a inOrder) AllocateNext() (int, bool, error) {
	for i := range a.max {
		if !a.Has(i) {
			ok, err := a.Allocate(i)
			return i, ok, err
		}
	}
	return 0, false, nil
}

// services allocates as for the first Service of a cluster: nothing is taken.
func services() (*servicestorage.REST, error) {
	_, cidr, _ := net.ParseCIDR("10.0.0.0/16")
	addresses, err := ipallocator.New(cidr, newInOrder)
	if err != nil {
		return nil, err
	}
	ports, err := portallocator.New(utilnet.PortRange{Base: 30000, Size: 2768}, newInOrder)
	if err != nil {
		return nil, err
	}
	options := generic.RESTOptions{
		ResourcePrefix: "services",
		StorageConfig:  &storagebackend.ConfigForResource{},
		Decorator: func(*storagebackend.ConfigForResource, string, func(runtime.Object) (string, error), func() runtime.Object,
			func() runtime.Object, storage.AttrFunc, storage.IndexerFuncs, *cache.Indexers) (storage.Interface, factory.DestroyFunc, error) {
			return nil, func() {}, nil
		},
	}
	store, _, _, err := servicestorage.NewREST(options, api.IPv4Protocol, map[api.IPFamily]ipallocator.Interface{api.IPv4Protocol: addresses}, ports, nil, nil, nil)
	return store, err
}

func create(ctx context.Context, s rest.RESTCreateStrategy, obj runtime.Object) error {
	rest.FillObjectMetaSystemFields(obj.(metav1.ObjectMetaAccessor).GetObjectMeta())
	if _, ok := obj.(*api.Service); ok {
		store, err := services()
		if err != nil {
			return err
		}
		if _, err := store.BeginCreate(ctx, obj, &metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	return rest.BeforeCreate(s, ctx, obj)
}

func update(ctx context.Context, s rest.RESTUpdateStrategy, obj, old runtime.Object, status bool) error {
	if _, ok := obj.(*api.Service); ok && !status {
		store, err := services()
		if err != nil {
			return err
		}
		if _, err := store.BeginUpdate(ctx, obj, old, &metav1.UpdateOptions{}); err != nil {
			return err
		}
	}
	return rest.BeforeUpdate(s, ctx, obj, old)
}

func ask(q question) (obj runtime.Object, err error) {
	obj, gvk, err := decode(q.Object)
	if err != nil {
		return nil, unclear{err}
	}
	s, ok := strategies[gvk.Kind]
	if !ok {
		return nil, unclear{fmt.Errorf("no strategy for %s", gvk.Kind)}
	}
	ns := ""
	if s.NamespaceScoped() {
		ns = "default"
		obj.(metav1.ObjectMetaAccessor).GetObjectMeta().SetNamespace(ns)
	}
	ctx := genericapirequest.WithNamespace(genericapirequest.NewContext(), ns)
	info := &genericapirequest.RequestInfo{APIGroup: gvk.Group, APIVersion: gvk.Version, IsResourceRequest: true, Verb: "create"}
	ctx = genericapirequest.WithRequestInfo(ctx, info)
	ctx = genericapirequest.WithUser(ctx, &user.DefaultInfo{Name: "admin", Groups: []string{"system:masters", "system:authenticated"}})
	if q.Old == nil {
		err = create(ctx, s, obj)
	} else {
		info.Verb = "update"
		var us rest.RESTUpdateStrategy = s
		if q.Status {
			info.Subresource = "status"
			us = statusStrategies[gvk.Kind]
		}
		old, _, oldErr := decode(q.Old)
		if oldErr != nil {
			return nil, unclear{oldErr}
		}
		err = update(ctx, us, obj, old, q.Status)
	}
	if err != nil {
		return nil, err
	}
	return stored(obj, gvk.GroupVersion())
}

// stored gives the object as it is read from the storage: written in its version, and defaulted once more.
func stored(obj runtime.Object, gv schema.GroupVersion) (runtime.Object, error) {
	written, err := legacyscheme.Scheme.ConvertToVersion(obj, gv)
	if err != nil {
		return nil, err
	}
	data, err := json.Marshal(written)
	if err != nil {
		return nil, err
	}
	read, _, err := decode(data)
	if err != nil {
		return nil, err
	}
	return legacyscheme.Scheme.ConvertToVersion(read, gv)
}

// unclear is why no strategy was asked.
type unclear struct{ error }

func answerTo(line []byte) (a answer) {
	defer func() {
		if r := recover(); r != nil {
			a = answer{Unclear: fmt.Sprint("panic: ", r)}
		}
	}()
	var q question
	if err := json.Unmarshal(line, &q); err != nil {
		return answer{Unclear: err.Error()}
	}
	obj, err := ask(q)
	if err == nil {
		return answer{Stored: obj}
	}
	if st, ok := err.(errors.APIStatus); ok {
		return answer{Refused: st.Status()}
	}
	return answer{Unclear: err.Error()}
}

func main() {
	// As AKS runs its API servers.
	capabilities.Setup(true, 0)
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<20), 1<<26)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for in.Scan() {
		b, _ := json.Marshal(answerTo(in.Bytes()))
		out.Write(b)
		out.WriteByte('\n')
	}
}
