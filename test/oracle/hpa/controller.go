package main

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"
	"unsafe"

	autoscalingv1 "k8s.io/api/autoscaling/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/fake"
	typedv2 "k8s.io/client-go/kubernetes/typed/autoscaling/v2"
	listersv2 "k8s.io/client-go/listers/autoscaling/v2"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/scale"
	"k8s.io/client-go/tools/cache"
	"k8s.io/kubernetes/pkg/controller/podautoscaler"
	metricsclient "k8s.io/kubernetes/pkg/controller/podautoscaler/metrics"
	customapi "k8s.io/metrics/pkg/apis/custom_metrics/v1beta2"
	externalapi "k8s.io/metrics/pkg/apis/external_metrics/v1beta1"
	metricsapi "k8s.io/metrics/pkg/apis/metrics/v1beta1"
	resourceclient "k8s.io/metrics/pkg/client/clientset/versioned/typed/metrics/v1beta1"
	customclient "k8s.io/metrics/pkg/client/custom_metrics"
	externalclient "k8s.io/metrics/pkg/client/external_metrics"
)

// What the controller asks, and what it is told.
type clients struct {
	hpas    map[string]*autoscalingv2.HorizontalPodAutoscaler
	pods    []*v1.Pod
	round   *round
	begin   time.Time
	scale   *autoscalingv1.Scale
	updated bool
	reason  string
	byName  map[string]int
}

type controllerAndClients struct {
	*clients
	controller *podautoscaler.HorizontalController
}

//go:linkname reconcileKey k8s.io/kubernetes/pkg/controller/podautoscaler.(*HorizontalController).reconcileKey
func reconcileKey(a *podautoscaler.HorizontalController, ctx context.Context, key string) (bool, error)

//go:linkname enqueueHPA k8s.io/kubernetes/pkg/controller/podautoscaler.(*HorizontalController).enqueueHPA
func enqueueHPA(a *podautoscaler.HorizontalController, obj interface{})

// The defaults of kube-controller-manager.
const (
	syncPeriod   = 15 * time.Second
	downWindow   = 5 * time.Minute
	cpuPeriod    = 5 * time.Minute
	readyDelay   = 30 * time.Second
	theTolerance = 0.1
)

func newController(ctx context.Context) *controllerAndClients {
	c := &clients{hpas: map[string]*autoscalingv2.HorizontalPodAutoscaler{}}
	mapper := meta.NewDefaultRESTMapper([]schema.GroupVersion{{Group: "apps", Version: "v1"}})
	mapper.Add(schema.GroupVersionKind{Group: "apps", Version: "v1", Kind: "Deployment"}, meta.RESTScopeNamespace)
	given := map[reflect.Type]reflect.Value{}
	add := func(pointer any, value any) { given[reflect.TypeOf(pointer).Elem()] = reflect.ValueOf(value) }
	add((*context.Context)(nil), ctx)
	add((*scale.ScalesGetter)(nil), scales{clients: c})
	add((*typedv2.HorizontalPodAutoscalersGetter)(nil), hpaClient{clients: c})
	add((*meta.RESTMapper)(nil), mapper)
	add((*metricsclient.MetricsClient)(nil), metricsclient.NewRESTMetricsClient(podMetricses{c}, custom{c}, external{c}))
	// 1.28 and 1.29 ask whether the metrics of containers are on: they are by default.
	given[reflect.TypeOf(true)] = reflect.ValueOf(true)
	durations := []any{syncPeriod, downWindow, theTolerance, cpuPeriod, readyDelay}

	// The parameters are told by their types, as versions differ in them.
	create := reflect.ValueOf(podautoscaler.NewHorizontalController)
	var arguments []reflect.Value
	for i := range create.Type().NumIn() {
		parameter := create.Type().In(i)
		switch value, known := given[parameter]; {
		case known:
			arguments = append(arguments, value)
		case strings.HasSuffix(parameter.String(), "EventsGetter"):
			arguments = append(arguments, reflect.ValueOf(fake.NewSimpleClientset().CoreV1()))
		case strings.HasSuffix(parameter.String(), "HorizontalPodAutoscalerInformer"):
			arguments = append(arguments, reflect.ValueOf(hpaInformer{c}))
		case strings.HasSuffix(parameter.String(), "PodInformer"):
			arguments = append(arguments, reflect.ValueOf(podInformer{c}))
		default:
			arguments = append(arguments, reflect.ValueOf(durations[0]))
			durations = durations[1:]
		}
	}
	controller := create.Call(arguments)[0].Interface().(*podautoscaler.HorizontalController)
	// The recorder of events leaves out what is too many: ours is told all.
	private(controller, "eventRecorder").Set(reflect.ValueOf(recorder{c}))
	return &controllerAndClients{c, controller}
}

