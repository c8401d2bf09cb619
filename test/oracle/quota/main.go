// The admission of LimitRanges and ResourceQuotas itself, and the count of the controller of quotas. Reads lines {"minor": 35, "now": …,
// "ranges": […], "quotas": […], "existing": [objects], "asked": [objects]} and answers each with what every quota counts of the existing objects,
// then what is said of each object that is asked for, one after the other, empty where it is admitted; or with what the API server refuses at once.
// What comes in the order of a map of Go, and so differs from one answer of a server to the next, is sorted.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"
	"time"

	apps "k8s.io/api/apps/v1"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utilerrors "k8s.io/apimachinery/pkg/util/errors"
	"k8s.io/apimachinery/pkg/util/version"
	"k8s.io/apiserver/pkg/admission"
	admissionquota "k8s.io/apiserver/pkg/admission/plugin/resourcequota"
	quota "k8s.io/apiserver/pkg/quota/v1"
	"k8s.io/apiserver/pkg/quota/v1/generic"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/client-go/tools/cache"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	api "k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	"k8s.io/kubernetes/pkg/apis/core/validation"
	"k8s.io/kubernetes/pkg/quota/v1/evaluator/core"
	registry "k8s.io/kubernetes/pkg/registry/core/pod"
	"k8s.io/kubernetes/plugin/pkg/admission/limitranger"
	testclock "k8s.io/utils/clock/testing"
)

type question struct {
	Minor    int                 `json:"minor"`
	Now      time.Time           `json:"now"`
	Ranges   []*v1.LimitRange    `json:"ranges"`
	Quotas   []*v1.ResourceQuota `json:"quotas"`
	Existing []json.RawMessage   `json:"existing"`
	Asked    []json.RawMessage   `json:"asked"`
}

type answer struct {
	Refused string              `json:"refused,omitempty"`
	Used    []map[string]string `json:"used,omitempty"`
	Said    []string            `json:"said,omitempty"`
	After   []map[string]string `json:"after,omitempty"`
}

// An object in the version that people write and in the one that admission sees.
type object struct {
	resource string
	external runtime.Object
	internal runtime.Object
}

var kinds = map[string]struct {
	resource string
	made     func() runtime.Object
	internal func() runtime.Object
}{
	"Pod":                   {"pods", func() runtime.Object { return &v1.Pod{} }, func() runtime.Object { return &api.Pod{} }},
	"Service":               {"services", func() runtime.Object { return &v1.Service{} }, func() runtime.Object { return &api.Service{} }},
	"PersistentVolumeClaim": {"persistentvolumeclaims", func() runtime.Object { return &v1.PersistentVolumeClaim{} }, func() runtime.Object { return &api.PersistentVolumeClaim{} }},
	"ConfigMap":             {"configmaps", func() runtime.Object { return &v1.ConfigMap{} }, nil},
	"Secret":                {"secrets", func() runtime.Object { return &v1.Secret{} }, nil},
	"Deployment":            {"deployments.apps", func() runtime.Object { return &apps.Deployment{} }, nil},
}

func main() {
	// Each change of the emulated version is told for each gate.
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
	in, out := bufio.NewReaderSize(os.Stdin, 1<<20), bufio.NewWriter(os.Stdout)
	defer out.Flush()
	answers := json.NewEncoder(out)
	answers.SetEscapeHTML(false)
	for questions := json.NewDecoder(in); questions.More(); {
		var q question
		must(questions.Decode(&q))
		must(answers.Encode(ask(q)))
	}
}

