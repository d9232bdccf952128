package main

import (
	admissionv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	eventsv1 "k8s.io/api/events/v1"
	flowcontrolv1 "k8s.io/api/flowcontrol/v1"
	networkingv1 "k8s.io/api/networking/v1"
	nodev1 "k8s.io/api/node/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	resourcev1 "k8s.io/api/resource/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
)

var (
	app      = map[string]string{"app": "sample"}
	selector = &metav1.LabelSelector{MatchLabels: app}
	one      = resource.MustParse("1Gi")
)

// typedChecks has one check per built-in kind, over protobuf.
func typedChecks() []check {
	return append(append(append(coreKinds(), workloadKinds()...), networkKinds()...), append(policyKinds(), storageKinds()...)...)
}

func coreKinds() []check {
	return []check{
		lifecycle("ConfigMap", func(s *session) typedClient[*corev1.ConfigMap, *corev1.ConfigMapList] {
			return s.proto.CoreV1().ConfigMaps(s.namespace)
		}, func(*session) *corev1.ConfigMap {
			return &corev1.ConfigMap{Data: map[string]string{"a": "1"}, BinaryData: map[string][]byte{"b": {0, 255}}}
		}),
		lifecycle("Secret", func(s *session) typedClient[*corev1.Secret, *corev1.SecretList] {
			return s.proto.CoreV1().Secrets(s.namespace)
		}, func(*session) *corev1.Secret {
			return &corev1.Secret{StringData: map[string]string{"a": "1"}, Data: map[string][]byte{"b": {0, 255}}}
		}),
		lifecycle("Pod", func(s *session) typedClient[*corev1.Pod, *corev1.PodList] {
			return s.proto.CoreV1().Pods(s.namespace)
		}, func(*session) *corev1.Pod { return pod("") }),
		lifecycle("PodTemplate", func(s *session) typedClient[*corev1.PodTemplate, *corev1.PodTemplateList] {
			return s.proto.CoreV1().PodTemplates(s.namespace)
		}, func(*session) *corev1.PodTemplate { return &corev1.PodTemplate{Template: template(app)} }),
		lifecycle("ReplicationController", func(s *session) typedClient[*corev1.ReplicationController, *corev1.ReplicationControllerList] {
			return s.proto.CoreV1().ReplicationControllers(s.namespace)
		}, func(*session) *corev1.ReplicationController {
			return &corev1.ReplicationController{Spec: corev1.ReplicationControllerSpec{Replicas: ptr(int32(0)), Selector: app, Template: ptr(template(app))}}
		}),
		lifecycle("ServiceAccount", func(s *session) typedClient[*corev1.ServiceAccount, *corev1.ServiceAccountList] {
			return s.proto.CoreV1().ServiceAccounts(s.namespace)
		}, func(*session) *corev1.ServiceAccount { return &corev1.ServiceAccount{} }),
		lifecycle("LimitRange", func(s *session) typedClient[*corev1.LimitRange, *corev1.LimitRangeList] {
			return s.proto.CoreV1().LimitRanges(s.namespace)
		}, func(*session) *corev1.LimitRange {
			item := corev1.LimitRangeItem{Type: corev1.LimitTypeContainer, Max: corev1.ResourceList{corev1.ResourceMemory: one}}
			return &corev1.LimitRange{Spec: corev1.LimitRangeSpec{Limits: []corev1.LimitRangeItem{item}}}
		}),
		lifecycle("ResourceQuota", func(s *session) typedClient[*corev1.ResourceQuota, *corev1.ResourceQuotaList] {
			return s.proto.CoreV1().ResourceQuotas(s.namespace)
		}, func(*session) *corev1.ResourceQuota {
			return &corev1.ResourceQuota{Spec: corev1.ResourceQuotaSpec{Hard: corev1.ResourceList{corev1.ResourcePods: resource.MustParse("5")}}}
		}),
		lifecycle("Endpoints", func(s *session) typedClient[*corev1.Endpoints, *corev1.EndpointsList] {
			return s.proto.CoreV1().Endpoints(s.namespace)
		}, func(*session) *corev1.Endpoints {
			subset := corev1.EndpointSubset{Addresses: []corev1.EndpointAddress{{IP: "10.1.2.3"}}, Ports: []corev1.EndpointPort{{Port: 80}}}
			return &corev1.Endpoints{Subsets: []corev1.EndpointSubset{subset}}
		}),
		lifecycle("Event", func(s *session) typedClient[*corev1.Event, *corev1.EventList] {
			return s.proto.CoreV1().Events(s.namespace)
		}, func(s *session) *corev1.Event {
			return &corev1.Event{InvolvedObject: corev1.ObjectReference{Kind: "Pod", Name: "x", Namespace: s.namespace}, Reason: "Checked", Type: "Normal"}
		}),
		lifecycle("events.k8s.io/Event", func(s *session) typedClient[*eventsv1.Event, *eventsv1.EventList] {
			return s.proto.EventsV1().Events(s.namespace)
		}, func(s *session) *eventsv1.Event {
			return &eventsv1.Event{
				EventTime: metav1.NowMicro(), ReportingController: "checks.test/go", ReportingInstance: "one", Action: "Checked", Reason: "Checked",
				Type: "Normal", Regarding: corev1.ObjectReference{Kind: "Pod", Name: "x", Namespace: s.namespace},
			}
		}),
		lifecycle("Lease", func(s *session) typedClient[*coordinationv1.Lease, *coordinationv1.LeaseList] {
			return s.proto.CoordinationV1().Leases(s.namespace)
		}, func(*session) *coordinationv1.Lease {
			return &coordinationv1.Lease{Spec: coordinationv1.LeaseSpec{HolderIdentity: ptr("me"), LeaseDurationSeconds: ptr(int32(30)), RenewTime: ptr(metav1.NowMicro())}}
		}),
	}
}