// A field that is not exported.
func private(of any, name string) reflect.Value {
	field := reflect.ValueOf(of).Elem().FieldByName(name)
	return reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem()
}

// What the controller keeps between rounds.
func (c *controllerAndClients) state(key string) *state {
	at := func(v reflect.Value) int64 {
		return (*(*time.Time)(unsafe.Pointer(v.FieldByName("timestamp").UnsafeAddr()))).Sub(c.begin).Milliseconds()
	}
	each := func(name string, do func(reflect.Value)) {
		entries := private(c.controller, name).MapIndex(reflect.ValueOf(key))
		for i := 0; entries.IsValid() && i < entries.Len(); i++ {
			do(entries.Index(i))
		}
	}
	events := func(name string) [][3]int64 {
		all := [][3]int64{}
		each(name, func(v reflect.Value) {
			outdated := int64(0)
			if v.FieldByName("outdated").Bool() {
				outdated = 1
			}
			all = append(all, [3]int64{v.FieldByName("replicaChange").Int(), at(v), outdated})
		})
		return all
	}
	found := &state{Recommendations: [][2]int64{}, Ups: events("scaleUpEvents"), Downs: events("scaleDownEvents")}
	each("recommendations", func(v reflect.Value) {
		found.Recommendations = append(found.Recommendations, [2]int64{v.FieldByName("recommendation").Int(), at(v)})
	})
	return found
}

func (c *clients) when(milliseconds int64) metav1.Time {
	return metav1.NewTime(c.begin.Add(time.Duration(milliseconds) * time.Millisecond))
}

type recorder struct{ *clients }

func (r recorder) Event(_ runtime.Object, _, reason, message string) {
	if _, why, found := strings.Cut(message, "reason: "); found && reason == "SuccessfulRescale" {
		r.clients.reason = why
	}
}
func (r recorder) Eventf(o runtime.Object, kind, reason, message string, args ...interface{}) {
	r.Event(o, kind, reason, fmt.Sprintf(message, args...))
}
func (r recorder) AnnotatedEventf(o runtime.Object, _ map[string]string, kind, reason, message string, args ...interface{}) {
	r.Eventf(o, kind, reason, message, args...)
}

type hpaInformer struct{ *clients }

func (i hpaInformer) Informer() cache.SharedIndexInformer {
	return cache.NewSharedIndexInformer(&cache.ListWatch{}, &autoscalingv2.HorizontalPodAutoscaler{}, 0, cache.Indexers{})
}
func (i hpaInformer) Lister() listersv2.HorizontalPodAutoscalerLister {
	return hpaLister{clients: i.clients}
}

type hpaLister struct {
	listersv2.HorizontalPodAutoscalerLister
	*clients
}

func (l hpaLister) HorizontalPodAutoscalers(namespace string) listersv2.HorizontalPodAutoscalerNamespaceLister {
	return hpasIn{clients: l.clients, namespace: namespace}
}

type hpasIn struct {
	listersv2.HorizontalPodAutoscalerNamespaceLister
	*clients
	namespace string
}

func (l hpasIn) Get(name string) (*autoscalingv2.HorizontalPodAutoscaler, error) {
	if hpa, found := l.hpas[l.namespace+"/"+name]; found {
		return hpa, nil
	}
	return nil, apierrors.NewNotFound(schema.GroupResource{Resource: "horizontalpodautoscalers"}, name)
}

type podInformer struct{ *clients }

func (i podInformer) Informer() cache.SharedIndexInformer {
	return cache.NewSharedIndexInformer(&cache.ListWatch{}, &v1.Pod{}, 0, cache.Indexers{})
}
func (i podInformer) Lister() corelisters.PodLister { return podLister{clients: i.clients} }

// The pods in one order, so that it is always the same one that is told about.
type podLister struct {
	corelisters.PodLister
	corelisters.PodNamespaceLister
	*clients
}

func (l podLister) Pods(string) corelisters.PodNamespaceLister { return l }
func (l podLister) List(labels.Selector) ([]*v1.Pod, error)    { return l.pods, nil }

type hpaClient struct {
	typedv2.HorizontalPodAutoscalerInterface
	*clients
}

