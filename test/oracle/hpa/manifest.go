package main

import (
	"fmt"
	"math/rand"
)

type object = map[string]any

// Random HPAs as people write them: much of what may be left out is left out.
type writer struct{ *rand.Rand }

func pick[T any](r *rand.Rand, of ...T) T { return of[r.Intn(len(of))] }

func (w writer) chance(share float64) bool { return w.Float64() < share }

func (w writer) metric(i int) object {
	name := fmt.Sprintf("metric-%d", i)
	named := object{"name": name}
	if w.chance(0.2) {
		labels := object{"queue": pick(w.Rand, "mail", "print")}
		if w.chance(0.3) {
			labels["app"] = "b"
		}
		selector := object{"matchLabels": labels}
		if w.chance(0.4) {
			selector["matchExpressions"] = []any{
				object{"key": "tier", "operator": "In", "values": []any{"a", "b"}},
				object{"key": "old", "operator": "DoesNotExist"},
			}
		}
		if w.chance(0.2) {
			delete(selector, "matchLabels")
		}
		named["selector"] = selector
	}
	amount := pick(w.Rand, "50", "100m", "1k", "2500m", "7", "0.3", "1e2")
	whole := object{"type": "Value", "value": amount}
	average := object{"type": "AverageValue", "averageValue": amount}
	switch w.Intn(9) {
	case 0, 1, 2:
		return object{"type": "Resource", "resource": w.resource()}
	case 3, 4:
		source := w.resource()
		source["container"] = pick(w.Rand, "app", "app", "app", "app", "app", "app", "side", "side", "helper", "nosuch")
		return object{"type": "ContainerResource", "containerResource": source}
	case 5:
		return object{"type": "Pods", "pods": object{"metric": named, "target": average}}
	case 6:
		described := object{"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "name": "front"}
		if w.chance(0.2) {
			described = object{"apiVersion": "v1", "kind": "Namespace", "name": "other"}
		}
		return object{"type": "Object", "object": object{"metric": named, "describedObject": described, "target": pick(w.Rand, whole, average)}}
	default:
		return object{"type": "External", "external": object{"metric": named, "target": pick(w.Rand, whole, average)}}
	}
}

func (w writer) resource() object {
	name := pick(w.Rand, "cpu", "cpu", "cpu", "memory")
	if w.chance(0.65) {
		return object{"name": name, "target": object{"type": "Utilization", "averageUtilization": pick(w.Rand, 10, 50, 60, 70, 80, 80, 95, 100, 150, 300)}}
	}
	amount := pick(w.Rand, "50m", "200m", "0.5", "2")
	if name == "memory" {
		amount = pick(w.Rand, "100Mi", "64M", "1Gi", "1.5Gi")
	}
	return object{"name": name, "target": object{"type": "AverageValue", "averageValue": amount}}
}

func (w writer) rules() object {
	rules := object{}
	if w.chance(0.5) {
		rules["stabilizationWindowSeconds"] = pick(w.Rand, 0, 15, 30, 60, 75, 120, 300, 600)
	}
	if w.chance(0.4) {
		rules["selectPolicy"] = pick(w.Rand, "Max", "Min", "Min", "Disabled")
	}
	if w.chance(0.3) {
		rules["tolerance"] = pick(w.Rand, "0", "0.05", "0.2", "0.3", "150m", "0.07", "1", "0.011")
	}
	if w.chance(0.6) {
		var policies []any
		for range 1 + w.Intn(3) {
			kind, value := "Pods", pick(w.Rand, 1, 1, 2, 3, 5)
			if w.chance(0.5) {
				kind, value = "Percent", pick(w.Rand, 1, 10, 25, 33, 50, 100, 150, 300)
			}
			policies = append(policies, object{"type": kind, "value": value, "periodSeconds": pick(w.Rand, 1, 15, 30, 60, 90, 180)})
		}
		rules["policies"] = policies
	}
	return rules
}

func (w writer) behavior() object {
	both := object{}
	switch w.Intn(5) {
	case 0:
		both["scaleUp"] = w.rules()
	case 1:
		both["scaleDown"] = w.rules()
	case 2, 3:
		both["scaleUp"], both["scaleDown"] = w.rules(), w.rules()
	}
	return both
}

// Changes what somebody may change while it runs; the metrics stay.
func (w writer) bounds(spec object, behaves bool) {
	least := 1
	if w.chance(0.5) {
		least = w.Intn(5)
		spec["minReplicas"] = least
	} else {
		delete(spec, "minReplicas")
	}
	spec["maxReplicas"] = max(1, least) + pick(w.Rand, 0, 1, 3, 6, 10, 20)
	delete(spec, "behavior")
	if behaves {
		spec["behavior"] = w.behavior()
	}
}

func (w writer) hpa(i int) (manifest object, behaves bool) {
	spec := object{"scaleTargetRef": object{"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}}
	if !w.chance(0.05) {
		var metrics []any
		for n := range pick(w.Rand, 1, 1, 1, 1, 2, 2, 3, 4) {
			metrics = append(metrics, w.metric(n))
		}
		spec["metrics"] = metrics
	}
	behaves = w.chance(0.65)
	w.bounds(spec, behaves)
	return object{
		"apiVersion": "autoscaling/v2",
		"kind":       "HorizontalPodAutoscaler",
		"metadata":   object{"name": "web", "namespace": fmt.Sprintf("n%d", i)},
		"spec":       spec,
	}, behaves
}

// The spec of a pod: containers with what they request, and often less than an HPA needs.
func (w writer) template() object {
	requests := func(whole float64) object {
		found := object{}
		if w.chance(whole) {
			found["cpu"] = pick(w.Rand, "100m", "250m", "0.5", "1", "10m", "1.5m")
		}
		if w.chance(whole) {
			found["memory"] = pick(w.Rand, "64Mi", "128Mi", "1Gi", "100M", "1.5Gi")
		}
		return object{"requests": found}
	}
	full := 1.0
	if w.chance(0.08) {
		full = 0.7
	}
	container := func(name string) object { return object{"name": name, "image": "a:1", "resources": requests(full)} }
	spec := object{}
	containers := []any{container("app")}
	if w.chance(0.25) {
		containers = append(containers, container("side"))
	}
	spec["containers"] = containers
	var inits []any
	if w.chance(0.2) {
		helper := container("helper")
		helper["restartPolicy"] = "Always"
		inits = append(inits, helper)
	}
	if w.chance(0.15) {
		inits = append(inits, object{"name": "init", "image": "a:1", "resources": object{"requests": object{"cpu": "3", "memory": "2Gi"}}})
	}
	if inits != nil {
		spec["initContainers"] = inits
	}
	if w.chance(0.12) {
		spec["resources"] = pick(w.Rand, requests(0.7), object{"limits": object{"cpu": "2"}}, object{"requests": object{"hugepages-2Mi": "4Mi"}})
	}
	if w.chance(0.05) {
		spec["overhead"] = object{"cpu": "50m"}
	}
	return spec
}
