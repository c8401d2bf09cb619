package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand"
	"sort"
	"time"

	autoscalingv1 "k8s.io/api/autoscaling/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	defaults "k8s.io/kubernetes/pkg/apis/autoscaling/v2"
	podDefaults "k8s.io/kubernetes/pkg/apis/core/v1"
)

// A cluster with one HPA: pods come, become ready, fail and go, and use what a load makes them use.
type world struct {
	writer
	minor     int
	namespace string
	manifest  object
	behaves   bool
	typed     *autoscalingv2.HorizontalPodAutoscaler
	templates []object
	raw       []json.RawMessage
	specs     []v1.PodSpec
	pods      []*pod
	made      int
	replicas  int32
	// How much the pods use of what the metrics aim at, of all of them together.
	load float64
	// How orderly this cluster is: faults are more, or fewer.
	faults float64
}

func newWorld(r *rand.Rand, minor, i int) *world {
	w := &world{writer: writer{r}, minor: minor, namespace: fmt.Sprintf("n%d", i)}
	w.manifest, w.behaves = w.hpa(i)
	w.templates = []object{w.template()}
	if w.chance(0.3) {
		w.templates = append(w.templates, w.template())
	}
	for _, template := range w.templates {
		raw, err := json.Marshal(template)
		must(err)
		var pod v1.Pod
		must(json.Unmarshal(raw, &pod.Spec))
		podDefaults.SetObjectDefaults_Pod(&pod)
		w.raw, w.specs = append(w.raw, raw), append(w.specs, pod.Spec)
	}
	w.read()
	w.replicas = int32(w.Intn(int(w.typed.Spec.MaxReplicas) + 2))
	if w.replicas == 0 && w.chance(0.7) {
		w.replicas = 1
	}
	w.load = float64(w.replicas) * (0.3 + 1.5*w.Float64())
	w.faults = pick(w.Rand, 0, 0, 0.2, 0.5, 1)
	return w
}

// The HPA as the API server has it: defaults filled in, and kept as JSON.
func (w *world) read() {
	raw, err := json.Marshal(w.manifest)
	must(err)
	for range 2 {
		hpa := &autoscalingv2.HorizontalPodAutoscaler{}
		must(json.Unmarshal(raw, hpa))
		defaults.SetObjectDefaults_HorizontalPodAutoscaler(hpa)
		for i := range hpa.Spec.Metrics {
			roundTrip(&hpa.Spec.Metrics[i])
		}
		raw, err = json.Marshal(hpa)
		must(err)
		w.typed = hpa
	}
}

// As it comes back from where it is stored.
func roundTrip(metric *autoscalingv2.MetricSpec) {
	raw, err := metric.Marshal()
	must(err)
	*metric = autoscalingv2.MetricSpec{}
	must(metric.Unmarshal(raw))
}