func workloadKinds() []check {
	job := batchv1.JobSpec{Suspend: ptr(true), Template: template(nil)}
	job.Template.Spec.RestartPolicy = corev1.RestartPolicyNever
	return []check{
		lifecycle("Deployment", func(s *session) typedClient[*appsv1.Deployment, *appsv1.DeploymentList] {
			return s.proto.AppsV1().Deployments(s.namespace)
		}, func(*session) *appsv1.Deployment {
			return &appsv1.Deployment{Spec: appsv1.DeploymentSpec{Replicas: ptr(int32(0)), Selector: selector, Template: template(app)}}
		}),
		lifecycle("ReplicaSet", func(s *session) typedClient[*appsv1.ReplicaSet, *appsv1.ReplicaSetList] {
			return s.proto.AppsV1().ReplicaSets(s.namespace)
		}, func(*session) *appsv1.ReplicaSet {
			return &appsv1.ReplicaSet{Spec: appsv1.ReplicaSetSpec{Replicas: ptr(int32(0)), Selector: selector, Template: template(app)}}
		}),
		lifecycle("StatefulSet", func(s *session) typedClient[*appsv1.StatefulSet, *appsv1.StatefulSetList] {
			return s.proto.AppsV1().StatefulSets(s.namespace)
		}, func(*session) *appsv1.StatefulSet {
			return &appsv1.StatefulSet{Spec: appsv1.StatefulSetSpec{Replicas: ptr(int32(0)), Selector: selector, Template: template(app)}}
		}),
		lifecycle("DaemonSet", func(s *session) typedClient[*appsv1.DaemonSet, *appsv1.DaemonSetList] {
			return s.proto.AppsV1().DaemonSets(s.namespace)
		}, func(*session) *appsv1.DaemonSet {
			set := &appsv1.DaemonSet{Spec: appsv1.DaemonSetSpec{Selector: selector, Template: template(app)}}
			set.Spec.Template.Spec.NodeSelector = map[string]string{"nowhere": "true"}
			return set
		}),
		lifecycle("ControllerRevision", func(s *session) typedClient[*appsv1.ControllerRevision, *appsv1.ControllerRevisionList] {
			return s.proto.AppsV1().ControllerRevisions(s.namespace)
		}, func(*session) *appsv1.ControllerRevision {
			return &appsv1.ControllerRevision{Revision: 1, Data: runtime.RawExtension{Raw: []byte(`{"a":{"b":[1]}}`)}}
		}),
		lifecycle("Job", func(s *session) typedClient[*batchv1.Job, *batchv1.JobList] {
			return s.proto.BatchV1().Jobs(s.namespace)
		}, func(*session) *batchv1.Job { return &batchv1.Job{Spec: job} }),
		lifecycle("CronJob", func(s *session) typedClient[*batchv1.CronJob, *batchv1.CronJobList] {
			return s.proto.BatchV1().CronJobs(s.namespace)
		}, func(*session) *batchv1.CronJob {
			return &batchv1.CronJob{Spec: batchv1.CronJobSpec{Schedule: "0 0 1 1 *", Suspend: ptr(true), JobTemplate: batchv1.JobTemplateSpec{Spec: job}}}
		}),
		lifecycle("HorizontalPodAutoscaler", func(s *session) typedClient[*autoscalingv2.HorizontalPodAutoscaler, *autoscalingv2.HorizontalPodAutoscalerList] {
			return s.proto.AutoscalingV2().HorizontalPodAutoscalers(s.namespace)
		}, func(*session) *autoscalingv2.HorizontalPodAutoscaler {
			target := autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: "none"}
			return &autoscalingv2.HorizontalPodAutoscaler{Spec: autoscalingv2.HorizontalPodAutoscalerSpec{ScaleTargetRef: target, MaxReplicas: 3}}
		}),
		lifecycle("PodDisruptionBudget", func(s *session) typedClient[*policyv1.PodDisruptionBudget, *policyv1.PodDisruptionBudgetList] {
			return s.proto.PolicyV1().PodDisruptionBudgets(s.namespace)
		}, func(*session) *policyv1.PodDisruptionBudget {
			return &policyv1.PodDisruptionBudget{Spec: policyv1.PodDisruptionBudgetSpec{MinAvailable: ptr(intstr.FromString("50%")), Selector: selector}}
		}),
		lifecycle("PriorityClass", func(s *session) typedClient[*schedulingv1.PriorityClass, *schedulingv1.PriorityClassList] {
			return s.proto.SchedulingV1().PriorityClasses()
		}, func(*session) *schedulingv1.PriorityClass { return &schedulingv1.PriorityClass{Value: 1000} }),
		lifecycle("RuntimeClass", func(s *session) typedClient[*nodev1.RuntimeClass, *nodev1.RuntimeClassList] {
			return s.proto.NodeV1().RuntimeClasses()
		}, func(*session) *nodev1.RuntimeClass { return &nodev1.RuntimeClass{Handler: "runc"} }),
	}
}

