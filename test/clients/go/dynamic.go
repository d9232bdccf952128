package main

import (
	"context"
	"encoding/json"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/restmapper"
)

var (
	configMaps  = schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}
	deployments = schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}
)

func dynamicChecks() []check {
	return []check{
		{Name: "dynamic/objects", Run: dynamicObjects},
		{Name: "metadata/objects", Run: metadataObjects},
		{Name: "discovery/resources", Run: discoveredResources},
		{Name: "discovery/openapi", Run: openAPI},
		{Name: "discovery/version", Run: serverVersion},
		{Name: "table/rows", Run: tables},
	}
}

func unstructuredDeployment(name string) *unstructured.Unstructured {
	labels := map[string]any{"app": "sample"}
	container := map[string]any{"name": "main", "image": "registry.k8s.io/pause:3.10"}
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "apps/v1", "kind": "Deployment", "metadata": map[string]any{"name": name},
		"spec": map[string]any{
			"replicas": int64(0), "selector": map[string]any{"matchLabels": labels},
			"template": map[string]any{"metadata": map[string]any{"labels": labels}, "spec": map[string]any{"containers": []any{container}}},
		},
	}}
}

func dynamicObjects(ctx context.Context, s *session) error {
	client := s.dynamic.Resource(deployments).Namespace(s.namespace)
	made, err := client.Create(ctx, unstructuredDeployment("web"), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	if strategy, _, _ := unstructured.NestedString(made.Object, "spec", "strategy", "type"); strategy != "RollingUpdate" {
		return that(false, "defaulted strategy %q", strategy)
	}
	scale, err := client.Get(ctx, "web", metav1.GetOptions{}, "scale")
	if err != nil {
		return err
	}
	if err := expect("kind of scale", scale.GetKind(), "Scale"); err != nil {
		return err
	}
	if _, err = client.Patch(ctx, "web", types.StrategicMergePatchType, []byte(`{"spec":{"paused":true}}`), metav1.PatchOptions{}); err != nil {
		return err
	}
	list, err := client.List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	if err := that(list.GetKind() == "DeploymentList" && len(list.Items) == 1 && list.Items[0].GetKind() == "Deployment", "list %s of %d", list.GetKind(), len(list.Items)); err != nil {
		return err
	}
	if err := client.Delete(ctx, "web", metav1.DeleteOptions{}); err != nil {
		return err
	}
	_, err = client.Get(ctx, "web", metav1.GetOptions{})
	return refused("what was deleted", err, apierrors.IsNotFound)
}

func metadataObjects(ctx context.Context, s *session) error {
	typed := s.proto.CoreV1().ConfigMaps(s.namespace)
	client := s.metadata.Resource(configMaps).Namespace(s.namespace)
	list, err := client.List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	events, err := client.Watch(ctx, metav1.ListOptions{ResourceVersion: list.ResourceVersion})
	if err != nil {
		return err
	}
	defer events.Stop()
	if _, err = typed.Create(ctx, configMap("seen", map[string]string{"a": "1"}), metav1.CreateOptions{}); err != nil {
		return err
	}
	if err := sees(ctx, events, "seen", watch.Added); err != nil {
		return err
	}
	part, err := client.Get(ctx, "seen", metav1.GetOptions{})
	if err != nil {
		return err
	}
	if err := that(part.Name == "seen" && part.UID != "", "%v", part); err != nil {
		return err
	}
	patched, err := client.Patch(ctx, "seen", types.MergePatchType, []byte(`{"metadata":{"labels":{"a":"b"}}}`), metav1.PatchOptions{})
	if err != nil {
		return err
	}
	return steps(
		func() error { return expect("label", patched.Labels["a"], "b") },
		func() error { return client.Delete(ctx, "seen", metav1.DeleteOptions{}) },
		func() error { return sees(ctx, events, "seen", watch.Modified, watch.Deleted) },
	)
}

func discoveredResources(_ context.Context, s *session) error {
	groups, err := restmapper.GetAPIGroupResources(s.plain.Discovery())
	if err != nil {
		return err
	}
	mapper := restmapper.NewDiscoveryRESTMapper(groups)
	mapping, err := mapper.RESTMapping(schema.GroupKind{Group: "apps", Kind: "Deployment"})
	if err != nil {
		return err
	}
	if err := expect("resource of Deployment", mapping.Resource, deployments); err != nil {
		return err
	}
	legacy := discovery.NewDiscoveryClient(s.plain.Discovery().RESTClient()).WithLegacy()
	_, plain, err := legacy.ServerGroupsAndResources()
	if err != nil {
		return err
	}
	_, aggregated, err := s.plain.Discovery().ServerGroupsAndResources()
	if err != nil {
		return err
	}
	return expect("group versions in both discoveries", countResources(plain), countResources(aggregated))
}

func countResources(lists []*metav1.APIResourceList) map[string]int {
	counts := map[string]int{}
	for _, list := range lists {
		counts[list.GroupVersion] = len(list.APIResources)
	}
	return counts
}

func openAPI(_ context.Context, s *session) error {
	paths, err := s.plain.Discovery().OpenAPIV3().Paths()
	if err != nil {
		return err
	}
	document, err := paths["apis/apps/v1"].Schema(jsonType)
	if err != nil {
		return err
	}
	var parsed struct {
		Components struct {
			Schemas map[string]json.RawMessage `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(document, &parsed); err != nil {
		return err
	}
	if err := that(parsed.Components.Schemas["io.k8s.api.apps.v1.Deployment"] != nil, "no Deployment in OpenAPI v3"); err != nil {
		return err
	}
	swagger, err := s.plain.Discovery().OpenAPISchema()
	if err != nil {
		return err
	}
	return that(len(swagger.Definitions.AdditionalProperties) > 300, "%d definitions in OpenAPI v2", len(swagger.Definitions.AdditionalProperties))
}

func serverVersion(_ context.Context, s *session) error {
	version, err := s.plain.Discovery().ServerVersion()
	if err != nil {
		return err
	}
	return that(version.Major == "1" && version.GitVersion != "", "%v", version)
}

func tables(ctx context.Context, s *session) error {
	if _, err := s.proto.CoreV1().ConfigMaps(s.namespace).Create(ctx, configMap("row", map[string]string{"a": "1"}), metav1.CreateOptions{}); err != nil {
		return err
	}
	table := &metav1.Table{}
	raw, err := s.plain.CoreV1().RESTClient().Get().Namespace(s.namespace).Resource("configmaps").SetHeader("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io").Param("fieldSelector", "metadata.name=row").Do(ctx).Raw()
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, table); err != nil {
		return err
	}
	return that(len(table.Rows) == 1 && table.Rows[0].Cells[0] == "row" && table.ColumnDefinitions[0].Name == "Name", "%s", raw)
}
