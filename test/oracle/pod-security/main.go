// The evaluator of the Pod Security admission itself. Reads lines {"pod": …, "policies": ["baseline:v1.31", …], "server": 35} and
// answers each with a list: for each policy what the admission says, empty where it allows the pod.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

type question struct {
	Pod      corev1.Pod `json:"pod"`
	Policies []string   `json:"policies"`
	Server   int        `json:"server"`
}

func main() {
	evaluators := map[int]policy.Evaluator{}
	in, out := bufio.NewReaderSize(os.Stdin, 1<<20), bufio.NewWriter(os.Stdout)
	defer out.Flush()
	answers := json.NewEncoder(out)
	for questions := json.NewDecoder(in); questions.More(); {
		var q question
		must(questions.Decode(&q))
		evaluator, ok := evaluators[q.Server]
		if !ok {
			server := api.MajorMinorVersion(1, q.Server)
			made, err := policy.NewEvaluator(policy.DefaultChecks(), &server)
			must(err)
			evaluator, evaluators[q.Server] = made, made
		}
		setDefaults(&q.Pod)
		said := []string{}
		for _, text := range q.Policies {
			level, version, _ := strings.Cut(text, ":")
			parsedLevel, err := api.ParseLevel(level)
			must(err)
			parsedVersion, err := api.ParseVersion(version)
			must(err)
			result := policy.AggregateCheckResults(evaluator.EvaluatePod(api.LevelVersion{Level: parsedLevel, Version: parsedVersion}, &q.Pod.ObjectMeta, &q.Pod.Spec))
			said = append(said, result.ForbiddenDetail())
		}
		must(answers.Encode(said))
	}
}

// What the API server fills in before the admission sees the pod, as far as a control looks at it.
func setDefaults(pod *corev1.Pod) {
	for i := range pod.Spec.Volumes {
		if volume := &pod.Spec.Volumes[i]; volume.VolumeSource == (corev1.VolumeSource{}) {
			volume.EmptyDir = &corev1.EmptyDirVolumeSource{}
		}
	}
	if !pod.Spec.HostNetwork {
		return
	}
	for _, containers := range [][]corev1.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
		for i := range containers {
			for j := range containers[i].Ports {
				if port := &containers[i].Ports[j]; port.HostPort == 0 {
					port.HostPort = port.ContainerPort
				}
			}
		}
	}
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