func (w *world) live(ctx context.Context, all *controllerAndClients, rounds int) *history {
	c := all.clients
	c.begin = time.Now()
	key := w.namespace + "/web"
	h := &history{Minor: w.minor, Templates: w.raw}
	c.hpas[key] = w.typed
	rival := w.chance(0.01)
	changed := true
	for i := range rounds {
		if i > 0 {
			time.Sleep(w.pause())
		}
		if i > 0 && w.chance(0.015) {
			changed = true
			w.bounds(w.manifest["spec"].(object), w.behaves)
			w.read()
			kept := w.typed.DeepCopy()
			kept.Status = c.hpas[key].Status
			c.hpas[key] = kept
		}
		now := time.Since(c.begin).Milliseconds()
		r := &round{At: now, Spec: w.replicas}
		if changed {
			raw, err := json.Marshal(w.manifest)
			must(err)
			r.Hpa = raw
			changed = false
		}
		w.movePods(now)
		w.moveLoad()
		r.Pods = clone(w.pods)
		// The scale tells of pods that the informer does not have yet.
		if w.chance(0.01) {
			r.Pods = nil
		}
		r.Status = w.status()
		w.measure(r, now)
		if w.chance(0.004) {
			r.NoScale = "deployments/scale.apps \"web\" not found"
		}
		if w.chance(0.04) {
			r.Refused = "admission webhook \"no.example.com\" denied the request"
		}
		r.NoSelector = w.chance(0.002)
		h.Rounds = append(h.Rounds, r)

		c.round, c.reason = r, ""
		c.pods = w.objects(c, r.Pods)
		c.byName = names(w.typed)
		c.scale = &autoscalingv1.Scale{
			ObjectMeta: metav1.ObjectMeta{Name: "web", Namespace: w.namespace},
			Spec:       autoscalingv1.ScaleSpec{Replicas: r.Spec},
			Status:     autoscalingv1.ScaleStatus{Replicas: r.Status, Selector: "app=web"},
		}
		if r.NoSelector {
			c.scale.Status.Selector = ""
		}
		if rival && i == rounds/2 {
			w.addRival(ctx, all)
		}
		if rival && i >= rounds/2 {
			r.Rival = w.namespace + "/rival"
		}
		_, _ = reconcileKey(all.controller, ctx, key)
		w.replicas = c.scale.Spec.Replicas
		r.Out = w.outcome(c, key)
		// Somebody else scales, too.
		if w.chance(0.01) {
			w.replicas = int32(w.Intn(int(w.typed.Spec.MaxReplicas) + 4))
		}
	}
	h.End = all.state(key)
	shorten(h.Rounds)
	return h
}

// Leaves of the pods of a round what is not as it was the round before.
func shorten(rounds []*round) {
	before := map[string]pod{}
	for _, r := range rounds {
		now, changed := map[string]pod{}, []*pod{}
		for _, p := range r.Pods {
			own := *p
			// Pointers are compared by what they point to.
			start := int64(-1)
			if own.Start != nil {
				start = *own.Start
			}
			own.Start, own.Template = nil, own.Template*1_000_000_000+int(start)
			now[p.Name] = own
			if before[p.Name] != own {
				changed = append(changed, p)
			}
		}
		for name := range before {
			if _, there := now[name]; !there {
				r.Gone = append(r.Gone, name)
			}
		}
		sort.Strings(r.Gone)
		r.Pods, before = changed, now
	}
}

// A second HPA of the same target.
func (w *world) addRival(ctx context.Context, all *controllerAndClients) {
	other := w.typed.DeepCopy()
	other.Name = "rival"
	key := w.namespace + "/rival"
	all.hpas[key] = other
	enqueueHPA(all.controller, all.hpas[w.namespace+"/web"])
	enqueueHPA(all.controller, other)
	before := *all.round
	all.round.NoScale, all.round.Refused, all.round.NoSelector = "", "denied", false
	// Within its bounds, so that it comes as far as to look at its selector.
	other.Spec.MaxReplicas = 1000
	least := int32(0)
	other.Spec.MinReplicas = &least
	all.scale.Status.Selector = "app=web"
	_, _ = reconcileKey(all.controller, ctx, key)
	*all.round = before
	if before.NoSelector {
		all.scale.Status.Selector = ""
	}
	all.reason = ""
}

func names(hpa *autoscalingv2.HorizontalPodAutoscaler) map[string]int {
	found := map[string]int{}
	for i := range hpa.Spec.Metrics {
		found[fmt.Sprintf("metric-%d", i)] = i
	}
	return found
}

func (w *world) pause() time.Duration {
	switch w.Intn(12) {
	case 0:
		return time.Duration(1+w.Intn(60)) * time.Second
	case 1:
		return time.Duration(500+w.Intn(40_000)) * time.Millisecond
	default:
		return syncPeriod
	}
}

