import { readSources } from '../manifests/reading/read';
import type { Json, Path, Resource } from '../manifests/resource';
import { list, mappings, record, string, strings } from '../manifests/resource';
import { memo } from '../model/memo';
import type { FeatureGates, GatedComponent } from '../upstream/kubernetes/releases/feature-gates';
import { podSpecIn } from './components';
import { everyKnown } from './known';
import type { World } from './world';

/** Feature gates that somebody sets for a component. */
export interface SetGates {
  readonly component: GatedComponent;
  readonly gates: FeatureGates;
  readonly resource: Resource;
  readonly path: Path;
  /** They may be another cluster's: of kind, or of Cluster API. */
  readonly elsewhere: boolean;
}

/** A configuration file of a component, which has a version of its own. */
export interface ConfigurationFile {
  readonly apiVersion: string;
  readonly kind: string;
  readonly resource: Resource;
  readonly path: Path;
}

export interface ComponentSettings {
  readonly gates: readonly SetGates[];
  readonly files: readonly ConfigurationFile[];
}

const NODE_COMPONENTS: readonly GatedComponent[] = ['kubelet', 'kube-proxy'];
const CONTROL_COMPONENTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;
/** Fields of kubeadm's ClusterConfiguration. */
const IN_CLUSTER_CONFIGURATION = {
  apiServer: 'kube-apiserver',
  controllerManager: 'kube-controller-manager',
  scheduler: 'kube-scheduler',
} as const;
/** What kubeadm keeps of its configuration files in kube-system. */
const KEPT: Readonly<Record<string, string>> = {
  'kubeadm-config': 'ClusterConfiguration',
  'kubelet-config': 'kubelet',
  'kube-proxy': 'config.conf',
};

/** What configuration files, static pods and the objects of Cluster API set for components of Kubernetes. */
export const componentSettings = memo((world: World): ComponentSettings => {
  const gates: SetGates[] = [];
  const files: ConfigurationFile[] = [];
  const add = (found: Found, resource: Resource, at: Path, elsewhere = false) => {
    for (const { component, gates: set, path } of found)
      if (set.size > 0) gates.push({ component, gates: set, resource, path: [...at, ...path], elsewhere });
  };
  for (const resource of [...world.resources, ...world.external]) {
    const read = FILES[resource.group]?.(resource.kind, resource.object);
    if (read) {
      add(read, resource, [], resource.group === 'kind.x-k8s.io');
      files.push({ apiVersion: resource.apiVersion, kind: resource.kind, resource, path: ['apiVersion'] });
    }
    const template = CLUSTER_API[resource.kind];
    if (template && resource.group.endsWith('.cluster.x-k8s.io'))
      add(ofKubeadmConfig(record(resource.at(template)) ?? {}), resource, template, true);
  }
  for (const resource of everyKnown(world, 'ConfigMap')) {
    const key = world.namespaceOf(resource) === 'kube-system' ? KEPT[resource.name] : undefined;
    const text = key === undefined ? undefined : string(resource.at(['data', key]));
    if (key === undefined || text === undefined) continue;
    // What is kubeadm's own of it, it does not look at when it upgrades; and it writes them anew, so their own versions do not matter.
    for (const { group, kind, object } of readSources([{ file: resource.source.file, text }]).resources) {
      const found = FILES[group]?.(kind, object) ?? [];
      add(
        found.filter(({ component }) => component !== 'kubeadm').map((each) => ({ ...each, path: [] })),
        resource,
        ['data', key],
      );
    }
  }
  for (const kind of ['Pod', 'DaemonSet'])
    for (const resource of everyKnown(world, kind))
      if (world.namespaceOf(resource) === 'kube-system') add(ofContainers(resource), resource, []);
  return { gates: distinct(gates), files };
});

type Found = readonly { readonly component: GatedComponent; readonly gates: FeatureGates; readonly path: Path }[];

/** Configuration files by their API group. */
const FILES: Readonly<Record<string, (kind: string, file: Json) => Found>> = {
  'kubelet.config.k8s.io': (kind, file) => (kind === 'KubeletConfiguration' ? ofField('kubelet', file) : []),
  'kubeproxy.config.k8s.io': (_, file) => ofField('kube-proxy', file),
  'kubescheduler.config.k8s.io': () => [],
  'kubeadm.k8s.io': (kind, file) =>
    kind === 'ClusterConfiguration' ? ofClusterConfiguration(file) : ofNodeRegistration(file),
  'kind.x-k8s.io': (_, file) =>
    [...CONTROL_COMPONENTS, ...NODE_COMPONENTS].flatMap((component) => ofField(component, file)),
};

