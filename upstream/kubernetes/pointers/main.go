// Prints, by struct of the Kubernetes API, the fields that are pointers in Go.
package main

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/client/clientset/clientset/scheme"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	aggregator "k8s.io/kube-aggregator/pkg/client/clientset_generated/clientset/scheme"
)

var pointers = map[string][]string{}

func main() {
	for _, types := range []*runtime.Scheme{scheme.Scheme, apiextensions.Scheme, aggregator.Scheme} {
		for kind, of := range types.AllKnownTypes() {
			if kind.Version != runtime.APIVersionInternal {
				walk(of)
			}
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(pointers); err != nil {
		panic(err)
	}
}

func walk(of reflect.Type) {
	switch of.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		walk(of.Elem())
	case reflect.Struct:
		name := nameOf(of)
		if _, done := pointers[name]; done || name == "" {
			return
		}
		pointers[name] = []string{} // before its fields are walked: structs contain themselves
		found := pointersOf(of)
		slices.Sort(found)
		pointers[name] = found
	}
}

// k8s.io/api/core/v1.Container is core.v1.Container.
func nameOf(of reflect.Type) string {
	parts := strings.Split(of.PkgPath(), "/")
	if len(parts) < 2 {
		return ""
	}
	return strings.Join(append(parts[len(parts)-2:], of.Name()), ".")
}

func pointersOf(of reflect.Type) []string {
	found := []string{}
	for i := range of.NumField() {
		field := of.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case field.Anonymous && name == "": // its fields stand among the others
			inline := field.Type
			if inline.Kind() == reflect.Pointer {
				inline = inline.Elem()
			}
			if inline.Kind() == reflect.Struct {
				found = append(found, pointersOf(inline)...)
			}
		case field.IsExported() && name != "-":
			if field.Type.Kind() == reflect.Pointer {
				found = append(found, name)
			}
			walk(field.Type)
		}
	}
	return found
}
