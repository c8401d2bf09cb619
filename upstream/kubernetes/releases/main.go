// Prints what one minor version of Kubernetes was built with: the feature gates of its components and of kubeadm, and what kubeadm
// brings. Built by generate.mjs with the modules of each version.
package main

import (
	"encoding/json"
	"os"

	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/component-base/featuregate"
	logs "k8s.io/component-base/logs/api/v1"
	metrics "k8s.io/component-base/metrics/features"
	managers "k8s.io/controller-manager/pkg/features"
	"k8s.io/kubernetes/cmd/kubeadm/app/constants"
	kubeadm "k8s.io/kubernetes/cmd/kubeadm/app/features"
	_ "k8s.io/kubernetes/pkg/features"
)

type gate struct {
	Stage           string
	Default, Locked bool
}

func gateOf(spec featuregate.FeatureSpec) gate {
	return gate{string(spec.PreRelease), spec.Default, spec.LockToDefault}
}

func main() {
	gates := utilfeature.DefaultMutableFeatureGate
	for _, err := range []error{logs.AddFeatureGates(gates), metrics.AddFeatureGates(gates)} {
		if err != nil {
			panic(err)
		}
	}
	found := map[string]map[string]gate{"components": {}, "kube-controller-manager": {}, "kubeadm": {}}
	shared := gates.GetAll()
	for name, spec := range shared {
		found["components"][string(name)] = gateOf(spec)
	}
	if err := managers.SetupCurrentKubernetesSpecificFeatureGates(gates); err != nil {
		panic(err)
	}
	for name, spec := range gates.GetAll() {
		if _, everywhere := shared[name]; !everywhere {
			found["kube-controller-manager"][string(name)] = gateOf(spec)
		}
	}
	for name, feature := range kubeadm.InitFeatureGates {
		found["kubeadm"][name] = gateOf(feature.FeatureSpec)
	}
	dependencies := map[featuregate.Feature][]featuregate.Feature{}
	// Versions before 1.35 know of none.
	if has, ok := any(gates).(interface {
		Dependencies() map[featuregate.Feature][]featuregate.Feature
	}); ok {
		dependencies = has.Dependencies()
	}
	json.NewEncoder(os.Stdout).Encode(map[string]any{
		"gates":        found,
		"dependencies": dependencies,
		"kubeadm": map[string]string{
			"etcd":    constants.DefaultEtcdVersion,
			"coredns": constants.CoreDNSVersion,
			"pause":   constants.PauseVersion,
		},
	})
}
