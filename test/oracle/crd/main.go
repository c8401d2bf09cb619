// The API server's own validation of CustomResourceDefinitions and of their objects. Reads lines {"definition": …, "objects": […]} and
// answers each with {"refused": [field: message, …], "objects": [[…], …]}: the objects of the first served version, with what the server
// drops or refuses of each; null where the definition is refused.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/install"
	v1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	servervalidation "k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/runtime"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
)

type question struct {
	Definition json.RawMessage   `json:"definition"`
	Objects    []json.RawMessage `json:"objects"`
}

type answer struct {
	Refused []string   `json:"refused"`
	Objects [][]string `json:"objects"`
}

func main() {
	scheme := runtime.NewScheme()
	install.Install(scheme)
	in, out := bufio.NewReaderSize(os.Stdin, 1<<20), bufio.NewWriter(os.Stdout)
	defer out.Flush()
	answers := json.NewEncoder(out)
	for questions := json.NewDecoder(in); questions.More(); {
		var q question
		must(questions.Decode(&q))
		must(answers.Encode(ask(scheme, q)))
	}
}

func ask(scheme *runtime.Scheme, q question) (result answer) {
	// Some definitions make the validation itself fail: the server answers with an internal error.
	defer func() {
		if failure := recover(); failure != nil {
			result = answer{Refused: []string{"panic"}}
		}
	}()
	external := &v1.CustomResourceDefinition{}
	strict := json.NewDecoder(bytes.NewReader(q.Definition))
	if err := strict.Decode(external); err != nil {
		return answer{Refused: []string{"decode: " + err.Error()}}
	}
	scheme.Default(external)
	definition := &apiextensions.CustomResourceDefinition{}
	if err := scheme.Convert(external, definition, nil); err != nil {
		return answer{Refused: []string{"convert: " + err.Error()}}
	}
	// What the registry does before it validates.
	definition.Generation = 1
	definition.Status = apiextensions.CustomResourceDefinitionStatus{}
	for _, version := range definition.Spec.Versions {
		if version.Storage {
			definition.Status.StoredVersions = []string{version.Name}
		}
	}
	if errs := validation.ValidateCustomResourceDefinition(context.Background(), definition); len(errs) > 0 {
		return answer{Refused: texts(errs)}
	}
	result = answer{Refused: []string{}, Objects: [][]string{}}
	if len(q.Objects) == 0 {
		return result
	}
	props, err := apiextensions.GetSchemaForVersion(definition, definition.Spec.Versions[0].Name)
	must(err)
	structural, err := schema.NewStructural(props.OpenAPIV3Schema)
	must(err)
	validator, _, err := servervalidation.NewSchemaValidator(props.OpenAPIV3Schema)
	must(err)
	rules := cel.NewValidator(structural, true, celconfig.PerCallLimit)
	for _, raw := range q.Objects {
		result.Objects = append(result.Objects, judge(raw, structural, validator, rules))
	}
	return result
}

func judge(raw json.RawMessage, structural *schema.Structural, validator servervalidation.SchemaValidator, rules *cel.Validator) []string {
	var object map[string]interface{}
	if err := utiljson.Unmarshal(raw, &object); err != nil {
		return []string{"decode: " + err.Error()}
	}
	said := []string{}
	for _, unknown := range pruning.PruneWithOptions(object, structural, true, schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}) {
		said = append(said, unknown+": unknown field")
	}
	defaulting.PruneNonNullableNullsWithoutDefaults(object, structural)
	defaulting.Default(object, structural)
	errs := servervalidation.ValidateCustomResource(nil, object, validator)
	errs = append(errs, listtype.ValidateListSetsAndMaps(nil, structural, object)...)
	if rules != nil && !blocked(errs) {
		found, _ := rules.Validate(context.Background(), nil, structural, object, nil, celconfig.RuntimeCELCostBudget)
		errs = append(errs, found...)
	}
	return append(said, texts(errs)...)
}

// The errors after which the server leaves the rules alone.
func blocked(errs field.ErrorList) bool {
	for _, err := range errs {
		switch err.Type {
		case field.ErrorTypeRequired, field.ErrorTypeTooLong, field.ErrorTypeTooMany, field.ErrorTypeTypeInvalid:
			return true
		}
	}
	return false
}

func texts(errs field.ErrorList) []string {
	all := []string{}
	for _, err := range errs {
		all = append(all, err.Field+": "+err.ErrorBody())
	}
	return all
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
