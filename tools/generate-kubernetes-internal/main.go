// Program main prints how Go writes the types in which kube-apiserver holds objects when it puts them into messages: a JSON object of
// types, each a list of fields in Go's order. See main.ts for the grammar.
package main

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	flowcontrolv1 "k8s.io/api/flowcontrol/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/kubernetes/pkg/apis/apps"
	"k8s.io/kubernetes/pkg/apis/batch"
	"k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/kubernetes/pkg/apis/flowcontrol"
	"k8s.io/kubernetes/pkg/apis/networking"
	"k8s.io/kubernetes/pkg/apis/rbac"
	"k8s.io/kubernetes/pkg/apis/storage"
)

// Internal types that messages show, each with the type of the stored version.
var roots = [][2]any{
	{core.PodTemplateSpec{}, corev1.PodTemplateSpec{}},
	{core.PersistentVolumeClaimSpec{}, corev1.PersistentVolumeClaimSpec{}},
	{core.PersistentVolumeClaimTemplate{}, corev1.PersistentVolumeClaimTemplate{}},
	{core.PersistentVolumeSource{}, corev1.PersistentVolumeSource{}},
	{core.VolumeNodeAffinity{}, corev1.VolumeNodeAffinity{}},
	{apps.DeploymentStrategy{}, appsv1.DeploymentStrategy{}},
	{apps.DaemonSetUpdateStrategy{}, appsv1.DaemonSetUpdateStrategy{}},
	{apps.StatefulSetUpdateStrategy{}, appsv1.StatefulSetUpdateStrategy{}},
	{batch.PodFailurePolicy{}, batchv1.PodFailurePolicy{}},
	{batch.SuccessPolicy{}, batchv1.SuccessPolicy{}},
	{core.ServicePort{}, corev1.ServicePort{}},
	{core.Taint{}, corev1.Taint{}},
	{core.ScopeSelector{}, corev1.ScopeSelector{}},
	{flowcontrol.FlowDistinguisherMethod{}, flowcontrolv1.FlowDistinguisherMethod{}},
	{flowcontrol.PriorityLevelConfigurationSpec{}, flowcontrolv1.PriorityLevelConfigurationSpec{}},
	{networking.ParentReference{}, networkingv1.ParentReference{}},
	{rbac.RoleRef{}, rbacv1.RoleRef{}},
	{storage.CSINodeDriver{}, storagev1.CSINodeDriver{}},
	{storage.VolumeAttachmentSpec{}, storagev1.VolumeAttachmentSpec{}},
}

var types = map[string][]string{}

var marshaler = reflect.TypeFor[json.Marshaler]()

func shortName(t reflect.Type) string {
	return t.PkgPath()[strings.LastIndex(t.PkgPath(), "/")+1:] + "." + t.Name()
}

// expression writes a type as main.ts says, and sees to the structs in it.
func expression(t, stored reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return "*" + expression(t.Elem(), element(stored, reflect.Pointer))
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "null"
		}
		return "[]" + expression(t.Elem(), element(stored, reflect.Slice))
	case reflect.Map:
		return "{}" + expression(t.Elem(), element(stored, reflect.Map))
	case reflect.Struct:
		if t.Implements(marshaler) || reflect.PointerTo(t).Implements(marshaler) {
			zero, _ := json.Marshal(reflect.New(t).Interface())
			return string(zero)
		}
		walk(t, stored)
		return shortName(t)
	case reflect.String:
		return `""`
	case reflect.Bool:
		return "false"
	default:
		return "0"
	}
}

func element(t reflect.Type, kind reflect.Kind) reflect.Type {
	if t.Kind() == kind {
		return t.Elem()
	}
	return t
}

// place is where the fields of a struct are in the stored version: in a struct, behind a prefix.
type place struct {
	in     reflect.Type
	prefix string
}

func lines(t reflect.Type, at place) []string {
	var out []string
	for i := range t.NumField() {
		f := t.Field(i)
		shown, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		var stored reflect.StructField
		found := false
		if at.in.Kind() == reflect.Struct {
			stored, found = at.in.FieldByName(f.Name)
		}
		sent, _, _ := strings.Cut(stored.Tag.Get("json"), ",")
		if f.Anonymous && shown == "" {
			inner := at
			if found {
				inner.in = stored.Type
			}
			if sent != "" {
				inner.prefix += sent + "."
			}
			out = append(out, lines(f.Type, inner)...)
			continue
		}
		if !found {
			// As pods say it outside their security context.
			sent = "^" + strings.ToLower(f.Name[:1]) + f.Name[1:]
			stored.Type = f.Type
		}
		if shown == "" {
			shown = f.Name
		}
		line := shown + " " + at.prefix + sent + " " + expression(f.Type, stored.Type)
		if strings.Contains(options, "omit") {
			line += " o"
		}
		out = append(out, line)
	}
	return out
}

func walk(t, stored reflect.Type) {
	if _, done := types[shortName(t)]; done {
		return
	}
	types[shortName(t)] = nil
	types[shortName(t)] = lines(t, place{in: stored})
}

func main() {
	for _, pair := range roots {
		walk(reflect.TypeOf(pair[0]), reflect.TypeOf(pair[1]))
	}
	_ = json.NewEncoder(os.Stdout).Encode(types)
}