func ask(q question) answer {
	must(utilfeature.DefaultMutableFeatureGate.SetEmulationVersion(version.MajorMinor(1, uint(q.Minor))))
	for _, limits := range q.Ranges {
		internal := &api.LimitRange{}
		legacyscheme.Scheme.Default(limits)
		must(legacyscheme.Scheme.Convert(limits, internal, nil))
		if errs := validation.ValidateLimitRange(internal); len(errs) > 0 {
			return answer{Refused: errs.ToAggregate().Error()}
		}
	}
	for _, each := range q.Quotas {
		internal := &api.ResourceQuota{}
		legacyscheme.Scheme.Default(each)
		must(legacyscheme.Scheme.Convert(each, internal, nil))
		if errs := validation.ValidateResourceQuota(internal); len(errs) > 0 {
			return answer{Refused: errs.ToAggregate().Error()}
		}
	}
	stored := map[schema.GroupResource]inTurn{}
	for i, raw := range q.Existing {
		each, refused := read(raw)
		if refused != "" {
			return answer{Refused: fmt.Sprintf("existing %d: %s", i, refused)}
		}
		// What the API server and the kubelet have written since it was created.
		var written struct {
			Metadata struct {
				DeletionTimestamp          *metav1.Time `json:"deletionTimestamp"`
				DeletionGracePeriodSeconds *int64       `json:"deletionGracePeriodSeconds"`
			} `json:"metadata"`
			Status struct {
				Phase v1.PodPhase `json:"phase"`
			} `json:"status"`
		}
		must(json.Unmarshal(raw, &written))
		if pod, ok := each.external.(*v1.Pod); ok {
			pod.DeletionTimestamp, pod.DeletionGracePeriodSeconds = written.Metadata.DeletionTimestamp, written.Metadata.DeletionGracePeriodSeconds
			pod.Status.Phase = written.Status.Phase
		}
		gr := schema.ParseGroupResource(each.resource)
		stored[gr] = append(stored[gr], each.external)
	}
	evaluators := generic.NewRegistry(evaluatorsFor(q.Now, stored))
	said := answer{}
	quotas := []v1.ResourceQuota{}
	for _, each := range q.Quotas {
		used, err := quota.CalculateUsage("shop", each.Spec.Scopes, each.Spec.Hard, evaluators, each.Spec.ScopeSelector)
		must(err)
		each.Status = v1.ResourceQuotaStatus{Hard: each.Spec.Hard, Used: used}
		said.Used = append(said.Used, texts(used))
		quotas = append(quotas, *each)
	}
	for i, raw := range q.Asked {
		words, after, refused := admit(raw, q.Ranges, quotas, evaluators)
		if refused != "" {
			return answer{Refused: fmt.Sprintf("asked %d: %s", i, refused)}
		}
		said.Said = append(said.Said, words)
		quotas = after
	}
	for _, each := range quotas {
		said.After = append(said.After, texts(each.Status.Used))
	}
	return said
}

// As a request goes through the server: defaults, LimitRanges fill in, validation, LimitRanges judge, quotas judge.
func admit(raw json.RawMessage, ranges []*v1.LimitRange, quotas []v1.ResourceQuota, evaluators quota.Registry) (string, []v1.ResourceQuota, string) {
	made, refused := decoded(raw)
	if refused != "" {
		return "", nil, refused
	}
	if pod, ok := made.internal.(*api.Pod); ok {
		for _, limits := range ranges {
			must(limitranger.PodMutateLimitFunc(limits, pod))
		}
	}
	if refused := validated(made); refused != "" {
		return "", nil, refused
	}
	gr := schema.ParseGroupResource(made.resource)
	subject := made.internal
	if subject == nil {
		subject = made.external
	}
	name := made.external.(metav1.Object).GetName()
	attributes := admission.NewAttributesRecord(subject, nil, schema.GroupVersionKind{}, "shop", name,
		schema.GroupVersionResource{Group: gr.Group, Version: "v1", Resource: gr.Resource}, "", admission.Create, &metav1.CreateOptions{}, false, nil)
	for _, limits := range ranges {
		var err error
		switch typed := subject.(type) {
		case *api.Pod:
			err = limitranger.PodValidateLimitFunc(limits, typed)
		case *api.PersistentVolumeClaim:
			err = limitranger.PersistentVolumeClaimValidateLimitFunc(limits, typed)
		}
		if err != nil {
			return admission.NewForbidden(attributes, inOrder(err)).Error(), quotas, ""
		}
	}
	after, err := admissionquota.CheckRequest(quotas, attributes, evaluators.Get(gr), nil)
	if err != nil {
		return err.Error(), quotas, ""
	}
	return "", after, ""
}