func networkKinds() []check {
	return []check{
		// DELETE of the collection came to services late; the client still refuses to name it.
		lifecycle("EndpointSlice", func(s *session) typedClient[*discoveryv1.EndpointSlice, *discoveryv1.EndpointSliceList] {
			return s.proto.DiscoveryV1().EndpointSlices(s.namespace)
		}, func(*session) *discoveryv1.EndpointSlice {
			return &discoveryv1.EndpointSlice{AddressType: discoveryv1.AddressTypeIPv4, Endpoints: []discoveryv1.Endpoint{{Addresses: []string{"10.1.2.3"}}}, Ports: []discoveryv1.EndpointPort{{Name: ptr("http"), Port: ptr(int32(80))}}}
		}),
		lifecycle("Ingress", func(s *session) typedClient[*networkingv1.Ingress, *networkingv1.IngressList] {
			return s.proto.NetworkingV1().Ingresses(s.namespace)
		}, func(*session) *networkingv1.Ingress {
			backend := &networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{Name: "web", Port: networkingv1.ServiceBackendPort{Number: 80}}}
			return &networkingv1.Ingress{Spec: networkingv1.IngressSpec{DefaultBackend: backend}}
		}),
		lifecycle("IngressClass", func(s *session) typedClient[*networkingv1.IngressClass, *networkingv1.IngressClassList] {
			return s.proto.NetworkingV1().IngressClasses()
		}, func(*session) *networkingv1.IngressClass {
			return &networkingv1.IngressClass{Spec: networkingv1.IngressClassSpec{Controller: "checks.test/ingress"}}
		}),
		lifecycle("NetworkPolicy", func(s *session) typedClient[*networkingv1.NetworkPolicy, *networkingv1.NetworkPolicyList] {
			return s.proto.NetworkingV1().NetworkPolicies(s.namespace)
		}, func(*session) *networkingv1.NetworkPolicy {
			port := networkingv1.NetworkPolicyPort{Port: ptr(intstr.FromInt32(80))}
			return &networkingv1.NetworkPolicy{Spec: networkingv1.NetworkPolicySpec{PodSelector: *selector, Ingress: []networkingv1.NetworkPolicyIngressRule{{Ports: []networkingv1.NetworkPolicyPort{port}}}}}
		}),
		lifecycle("ServiceCIDR", func(s *session) typedClient[*networkingv1.ServiceCIDR, *networkingv1.ServiceCIDRList] {
			return s.proto.NetworkingV1().ServiceCIDRs()
		}, func(*session) *networkingv1.ServiceCIDR {
			return &networkingv1.ServiceCIDR{Spec: networkingv1.ServiceCIDRSpec{CIDRs: []string{"10.201.0.0/24"}}}
		}),
		lifecycle("IPAddress", func(s *session) typedClient[*networkingv1.IPAddress, *networkingv1.IPAddressList] {
			return s.proto.NetworkingV1().IPAddresses()
		}, func(s *session) *networkingv1.IPAddress {
			parent := &networkingv1.ParentReference{Resource: "services", Name: "none", Namespace: s.namespace}
			return &networkingv1.IPAddress{ObjectMeta: metav1.ObjectMeta{Name: "192.0.2.77"}, Spec: networkingv1.IPAddressSpec{ParentRef: parent}}
		}),
		lifecycle("FlowSchema", func(s *session) typedClient[*flowcontrolv1.FlowSchema, *flowcontrolv1.FlowSchemaList] {
			return s.proto.FlowcontrolV1().FlowSchemas()
		}, func(*session) *flowcontrolv1.FlowSchema {
			level := flowcontrolv1.PriorityLevelConfigurationReference{Name: "global-default"}
			return &flowcontrolv1.FlowSchema{Spec: flowcontrolv1.FlowSchemaSpec{PriorityLevelConfiguration: level, MatchingPrecedence: 9999}}
		}),
		lifecycle("PriorityLevelConfiguration", func(s *session) typedClient[*flowcontrolv1.PriorityLevelConfiguration, *flowcontrolv1.PriorityLevelConfigurationList] {
			return s.proto.FlowcontrolV1().PriorityLevelConfigurations()
		}, func(*session) *flowcontrolv1.PriorityLevelConfiguration {
			limited := &flowcontrolv1.LimitedPriorityLevelConfiguration{LimitResponse: flowcontrolv1.LimitResponse{Type: flowcontrolv1.LimitResponseTypeReject}}
			return &flowcontrolv1.PriorityLevelConfiguration{Spec: flowcontrolv1.PriorityLevelConfigurationSpec{Type: flowcontrolv1.PriorityLevelEnablementLimited, Limited: limited}}
		}),
	}
}

