// The types that kind reads its configuration into, as strictly as kind does: a field that it does not know is an error. Reads one
// configuration, and answers with what kind understands of each node: its role, image, labels, and the taints of kubeadm's patches.
package main

import (
	"encoding/json"
	"errors"
	"io"
	"log"
	"os"

	"go.yaml.in/yaml/v3"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/kind/pkg/apis/config/v1alpha4"
	strict "sigs.k8s.io/yaml"
)

// What the patches touch of kubeadm's InitConfiguration and JoinConfiguration.
type kubeadm struct {
	Kind             string `json:"kind"`
	NodeRegistration struct {
		Taints []corev1.Taint `json:"taints"`
	} `json:"nodeRegistration"`
}

type node struct {
	Role   v1alpha4.NodeRole `json:"role"`
	Image  string            `json:"image"`
	Labels map[string]string `json:"labels"`
	Taints []string          `json:"taints"`
}

func main() {
	log.SetFlags(0)
	decoder := yaml.NewDecoder(os.Stdin)
	decoder.KnownFields(true)
	var cluster v1alpha4.Cluster
	must(decoder.Decode(&cluster))
	if err := decoder.Decode(new(any)); !errors.Is(err, io.EOF) {
		log.Fatal("more than one document")
	}
	if cluster.APIVersion != "kind.x-k8s.io/v1alpha4" || cluster.Kind != "Cluster" {
		log.Fatalf("%s %s is no configuration", cluster.APIVersion, cluster.Kind)
	}
	nodes := []node{}
	for _, given := range cluster.Nodes {
		read := node{given.Role, given.Image, given.Labels, []string{}}
		if read.Role != v1alpha4.ControlPlaneRole && read.Role != v1alpha4.WorkerRole {
			log.Fatalf("no role: %q", read.Role)
		}
		for _, patch := range given.KubeadmConfigPatches {
			var change kubeadm
			must(strict.UnmarshalStrict([]byte(patch), &change))
			if change.Kind != "InitConfiguration" && change.Kind != "JoinConfiguration" {
				log.Fatalf("no configuration of kubeadm: %q", change.Kind)
			}
			for _, taint := range change.NodeRegistration.Taints {
				read.Taints = append(read.Taints, taint.ToString())
			}
		}
		nodes = append(nodes, read)
	}
	must(json.NewEncoder(os.Stdout).Encode(nodes))
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
