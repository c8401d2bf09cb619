// Answers what Kubernetes' own code says of upgrades and feature gates: each line of the input is a question in JSON, each line of the
// output its answer. Built with the modules of one minor version.
package main

import (
	"bufio"
	"encoding/json"
	"io"
	"os"

	"k8s.io/apimachinery/pkg/util/version"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	logs "k8s.io/component-base/logs/api/v1"
	metrics "k8s.io/component-base/metrics/features"
	managers "k8s.io/controller-manager/pkg/features"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/cmd/kubeadm/app/apis/kubeadm/validation"
	"k8s.io/kubernetes/cmd/kubeadm/app/constants"
	"k8s.io/kubernetes/cmd/kubeadm/app/phases/upgrade"
	_ "k8s.io/kubernetes/pkg/features"
)

type question struct {
	// Of an upgrade.
	Cluster, Kubeadm, To     string
	Kubelets                 []string
	Experimental, Candidates bool
	// Of feature gates.
	Component string
	Gates     map[string]bool
}

type answer struct {
	Mandatory, Skippable, Gates []string
}

// getter is a cluster of which only versions are known.
type getter struct {
	upgrade.VersionGetter
	question
}

func parsed(text string) (string, *version.Version, error) {
	found, err := version.ParseSemantic(text)
	return text, found, err
}

func (g getter) ClusterVersion() (string, *version.Version, error) { return parsed(g.Cluster) }
func (g getter) KubeadmVersion() (string, *version.Version, error) { return parsed(g.question.Kubeadm) }

func texts(errors []error) []string {
	found := []string{}
	for _, err := range errors {
		found = append(found, err.Error())
	}
	return found
}

func upgraded(asked question) answer {
	_, own, err := parsed(asked.Kubeadm)
	if err != nil {
		panic(err)
	}
	// As the build of that kubeadm computes it.
	constants.MinimumControlPlaneVersion = version.MustParseSemantic("v1.0.0").WithMinor(own.Minor() - 1)
	to := version.MustParseSemantic(asked.To)
	found := upgrade.EnforceVersionPolicies(getter{question: asked}, asked.To, to, asked.Experimental, asked.Candidates)
	if found == nil {
		return answer{Mandatory: []string{}, Skippable: []string{}}
	}
	return answer{Mandatory: texts(found.Mandatory), Skippable: texts(found.Skippable)}
}

func gated(asked question) answer {
	if asked.Component == "kubeadm" {
		found := []string{}
		for _, err := range validation.ValidateFeatureGates(asked.Gates, nil) {
			found = append(found, err.Detail)
		}
		return answer{Gates: found}
	}
	gates := utilfeature.DefaultMutableFeatureGate.DeepCopy()
	if asked.Component == "kube-controller-manager" {
		if err := managers.SetupCurrentKubernetesSpecificFeatureGates(gates); err != nil {
			panic(err)
		}
	}
	if err := gates.SetFromMap(asked.Gates); err != nil {
		return answer{Gates: []string{err.Error()}}
	}
	return answer{Gates: []string{}}
}

func main() {
	klog.SetOutput(io.Discard)
	klog.LogToStderr(false)
	gates := utilfeature.DefaultMutableFeatureGate
	for _, err := range []error{logs.AddFeatureGates(gates), metrics.AddFeatureGates(gates)} {
		if err != nil {
			panic(err)
		}
	}
	answers := os.Stdout
	// EnforceVersionPolicies prints what it compares.
	os.Stdout, _ = os.Open(os.DevNull)
	write := json.NewEncoder(answers)
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var asked question
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			panic(err)
		}
		if asked.Component == "" {
			write.Encode(upgraded(asked))
		} else {
			write.Encode(gated(asked))
		}
	}
}