func policyKinds() []check {
	rules := []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"pods"}, Verbs: []string{"get"}}}
	subjects := []rbacv1.Subject{{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: "somebody"}}
	view := rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "view"}
	constraints := &admissionv1.MatchResources{
		NamespaceSelector: selector,
		ResourceRules: []admissionv1.NamedRuleWithOperations{{RuleWithOperations: admissionv1.RuleWithOperations{
			Operations: []admissionv1.OperationType{admissionv1.Create},
			Rule:       admissionv1.Rule{APIGroups: []string{""}, APIVersions: []string{"v1"}, Resources: []string{"pods"}},
		}}},
	}
	return []check{
		lifecycle("Role", func(s *session) typedClient[*rbacv1.Role, *rbacv1.RoleList] {
			return s.proto.RbacV1().Roles(s.namespace)
		}, func(*session) *rbacv1.Role { return &rbacv1.Role{Rules: rules} }),
		lifecycle("RoleBinding", func(s *session) typedClient[*rbacv1.RoleBinding, *rbacv1.RoleBindingList] {
			return s.proto.RbacV1().RoleBindings(s.namespace)
		}, func(*session) *rbacv1.RoleBinding { return &rbacv1.RoleBinding{Subjects: subjects, RoleRef: view} }),
		lifecycle("ClusterRole", func(s *session) typedClient[*rbacv1.ClusterRole, *rbacv1.ClusterRoleList] {
			return s.proto.RbacV1().ClusterRoles()
		}, func(*session) *rbacv1.ClusterRole { return &rbacv1.ClusterRole{Rules: rules} }),
		lifecycle("ClusterRoleBinding", func(s *session) typedClient[*rbacv1.ClusterRoleBinding, *rbacv1.ClusterRoleBindingList] {
			return s.proto.RbacV1().ClusterRoleBindings()
		}, func(*session) *rbacv1.ClusterRoleBinding {
			return &rbacv1.ClusterRoleBinding{Subjects: subjects, RoleRef: view}
		}),
		lifecycle("ValidatingAdmissionPolicy", func(s *session) typedClient[*admissionv1.ValidatingAdmissionPolicy, *admissionv1.ValidatingAdmissionPolicyList] {
			return s.proto.AdmissionregistrationV1().ValidatingAdmissionPolicies()
		}, func(*session) *admissionv1.ValidatingAdmissionPolicy {
			validations := []admissionv1.Validation{{Expression: "has(object.metadata)"}}
			return &admissionv1.ValidatingAdmissionPolicy{Spec: admissionv1.ValidatingAdmissionPolicySpec{MatchConstraints: constraints, Validations: validations}}
		}),
		lifecycle("ValidatingAdmissionPolicyBinding", func(s *session) typedClient[*admissionv1.ValidatingAdmissionPolicyBinding, *admissionv1.ValidatingAdmissionPolicyBindingList] {
			return s.proto.AdmissionregistrationV1().ValidatingAdmissionPolicyBindings()
		}, func(*session) *admissionv1.ValidatingAdmissionPolicyBinding {
			return &admissionv1.ValidatingAdmissionPolicyBinding{Spec: admissionv1.ValidatingAdmissionPolicyBindingSpec{
				PolicyName: "none", MatchResources: constraints, ValidationActions: []admissionv1.ValidationAction{admissionv1.Audit},
			}}
		}),
	}
}

