// The validation of Istio itself, as its webhook and istiod run it. Reads one JSON object a line: an object of its API. Answers each with a
// line: a list of what it has against it; with the argument `warnings` of what it warns of: the kind of the warning and its parameters.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"github.com/hashicorp/go-multierror"
	"google.golang.org/protobuf/proto"
	networking "istio.io/api/networking/v1alpha3"
	security "istio.io/api/security/v1beta1"
	"istio.io/istio/pkg/config"
	"istio.io/istio/pkg/config/validation"
	"istio.io/istio/pkg/util/protomarshal"
)

type kind struct {
	spec     func() proto.Message
	validate validation.ValidateFunc
}

var kinds = map[string]kind{
	"VirtualService":      {func() proto.Message { return &networking.VirtualService{} }, validation.ValidateVirtualService},
	"DestinationRule":     {func() proto.Message { return &networking.DestinationRule{} }, validation.ValidateDestinationRule},
	"Gateway":             {func() proto.Message { return &networking.Gateway{} }, validation.ValidateGateway},
	"AuthorizationPolicy": {func() proto.Message { return &security.AuthorizationPolicy{} }, validation.ValidateAuthorizationPolicy},
	"PeerAuthentication":  {func() proto.Message { return &security.PeerAuthentication{} }, validation.ValidatePeerAuthentication},
}

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	answers := json.NewEncoder(out)
	for questions := json.NewDecoder(bufio.NewReaderSize(os.Stdin, 1<<20)); questions.More(); {
		var object struct {
			Kind     string
			Metadata struct{ Name, Namespace string }
			Spec     json.RawMessage
		}
		must(questions.Decode(&object))
		known := kinds[object.Kind]
		spec := known.spec()
		if err := protomarshal.ApplyJSON(string(object.Spec), spec); err != nil {
			must(answers.Encode([]string{"unreadable: " + err.Error()}))
			continue
		}
		meta := config.Meta{Name: object.Metadata.Name, Namespace: object.Metadata.Namespace}
		warned, err := known.validate(config.Config{Meta: meta, Spec: spec})
		if len(os.Args) > 1 && os.Args[1] == "warnings" {
			must(answers.Encode(warnings(warned)))
			continue
		}
		problems := []string{}
		if err != nil {
			problems = append(problems, fmt.Sprint(err))
		}
		must(answers.Encode(problems))
	}
}

func warnings(warned error) [][]string {
	said := [][]string{}
	all := []error{warned}
	if several, is := warned.(*multierror.Error); is {
		all = several.WrappedErrors()
	}
	for _, one := range all {
		aware, is := one.(*validation.AnalysisAwareError)
		if !is {
			continue
		}
		words := []string{aware.Type}
		for _, parameter := range aware.Parameters {
			words = append(words, fmt.Sprint(parameter))
		}
		said = append(said, words)
	}
	return said
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