// The errors of maps of Go, sorted.
func inOrder(err error) error {
	all := err.(utilerrors.Aggregate).Errors()
	sort.Slice(all, func(i, j int) bool { return all[i].Error() < all[j].Error() })
	return utilerrors.NewAggregate(all)
}

func read(raw json.RawMessage) (object, string) {
	made, refused := decoded(raw)
	if refused == "" {
		refused = validated(made)
	}
	if refused == "" && made.internal != nil {
		must(legacyscheme.Scheme.Convert(made.internal, made.external, nil))
	}
	return made, refused
}

func decoded(raw json.RawMessage) (object, string) {
	var head metav1.TypeMeta
	must(json.Unmarshal(raw, &head))
	kind, ok := kinds[head.Kind]
	if !ok {
		return object{}, "unknown kind " + head.Kind
	}
	made := object{resource: kind.resource, external: kind.made()}
	if err := json.Unmarshal(raw, made.external); err != nil {
		return object{}, err.Error()
	}
	legacyscheme.Scheme.Default(made.external)
	if kind.internal != nil {
		made.internal = kind.internal()
		must(legacyscheme.Scheme.Convert(made.external, made.internal, nil))
	}
	return made, ""
}

func validated(made object) string {
	switch typed := made.internal.(type) {
	case *api.Pod:
		typed.DeletionTimestamp, typed.DeletionGracePeriodSeconds, typed.Status = nil, nil, api.PodStatus{}
		registry.Strategy.PrepareForCreate(context.Background(), typed)
		if errs := registry.Strategy.Validate(context.Background(), typed); len(errs) > 0 {
			return errs.ToAggregate().Error()
		}
	case *api.PersistentVolumeClaim:
		if errs := validation.ValidatePersistentVolumeClaim(typed, validation.ValidationOptionsForPersistentVolumeClaimCreate()); len(errs) > 0 {
			return errs.ToAggregate().Error()
		}
	case *api.Service:
		if errs := validation.ValidateServiceCreate(typed); len(errs) > 0 {
			return errs.ToAggregate().Error()
		}
	}
	return ""
}

// The objects of the namespace in their order: a cache lists them in that of a map, which decides in which form a sum is told.
type inTurn []runtime.Object

func (all inTurn) List(labels.Selector) ([]runtime.Object, error)  { return all, nil }
func (all inTurn) Get(string) (runtime.Object, error)              { panic("not asked") }
func (all inTurn) ByNamespace(string) cache.GenericNamespaceLister { return all }

func evaluatorsFor(now time.Time, stored map[schema.GroupResource]inTurn) []quota.Evaluator {
	lister := func(gvr schema.GroupVersionResource) (cache.GenericLister, error) {
		return stored[gvr.GroupResource()], nil
	}
	all := []quota.Evaluator{
		core.NewPodEvaluator(lister, testclock.NewFakeClock(now)),
		core.NewServiceEvaluator(lister),
		core.NewPersistentVolumeClaimEvaluator(lister),
	}
	for resource, alias := range map[string]v1.ResourceName{"configmaps": v1.ResourceConfigMaps, "secrets": v1.ResourceSecrets, "deployments.apps": ""} {
		gr := schema.ParseGroupResource(resource)
		all = append(all, generic.NewObjectCountEvaluator(gr, generic.ListResourceUsingListerFunc(lister, gr.WithVersion("v1")), alias))
	}
	return all
}

func texts(list v1.ResourceList) map[string]string {
	written := map[string]string{}
	for name, amount := range list {
		written[string(name)] = amount.String()
	}
	return written
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, strings.TrimSpace(err.Error()))
		panic(err)
	}
}