func (w *world) moveLoad() {
	switch w.Intn(10) {
	case 0, 1:
		w.load *= 1.3 + 2*w.Float64()
	case 2, 3:
		w.load *= 0.2 + 0.5*w.Float64()
	case 4:
		w.load = float64(w.replicas) * pick(w.Rand, 0.9, 1.1, 1, 0.8, 1.2, 0)
	case 5:
		w.load += float64(w.replicas) * (w.Float64() - 0.5)
	}
	w.load = math.Max(0.05, math.Min(w.load, float64(2*w.typed.Spec.MaxReplicas)))
}

func (w *world) status() int32 {
	if w.chance(0.1 * w.faults) {
		return int32(w.Intn(int(w.replicas) + 2))
	}
	there := int32(0)
	for _, p := range w.pods {
		if !p.Deleted {
			there++
		}
	}
	return there
}

// Whole seconds, as the times of objects are.
func seconds(ms int64) int64 { return ms / 1000 * 1000 }

func (w *world) movePods(now int64) {
	kept := w.pods[:0:0]
	there := 0
	for _, p := range w.pods {
		if p.Deleted {
			if w.chance(0.5) {
				kept = append(kept, p)
			}
			continue
		}
		w.age(p, now)
		kept = append(kept, p)
		if p.Phase != "Failed" {
			there++
		}
	}
	for i := len(kept) - 1; i >= 0 && there > int(w.replicas); i-- {
		if p := kept[i]; !p.Deleted && p.Phase != "Failed" {
			p.Deleted = true
			there--
		}
	}
	for ; there < int(w.replicas); there++ {
		w.made++
		p := &pod{Name: fmt.Sprintf("web-%d", w.made), Phase: "Pending", Template: w.Intn(len(w.templates))}
		// At the beginning there are pods of before.
		if now == 0 && !w.chance(0.1*w.faults) {
			start := -seconds(int64(w.Intn(900_000)))
			p.Phase, p.Ready, p.Start = "Running", "True", &start
			p.Since = min(0, start+seconds(int64(w.Intn(60_000))))
			if w.chance(0.1 * w.faults) {
				p.Ready = "False"
			}
		}
		kept = append(kept, p)
	}
	sort.Slice(kept, func(i, j int) bool { return kept[i].Name < kept[j].Name })
	w.pods = kept
}

func (w *world) age(p *pod, now int64) {
	fault := func(share float64) bool { return w.chance(share * w.faults) }
	switch {
	case p.Phase == "Pending":
		if w.chance(0.7) {
			start := seconds(now - int64(w.Intn(15_000)))
			p.Phase, p.Start, p.Ready, p.Since = "Running", &start, "False", start
			if w.chance(0.4) {
				p.Ready, p.Since = "True", seconds(now)
			}
		} else if fault(0.1) {
			start := seconds(now)
			p.Start = &start
		}
	case p.Phase == "Running" && p.Ready == "False":
		if w.chance(0.5) {
			p.Ready, p.Since = "True", seconds(now)
		}
	case p.Phase == "Running":
		if fault(0.02) {
			p.Ready, p.Since = pick(w.Rand, "False", "False", "Unknown"), seconds(now)
		}
		if fault(0.01) {
			p.Ready = ""
		}
		if fault(0.01) {
			p.Start = nil
		}
	}
	if fault(0.01) {
		p.Phase = pick(w.Rand, "Failed", "Failed", "Succeeded", "Running")
	}
}

func clone(pods []*pod) []*pod {
	all := make([]*pod, len(pods))
	for i, p := range pods {
		own := *p
		all[i] = &own
	}
	return all
}

func (w *world) objects(c *clients, pods []*pod) []*v1.Pod {
	var all []*v1.Pod
	for _, p := range pods {
		own := &v1.Pod{
			ObjectMeta: metav1.ObjectMeta{Name: p.Name, Namespace: w.namespace, Labels: map[string]string{"app": "web"}},
			Spec:       w.specs[p.Template],
			Status:     v1.PodStatus{Phase: v1.PodPhase(p.Phase)},
		}
		if p.Deleted {
			now := metav1.Now()
			own.DeletionTimestamp = &now
		}
		if p.Start != nil {
			start := c.when(*p.Start)
			own.Status.StartTime = &start
		}
		if p.Ready != "" {
			own.Status.Conditions = []v1.PodCondition{
				{Type: v1.PodScheduled, Status: v1.ConditionTrue},
				{Type: v1.PodReady, Status: v1.ConditionStatus(p.Ready), LastTransitionTime: c.when(p.Since)},
			}
		}
		all = append(all, own)
	}
	return all
}

