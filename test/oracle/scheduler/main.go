// The filters of the scheduler itself. Reads lines {"nodes": [...], "namespaces": [...], "pods": [pods on nodes], "storage": [...], "pod": {...}} and
// answers each with what the API server says against the pod, or with the reasons of every node: none where the pod may be there.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"

	v1 "k8s.io/api/core/v1"
	storage "k8s.io/api/storage/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/tools/cache"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	api "k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	_ "k8s.io/kubernetes/pkg/apis/storage/install"
	registry "k8s.io/kubernetes/pkg/registry/core/pod"
	"k8s.io/kubernetes/pkg/scheduler/apis/config"
	"k8s.io/kubernetes/pkg/scheduler/apis/config/latest"
	backend "k8s.io/kubernetes/pkg/scheduler/backend/cache"
	"k8s.io/kubernetes/pkg/scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/nodevolumelimits"
	"k8s.io/kubernetes/pkg/scheduler/framework/runtime"
	"k8s.io/kubernetes/pkg/scheduler/metrics"
)

type question struct {
	Nodes      []*v1.Node      `json:"nodes"`
	Namespaces []*v1.Namespace `json:"namespaces"`
	Pods       []*v1.Pod       `json:"pods"`
	// Claims, volumes and what is about them, of any kind.
	Storage []json.RawMessage `json:"storage"`
	Pod     *v1.Pod           `json:"pod"`
}

type answer struct {
	Refused string              `json:"refused,omitempty"`
	Nodes   map[string][]string `json:"nodes,omitempty"`
}

// Those of the default profile that look at nodes, pods and storage, in its order.
var judged = []string{"PrioritySort", "NodeUnschedulable", "NodeName", "TaintToleration", "NodeAffinity", "NodePorts", "NodeResourcesFit",
	"VolumeRestrictions", "NodeVolumeLimits", "VolumeBinding", "VolumeZone", "PodTopologySpread", "InterPodAffinity", "DefaultBinder"}

func main() {
	klog.SetOutput(os.Stderr)
	metrics.Register()
	in, out := bufio.NewReaderSize(os.Stdin, 1<<20), bufio.NewWriter(os.Stdout)
	defer out.Flush()
	answers := json.NewEncoder(out)
	profile := onlyJudged()
	for questions := json.NewDecoder(in); questions.More(); {
		var q question
		must(questions.Decode(&q))
		must(answers.Encode(ask(profile, q)))
	}
}

func ask(profile *config.KubeSchedulerProfile, q question) answer {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	for i, pod := range q.Pods {
		admitted, refused := admit(ctx, pod)
		if refused != "" {
			return answer{Refused: fmt.Sprintf("pod %s: %s", pod.Name, refused)}
		}
		admitted.Spec.NodeName = pod.Spec.NodeName
		admitted.DeletionTimestamp = pod.DeletionTimestamp
		q.Pods[i] = admitted
	}
	pod, refused := admit(ctx, q.Pod)
	if refused != "" {
		return answer{Refused: refused}
	}
	factory := informers.NewSharedInformerFactory(fake.NewClientset(), 0)
	known := factory.Core().V1().Namespaces().Informer().GetIndexer()
	for _, namespace := range q.Namespaces {
		must(known.Add(namespace))
	}
	for _, object := range q.Storage {
		indexer, made := place(factory, object)
		must(indexer.Add(made))
	}
	snapshot := backend.NewSnapshot(q.Pods, q.Nodes)
	made, err := runtime.NewFramework(ctx, plugins.NewInTreeRegistry(), profile,
		runtime.WithInformerFactory(factory), runtime.WithSnapshotSharedLister(snapshot), runtime.WithClientSet(fake.NewClientset()),
		runtime.WithSharedCSIManager(nodevolumelimits.NewCSIManager(factory.Storage().V1().CSINodes().Lister())))
	must(err)
	nodes, err := snapshot.NodeInfos().List()
	must(err)
	reasons := map[string][]string{}
	state := framework.NewCycleState()
	allowed, status, _ := made.RunPreFilterPlugins(ctx, state, pod)
	for _, node := range nodes {
		name := node.Node().Name
		switch {
		case !status.IsSuccess():
			reasons[name] = status.Reasons()
		case !allowed.AllNodes() && !allowed.NodeNames.Has(name):
			reasons[name] = []string{"not asked"}
		default:
			reasons[name] = []string{}
			if status := made.RunFilterPlugins(ctx, state, pod, node); status != nil {
				reasons[name] = status.Reasons()
			}
		}
	}
	return answer{Nodes: reasons}
}

// An object as the API server would keep it, and where the scheduler looks for it: the plugins read the informers' indexers.
func place(factory informers.SharedInformerFactory, object json.RawMessage) (cache.Indexer, interface{}) {
	read, _, err := legacyscheme.Codecs.UniversalDeserializer().Decode(object, nil, nil)
	must(err)
	legacyscheme.Scheme.Default(read)
	core, stored := factory.Core().V1(), factory.Storage().V1()
	switch read.(type) {
	case *v1.PersistentVolumeClaim:
		return core.PersistentVolumeClaims().Informer().GetIndexer(), read
	case *v1.PersistentVolume:
		return core.PersistentVolumes().Informer().GetIndexer(), read
	case *storage.StorageClass:
		return stored.StorageClasses().Informer().GetIndexer(), read
	case *storage.CSINode:
		return stored.CSINodes().Informer().GetIndexer(), read
	case *storage.CSIDriver:
		return stored.CSIDrivers().Informer().GetIndexer(), read
	case *storage.CSIStorageCapacity:
		return stored.CSIStorageCapacities().Informer().GetIndexer(), read
	case *storage.VolumeAttachment:
		return stored.VolumeAttachments().Informer().GetIndexer(), read
	}
	panic(fmt.Sprintf("unexpected %T", read))
}

// What the API server makes of a pod: defaults, and selectors with the labels' values.
func admit(ctx context.Context, pod *v1.Pod) (*v1.Pod, string) {
	legacyscheme.Scheme.Default(pod)
	internal := &api.Pod{}
	must(legacyscheme.Scheme.Convert(pod, internal, nil))
	registry.Strategy.PrepareForCreate(ctx, internal)
	if errs := registry.Strategy.Validate(ctx, internal); len(errs) > 0 {
		return nil, errs.ToAggregate().Error()
	}
	admitted := &v1.Pod{}
	must(legacyscheme.Scheme.Convert(internal, admitted, nil))
	return admitted, ""
}

func onlyJudged() *config.KubeSchedulerProfile {
	all, err := latest.Default()
	must(err)
	profile := all.Profiles[0].DeepCopy()
	enabled := []config.Plugin{}
	for _, name := range judged {
		enabled = append(enabled, config.Plugin{Name: name})
	}
	profile.Plugins = &config.Plugins{MultiPoint: config.PluginSet{Enabled: enabled}}
	return profile
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