func storageKinds() []check {
	disk := corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: one}}
	once := []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce}
	return []check{
		lifecycle("StorageClass", func(s *session) typedClient[*storagev1.StorageClass, *storagev1.StorageClassList] {
			return s.proto.StorageV1().StorageClasses()
		}, func(*session) *storagev1.StorageClass {
			return &storagev1.StorageClass{Provisioner: "checks.test/disk"}
		}),
		lifecycle("CSIDriver", func(s *session) typedClient[*storagev1.CSIDriver, *storagev1.CSIDriverList] {
			return s.proto.StorageV1().CSIDrivers()
		}, func(*session) *storagev1.CSIDriver { return &storagev1.CSIDriver{} }),
		lifecycle("CSINode", func(s *session) typedClient[*storagev1.CSINode, *storagev1.CSINodeList] {
			return s.proto.StorageV1().CSINodes()
		}, func(*session) *storagev1.CSINode {
			return &storagev1.CSINode{Spec: storagev1.CSINodeSpec{Drivers: []storagev1.CSINodeDriver{{Name: "checks.test", NodeID: "n"}}}}
		}),
		lifecycle("CSIStorageCapacity", func(s *session) typedClient[*storagev1.CSIStorageCapacity, *storagev1.CSIStorageCapacityList] {
			return s.proto.StorageV1().CSIStorageCapacities(s.namespace)
		}, func(*session) *storagev1.CSIStorageCapacity {
			return &storagev1.CSIStorageCapacity{StorageClassName: "none", Capacity: &one}
		}),
		lifecycle("VolumeAttachment", func(s *session) typedClient[*storagev1.VolumeAttachment, *storagev1.VolumeAttachmentList] {
			return s.proto.StorageV1().VolumeAttachments()
		}, func(*session) *storagev1.VolumeAttachment {
			source := storagev1.VolumeAttachmentSource{PersistentVolumeName: ptr("none")}
			return &storagev1.VolumeAttachment{Spec: storagev1.VolumeAttachmentSpec{Attacher: "checks.test", NodeName: "none", Source: source}}
		}),
		lifecycle("VolumeAttributesClass", func(s *session) typedClient[*storagev1.VolumeAttributesClass, *storagev1.VolumeAttributesClassList] {
			return s.proto.StorageV1().VolumeAttributesClasses()
		}, func(*session) *storagev1.VolumeAttributesClass {
			return &storagev1.VolumeAttributesClass{DriverName: "checks.test", Parameters: map[string]string{"a": "1"}}
		}),
		lifecycle("ResourceClaim", func(s *session) typedClient[*resourcev1.ResourceClaim, *resourcev1.ResourceClaimList] {
			return s.proto.ResourceV1().ResourceClaims(s.namespace)
		}, func(*session) *resourcev1.ResourceClaim {
			request := resourcev1.DeviceRequest{Name: "one", Exactly: &resourcev1.ExactDeviceRequest{DeviceClassName: "none"}}
			return &resourcev1.ResourceClaim{Spec: resourcev1.ResourceClaimSpec{Devices: resourcev1.DeviceClaim{Requests: []resourcev1.DeviceRequest{request}}}}
		}),
		lifecycle("DeviceClass", func(s *session) typedClient[*resourcev1.DeviceClass, *resourcev1.DeviceClassList] {
			return s.proto.ResourceV1().DeviceClasses()
		}, func(*session) *resourcev1.DeviceClass { return &resourcev1.DeviceClass{} }),
		lifecycle("ResourceSlice", func(s *session) typedClient[*resourcev1.ResourceSlice, *resourcev1.ResourceSliceList] {
			return s.proto.ResourceV1().ResourceSlices()
		}, func(*session) *resourcev1.ResourceSlice {
			pool := resourcev1.ResourcePool{Name: "pool", ResourceSliceCount: 1}
			return &resourcev1.ResourceSlice{Spec: resourcev1.ResourceSliceSpec{Driver: "checks.test", Pool: pool, AllNodes: ptr(true)}}
		}),
		volumeLifecycle(disk, once),
	}
}

func volumeLifecycle(disk corev1.VolumeResourceRequirements, modes []corev1.PersistentVolumeAccessMode) check {
	return lifecycle("PersistentVolume", func(s *session) typedClient[*corev1.PersistentVolume, *corev1.PersistentVolumeList] {
		return s.proto.CoreV1().PersistentVolumes()
	}, func(*session) *corev1.PersistentVolume {
		source := corev1.PersistentVolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/tmp/x"}}
		return &corev1.PersistentVolume{Spec: corev1.PersistentVolumeSpec{
			Capacity: disk.Requests, AccessModes: modes, PersistentVolumeSource: source, PersistentVolumeReclaimPolicy: corev1.PersistentVolumeReclaimRetain,
			StorageClassName: "none",
		}}
	})
}