// What the metrics APIs say: near what is aimed at times the load, with all that may lack.
func (w *world) measure(r *round, now int64) {
	r.Readings = map[int]*reading{}
	bad := func(share float64) bool { return w.chance(share * (0.1 + w.faults)) }
	serving := 0
	for _, p := range r.Pods {
		if p.Phase == "Running" && !p.Deleted {
			serving++
		}
	}
	each := w.load / math.Max(1, float64(serving))
	exact := w.chance(0.2)
	// Around the load, or at it to the last digit.
	near := func(aim float64) int64 {
		if !exact {
			aim *= 0.9 + 0.05*float64(w.Intn(5))
		}
		return int64(math.Min(aim, 9e18))
	}
	timed := func() int64 { return seconds(now - int64(w.Intn(75_000))) }
	window := func() int64 { return pick[int64](w.Rand, 10_000, 15_000, 30_000, 60_000, 14_320) }
	aimed := false
	for i, m := range w.typed.Spec.Metrics {
		switch m.Type {
		case autoscalingv2.ResourceMetricSourceType:
			if !aimed {
				w.usage(r, m.Resource.Name, m.Resource.Target, "", each, near, timed, window, bad)
				aimed = true
			}
		case autoscalingv2.ContainerResourceMetricSourceType:
			if !aimed {
				w.usage(r, m.ContainerResource.Name, m.ContainerResource.Target, m.ContainerResource.Container, each, near, timed, window, bad)
				aimed = true
			}
		default:
			r.Readings[i] = w.reading(m, r, serving, each, near, timed, window, bad)
		}
	}
}

func (w *world) reading(m autoscalingv2.MetricSpec, r *round, serving int, each float64, near func(float64) int64, timed, window func() int64, bad func(float64) bool) *reading {
	found := &reading{}
	if bad(0.06) {
		found.Err = pick(w.Rand, "the server could not find the metric", "the server is currently unable to handle the request")
		return found
	}
	total := func(target autoscalingv2.MetricTarget) float64 {
		if target.Value != nil {
			return float64(target.Value.MilliValue()) * w.load / math.Max(1, float64(serving))
		}
		return float64(target.AverageValue.MilliValue()) * w.load
	}
	switch m.Type {
	case autoscalingv2.PodsMetricSourceType:
		aim := float64(m.Pods.Target.AverageValue.MilliValue())
		for _, p := range r.Pods {
			if bad(0.08) || (p.Phase == "Pending" && !bad(0.2)) {
				continue
			}
			value := podValue{Pod: p.Name, At: timed(), Value: near(aim * each)}
			if w.chance(0.5) {
				own := seconds(window())
				value.Window = &own
			}
			found.Pods = append(found.Pods, value)
		}
		if bad(0.03) {
			found.Pods = append(found.Pods, podValue{Pod: "stranger", At: timed(), Value: near(aim)})
		}
		if bad(0.02) {
			found.Pods = nil
		}
	case autoscalingv2.ObjectMetricSourceType:
		value := near(total(m.Object.Target))
		if bad(0.02) {
			value = pick[int64](w.Rand, 0, -1000, 3e18, 4e12)
		}
		found.Value = &value
	default:
		value := near(total(m.External.Target))
		found.Values = []int64{value}
		if w.chance(0.2) {
			found.Values = []int64{value / 2, value - value/2}
		}
		if bad(0.02) {
			found.Values = pick(w.Rand, []int64{}, []int64{9e18, 9e18}, []int64{5e12}, []int64{-1000}, []int64{9e18, 9e18, 9e18}, []int64{0})
		}
	}
	return found
}