func (h hpaClient) HorizontalPodAutoscalers(string) typedv2.HorizontalPodAutoscalerInterface {
	return h
}
func (h hpaClient) UpdateStatus(_ context.Context, hpa *autoscalingv2.HorizontalPodAutoscaler, _ metav1.UpdateOptions) (*autoscalingv2.HorizontalPodAutoscaler, error) {
	// The spec stays: only the status is written.
	kept := h.hpas[hpa.Namespace+"/"+hpa.Name].DeepCopy()
	kept.Status = *hpa.Status.DeepCopy()
	h.hpas[hpa.Namespace+"/"+hpa.Name] = kept
	return kept, nil
}

type scales struct {
	scale.ScaleInterface
	*clients
}

func (s scales) Scales(string) scale.ScaleInterface { return s }
func (s scales) Get(context.Context, schema.GroupResource, string, metav1.GetOptions) (*autoscalingv1.Scale, error) {
	if s.round.NoScale != "" {
		return nil, errors.New(s.round.NoScale)
	}
	return s.clients.scale.DeepCopy(), nil
}
func (s scales) Update(_ context.Context, _ schema.GroupResource, to *autoscalingv1.Scale, _ metav1.UpdateOptions) (*autoscalingv1.Scale, error) {
	if s.round.Refused != "" {
		return nil, errors.New(s.round.Refused)
	}
	s.clients.scale = to.DeepCopy()
	return to, nil
}

type podMetricses struct{ *clients }

func (p podMetricses) PodMetricses(namespace string) resourceclient.PodMetricsInterface {
	return podMetrics{clients: p.clients, namespace: namespace}
}

type podMetrics struct {
	resourceclient.PodMetricsInterface
	*clients
	namespace string
}

func (p podMetrics) List(context.Context, metav1.ListOptions) (*metricsapi.PodMetricsList, error) {
	if p.round.UsageErr != "" {
		return nil, errors.New(p.round.UsageErr)
	}
	all := &metricsapi.PodMetricsList{}
	for _, u := range p.round.Usage {
		item := metricsapi.PodMetrics{
			ObjectMeta: metav1.ObjectMeta{Name: u.Pod, Namespace: p.namespace},
			Timestamp:  p.when(u.At),
			Window:     metav1.Duration{Duration: time.Duration(u.Window) * time.Millisecond},
		}
		for _, c := range u.Containers {
			used := v1.ResourceList{}
			for name, amount := range c.Used {
				used[v1.ResourceName(name)] = *resource.NewMilliQuantity(amount, resource.DecimalSI)
			}
			item.Containers = append(item.Containers, metricsapi.ContainerMetrics{Name: c.Name, Usage: used})
		}
		all.Items = append(all.Items, item)
	}
	return all, nil
}

type custom struct{ *clients }

func (c custom) RootScopedMetrics() customclient.MetricsInterface       { return c }
func (c custom) NamespacedMetrics(string) customclient.MetricsInterface { return c }
func (c custom) answer(metric string) (*reading, error) {
	found := c.round.Readings[c.byName[metric]]
	if found.Err != "" {
		return nil, errors.New(found.Err)
	}
	return found, nil
}
func (c custom) GetForObject(_ schema.GroupKind, _, metric string, _ labels.Selector) (*customapi.MetricValue, error) {
	found, err := c.answer(metric)
	if err != nil {
		return nil, err
	}
	return &customapi.MetricValue{Value: *resource.NewMilliQuantity(*found.Value, resource.DecimalSI)}, nil
}
func (c custom) GetForObjects(_ schema.GroupKind, _ labels.Selector, metric string, _ labels.Selector) (*customapi.MetricValueList, error) {
	found, err := c.answer(metric)
	if err != nil {
		return nil, err
	}
	all := &customapi.MetricValueList{}
	for _, p := range found.Pods {
		item := customapi.MetricValue{
			DescribedObject: v1.ObjectReference{Name: p.Pod},
			Timestamp:       c.when(p.At),
			Value:           *resource.NewMilliQuantity(p.Value, resource.DecimalSI),
		}
		if p.Window != nil {
			seconds := *p.Window / 1000
			item.WindowSeconds = &seconds
		}
		all.Items = append(all.Items, item)
	}
	return all, nil
}

type external struct{ *clients }

func (e external) NamespacedMetrics(string) externalclient.MetricsInterface { return e }
func (e external) List(metric string, _ labels.Selector) (*externalapi.ExternalMetricValueList, error) {
	found, err := custom(e).answer(metric)
	if err != nil {
		return nil, err
	}
	all := &externalapi.ExternalMetricValueList{}
	for _, value := range found.Values {
		all.Items = append(all.Items, externalapi.ExternalMetricValue{Value: *resource.NewMilliQuantity(value, resource.DecimalSI)})
	}
	return all, nil
}