/** Where Cluster API's kinds hold kubeadm's configuration. */
const CLUSTER_API: Readonly<Record<string, Path>> = {
  KubeadmConfig: ['spec'],
  KubeadmConfigTemplate: ['spec', 'template', 'spec'],
  KubeadmControlPlane: ['spec', 'kubeadmConfigSpec'],
  KubeadmControlPlaneTemplate: ['spec', 'template', 'spec', 'kubeadmConfigSpec'],
};

function ofKubeadmConfig(spec: Json): Found {
  const below = (field: string, read: (file: Json) => Found) =>
    read(record(spec[field]) ?? {}).map((found) => ({ ...found, path: [field, ...found.path] }));
  return [
    ...below('clusterConfiguration', ofClusterConfiguration),
    ...below('initConfiguration', ofNodeRegistration),
    ...below('joinConfiguration', ofNodeRegistration),
  ];
}

function ofClusterConfiguration(file: Json): Found {
  return [
    ...ofField('kubeadm', file),
    ...Object.entries(IN_CLUSTER_CONFIGURATION).flatMap(([field, component]) =>
      ofArguments(component, record(file[field])?.['extraArgs'], [field, 'extraArgs']),
    ),
  ];
}

function ofNodeRegistration(file: Json): Found {
  const registration = record(file['nodeRegistration']);
  return ofArguments('kubelet', registration?.['kubeletExtraArgs'], ['nodeRegistration', 'kubeletExtraArgs']);
}

/** A map up to v1beta3, a list of names and values since. */
function ofArguments(component: GatedComponent, given: unknown, path: Path): Found {
  const named = mappings(given).flatMap(({ name, value }, i) =>
    name === FLAG ? [{ component, gates: gatesIn(string(value) ?? ''), path: [...path, i, 'value'] }] : [],
  );
  const text = strings(given)[FLAG];
  return text === undefined ? named : [{ component, gates: gatesIn(text), path: [...path, FLAG] }];
}

function ofField(component: GatedComponent, file: Json): Found {
  const set = Object.entries(record(file['featureGates']) ?? {}).filter(
    (entry): entry is [string, boolean] => typeof entry[1] === 'boolean',
  );
  return [{ component, gates: new Map(set), path: ['featureGates'] }];
}

function ofContainers(resource: Resource): Found {
  const { spec, at } = podSpecIn(resource);
  return mappings(spec['containers']).flatMap((container, i) => {
    const component = [...CONTROL_COMPONENTS, 'kube-proxy' as const].find((name) => container['name'] === name);
    if (!component) return [];
    return (['command', 'args'] as const).flatMap((field) => {
      const words = list(container[field]).map((word) => string(word) ?? '');
      return words.flatMap((word, at_) => {
        const text = word.startsWith(`--${FLAG}=`)
          ? word.slice(FLAG.length + 3)
          : words[at_ - 1] === `--${FLAG}`
            ? word
            : undefined;
        return text === undefined
          ? []
          : [{ component, gates: gatesIn(text), path: [...at, 'containers', i, field, at_] }];
      });
    });
  });
}

const FLAG = 'feature-gates';

/** `A=true,B=false`, as the flag takes it. */
function gatesIn(text: string): FeatureGates {
  return new Map(
    text.split(',').flatMap((part) => {
      const [name = '', value = ''] = part.split('=').map((word) => word.trim());
      const on = /^(1|t|true)$/i.test(value);
      return on || /^(0|f|false)$/i.test(value) ? [[name, on] as const] : [];
    }),
  );
}

/** The API servers of a cluster say the same thing each. */
function distinct(gates: readonly SetGates[]): SetGates[] {
  const seen = new Set<string>();
  return gates.filter(({ component, gates: set, resource, elsewhere }) => {
    if (resource.kind !== 'Pod') return true;
    const key = JSON.stringify([component, [...set], elsewhere]);
    return !seen.has(key) && seen.add(key);
  });
}
