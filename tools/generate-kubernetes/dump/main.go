// Command dump prints what only Go's reflection knows about the Kubernetes API types of one release: struct fields with their JSON
// and protobuf tags, Go type names (they appear in decoding errors), and which kinds a group version registers.
package main

import (
	"encoding/json"
	"os"
	"reflect"
	"sort"
	"strings"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/version"
	apiregistration "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
	metrics "k8s.io/metrics/pkg/apis/metrics/v1beta1"
)

type field struct {
	JSON     string `json:"json"`
	Type     string `json:"type"`
	Go       string `json:"go"`
	Inline   bool   `json:"inline,omitempty"`
	Omit     string `json:"omit,omitempty"`
	Number   string `json:"number,omitempty"`
	Wire     string `json:"wire,omitempty"`
	Strategy string `json:"strategy,omitempty"`
	MergeKey string `json:"mergeKey,omitempty"`
}

type kind struct {
	Group   string `json:"group"`
	Version string `json:"version"`
	Kind    string `json:"kind"`
	Type    string `json:"type"`
}

type marshaler interface{ Marshal() ([]byte, error) }

var (
	marshals = reflect.TypeOf((*marshaler)(nil)).Elem()
	structs  = map[string][]field{}
)

func nameOf(t reflect.Type) string { return t.PkgPath() + "." + t.Name() }

// expression describes a type: `*` pointer, `[]` list, `{}` map, `wrapped[]` a list that protobuf wraps in a message.
func expression(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return "*" + expression(t.Elem())
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "bytes"
		}
		prefix := "[]"
		if t.Name() != "" && reflect.PointerTo(t).Implements(marshals) {
			prefix = "wrapped[]"
		}
		return prefix + expression(t.Elem())
	case reflect.Map:
		return "{}" + expression(t.Elem())
	case reflect.Struct:
		visit(t)
		return nameOf(t)
	case reflect.Interface:
		return "interface"
	default:
		return t.Kind().String()
	}
}

func visit(t reflect.Type) {
	name := nameOf(t)
	if _, seen := structs[name]; seen || t.PkgPath() == "time" || t.PkgPath() == "math/big" || strings.HasPrefix(t.PkgPath(), "gopkg.in") {
		return
	}
	structs[name] = []field{}
	fields := []field{}
	for i := 0; i < t.NumField(); i++ {
		f := t.Field(i)
		if !f.IsExported() {
			continue
		}
		tag := strings.Split(f.Tag.Get("json"), ",")
		if tag[0] == "-" {
			continue
		}
		out := field{JSON: tag[0], Type: expression(f.Type), Go: f.Type.String(), Strategy: f.Tag.Get("patchStrategy"), MergeKey: f.Tag.Get("patchMergeKey")}
		for _, option := range tag[1:] {
			switch option {
			case "inline":
				out.Inline = true
			case "omitempty", "omitzero":
				out.Omit += option + " "
			}
		}
		if f.Anonymous && tag[0] == "" {
			out.Inline = true
		}
		if proto := strings.Split(f.Tag.Get("protobuf"), ","); len(proto) > 1 {
			out.Wire, out.Number = proto[0], proto[1]
		}
		fields = append(fields, out)
	}
	structs[name] = fields
}

func main() {
	scheme := runtime.NewScheme()
	add := append(groups(), apiextensions.AddToScheme, apiregistration.AddToScheme, metrics.AddToScheme)
	for _, register := range add {
		if err := register(scheme); err != nil {
			panic(err)
		}
	}
	v1.AddToGroupVersion(scheme, v1.SchemeGroupVersion)
	if err := v1.AddMetaToScheme(scheme); err != nil {
		panic(err)
	}
	kinds := []kind{}
	for gvk, t := range scheme.AllKnownTypes() {
		if gvk.Version == "__internal" {
			continue
		}
		expression(t)
		kinds = append(kinds, kind{gvk.Group, gvk.Version, gvk.Kind, nameOf(t)})
	}
	for _, t := range []reflect.Type{reflect.TypeOf(v1.APIGroup{}), reflect.TypeOf(v1.APIGroupList{}), reflect.TypeOf(v1.APIResourceList{}), reflect.TypeOf(v1.APIVersions{}), reflect.TypeOf(v1.Status{}), reflect.TypeOf(version.Info{})} {
		expression(t)
	}
	sort.Slice(kinds, func(i, j int) bool {
		a, b := kinds[i], kinds[j]
		return a.Group+"/"+a.Version+"/"+a.Kind < b.Group+"/"+b.Version+"/"+b.Kind
	})
	if err := json.NewEncoder(os.Stdout).Encode(map[string]any{"structs": structs, "kinds": kinds}); err != nil {
		panic(err)
	}
}