func (w *world) usage(r *round, name v1.ResourceName, target autoscalingv2.MetricTarget, only string, each float64, near func(float64) int64, timed, window func() int64, bad func(float64) bool) {
	if bad(0.05) {
		r.UsageErr = "the server is currently unable to handle the request (get pods.metrics.k8s.io)"
		return
	}
	if bad(0.02) {
		return
	}
	at := timed()
	for _, p := range r.Pods {
		if bad(0.08) || (p.Phase == "Pending" && !bad(0.2)) {
			continue
		}
		r.Usage = append(r.Usage, w.usageOf(p.Name, p.Template, name, target, only, each, near, window, bad))
		r.Usage[len(r.Usage)-1].At = at
		if bad(0.2) {
			r.Usage[len(r.Usage)-1].At = timed()
		}
	}
	if bad(0.03) {
		r.Usage = append(r.Usage, w.usageOf("stranger", 0, name, target, only, 1, near, window, bad))
		r.Usage[len(r.Usage)-1].At = at
	}
}

func (w *world) usageOf(podName string, template int, name v1.ResourceName, target autoscalingv2.MetricTarget, only string, each float64, near func(float64) int64, window func() int64, bad func(float64) bool) usage {
	found := usage{Pod: podName, Window: window()}
	spec := w.specs[template]
	containers := spec.Containers
	for _, c := range spec.InitContainers {
		if c.RestartPolicy != nil {
			containers = append(containers[:len(containers):len(containers)], c)
		}
	}
	for _, c := range containers {
		if bad(0.02) {
			continue
		}
		used := map[string]int64{}
		for _, resource := range []v1.ResourceName{v1.ResourceCPU, v1.ResourceMemory} {
			if bad(0.01) || !w.isAsked(resource) {
				continue
			}
			request, asked := c.Resources.Requests[resource]
			aim := 100.0
			if asked {
				aim = float64(request.MilliValue())
			}
			switch {
			case resource != name:
			case target.AverageUtilization != nil:
				aim *= float64(*target.AverageUtilization) / 100
			case target.AverageValue != nil && (only == "" || only == c.Name):
				aim = float64(target.AverageValue.MilliValue())
				if only == "" {
					aim /= float64(len(containers))
				}
			}
			used[string(resource)] = near(aim * each)
		}
		found.Containers = append(found.Containers, containerUsage{c.Name, used})
	}
	return found
}

// Whether some metric is about a resource.
func (w *world) isAsked(name v1.ResourceName) bool {
	for _, m := range w.typed.Spec.Metrics {
		if (m.Resource != nil && m.Resource.Name == name) || (m.ContainerResource != nil && m.ContainerResource.Name == name) {
			return true
		}
	}
	return false
}

func (w *world) outcome(c *clients, key string) *outcome {
	hpa := c.hpas[key]
	found := &outcome{Replicas: c.scale.Spec.Replicas, Reason: c.reason}
	for _, condition := range hpa.Status.Conditions {
		found.Conditions = append(found.Conditions, [4]string{string(condition.Type), string(condition.Status), condition.Reason, condition.Message})
	}
	for _, m := range hpa.Status.CurrentMetrics {
		var current autoscalingv2.MetricValueStatus
		switch {
		case m.Resource != nil:
			current = m.Resource.Current
		case m.ContainerResource != nil:
			current = m.ContainerResource.Current
		case m.Pods != nil:
			current = m.Pods.Current
		case m.Object != nil:
			current = m.Object.Current
		case m.External != nil:
			current = m.External.Current
		}
		var measured [3]*int64
		if current.AverageUtilization != nil {
			value := int64(*current.AverageUtilization)
			measured[0] = &value
		}
		if current.AverageValue != nil {
			value := current.AverageValue.MilliValue()
			measured[1] = &value
		}
		if current.Value != nil {
			value := current.Value.MilliValue()
			measured[2] = &value
		}
		found.Measured = append(found.Measured, measured)
	}
	return found
}
