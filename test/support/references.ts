import type { Cluster } from '../../model/cluster';
import { CLUSTER_DNS } from '../../model/cluster';
import type { KubernetesObject } from '../../model/kubernetes';
import { objectName } from '../../model/kubernetes';
import type { Container, NetworkPolicyPeer, Objects, PodTemplate, Strings } from './kubernetes';
import { containersOf, selects } from './kubernetes';

/** What names something that is not there: neither among the objects nor among the facts of their cluster. Empty is well. */
export function danglingReferences(objects: Objects, cluster: Cluster): string[] {
  return [
    ...namespaces(objects),
    ...services(objects),
    ...pods(objects, cluster),
    ...claims(objects, cluster),
    ...scaled(objects),
    ...routes(objects, cluster),
    ...policies(objects, cluster),
    ...accounts(objects),
    ...hosts(objects),
  ];
}

/** In every cluster, whoever made it. */
const GIVEN = {
  namespaces: ['kube-system'],
  priorityClasses: ['system-cluster-critical', 'system-node-critical'],
  roles: ['system:auth-delegator', 'extension-apiserver-authentication-reader'],
};

const has = (objects: Objects, kind: string, namespace: string | undefined, name: string) =>
  objects.all.some(
    (object) => object.kind === kind && object.metadata.namespace === namespace && object.metadata.name === name,
  );

function namespaces(objects: Objects): string[] {
  const known = [...GIVEN.namespaces, ...objects.of('Namespace').map(({ metadata }) => metadata.name)];
  return objects.all
    .filter(({ metadata }) => metadata.namespace && !known.includes(metadata.namespace))
    .map((object) => `${objectName(object)}: its namespace`);
}

/** The pods of a namespace that labels select. */
function selected(objects: Objects, namespace: string | undefined, selector: Strings): PodTemplate[] {
  return [...objects.pods, ...operatedPods(objects)]
    .filter(
      ({ owner, template }) => owner.metadata.namespace === namespace && selects(selector, template.metadata.labels),
    )
    .map(({ template }) => template);
}

/** The labels and ports of pods that the Prometheus operator makes. */
const OPERATED: Readonly<Record<string, { labels: (name: string) => Strings; ports: readonly number[] }>> = {
  Prometheus: {
    labels: (name) => ({ 'app.kubernetes.io/name': 'prometheus', 'operator.prometheus.io/name': name }),
    ports: [9090],
  },
  Alertmanager: {
    labels: (name) => ({ 'app.kubernetes.io/name': 'alertmanager', alertmanager: name }),
    ports: [9093, 9094],
  },
};

function operatedPods(objects: Objects): Objects['pods'] {
  return objects.all.flatMap((owner) => {
    const made = OPERATED[owner.kind];
    if (!made) return [];
    const ports = made.ports.map((containerPort) => ({ name: containerPort, containerPort }));
    const metadata = { labels: made.labels(owner.metadata.name) };
    return [{ owner, template: { metadata, spec: { containers: [{ ports }] } } as unknown as PodTemplate }];
  });
}

function services(objects: Objects): string[] {
  const found: string[] = [];
  for (const service of objects.of('Service')) {
    const behind = selected(objects, service.metadata.namespace, service.spec.selector);
    if (behind.length !== 1) found.push(`${objectName(service)}: selects ${behind.length} workloads`);
    if (!service.spec.ports?.length && service.spec.clusterIP !== 'None') found.push(`${objectName(service)}: no port`);
    for (const { targetPort } of service.spec.ports ?? []) {
      if (
        !behind.every(({ spec }) => spec.containers.some(({ ports }) => ports?.some(({ name }) => name === targetPort)))
      )
        found.push(`${objectName(service)}: port ${targetPort}`);
    }
  }
  for (const set of objects.of('StatefulSet')) {
    const governing = objects
      .of('Service')
      .find(({ metadata }) => metadata.namespace === set.metadata.namespace && metadata.name === set.spec.serviceName);
    if (governing?.spec.clusterIP !== 'None') found.push(`${objectName(set)}: serviceName ${set.spec.serviceName}`);
  }
  return found;
}

/** The keys of a ConfigMap or Secret, also of one that External Secrets will make; undefined if nobody makes it. */
function keysOf(
  objects: Objects,
  kind: 'ConfigMap' | 'Secret',
  namespace: string | undefined,
  name: string,
): string[] | undefined {
  const here = (object: KubernetesObject) => object.metadata.namespace === namespace;
  if (kind === 'ConfigMap') {
    const found = objects.of('ConfigMap').find((object) => here(object) && object.metadata.name === name);
    return found && Object.keys(found.data);
  }
  const secret = objects.of('Secret').find((object) => here(object) && object.metadata.name === name);
  const external = objects.of('ExternalSecret').find((object) => here(object) && object.spec.target.name === name);
  return (secret && Object.keys(secret.data)) ?? (external && Object.keys(external.spec.target.template.data));
}

function pods(objects: Objects, cluster: Cluster): string[] {
  return objects.pods.flatMap(({ owner, template: { spec } }) => {
    const { namespace } = owner.metadata;
    const found: string[] = [];
    const wants = (kind: 'ConfigMap' | 'Secret', name: string, keys: readonly string[] = []) => {
      const there = keysOf(objects, kind, namespace, name);
      if (!there) found.push(`${kind} ${name}`);
      else for (const key of keys) if (!there.includes(key)) found.push(`${kind} ${name}, key ${key}`);
    };
    const keysIn = (items: readonly { readonly key: string }[] = []) => items.map(({ key }) => key);
    for (const { configMap, secret } of spec.volumes ?? []) {
      if (configMap) wants('ConfigMap', configMap.name, keysIn(configMap.items));
      if (secret) wants('Secret', secret.secretName, keysIn(secret.items));
    }
    const templates = objects
      .of('StatefulSet')
      .filter((set) => set === owner)
      .flatMap(({ spec: set }) => set.volumeClaimTemplates ?? []);
    const volumes = [...(spec.volumes ?? []), ...templates.map(({ metadata }) => metadata)].map(({ name }) => name);
    if (new Set(volumes).size < volumes.length) found.push('two volumes of one name');
    for (const container of containersOf(spec)) {
      for (const { name } of container.volumeMounts ?? [])
        if (!volumes.includes(name)) found.push(`${container.name}: volume ${name}`);
      for (const { configMapRef, secretRef } of container.envFrom ?? []) {
        if (configMapRef) wants('ConfigMap', configMapRef.name);
        if (secretRef) wants('Secret', secretRef.name);
      }
      for (const { valueFrom } of container.env ?? []) {
        if (valueFrom?.configMapKeyRef)
          wants('ConfigMap', valueFrom.configMapKeyRef.name, [valueFrom.configMapKeyRef.key]);
        if (valueFrom?.secretKeyRef) wants('Secret', valueFrom.secretKeyRef.name, [valueFrom.secretKeyRef.key]);
      }
      for (const { name, key } of filesAt(container, spec.volumes ?? [])) wants('ConfigMap', name, [key]);
      for (const port of probedPorts(container))
        if (!container.ports?.some(({ name, containerPort }) => name === port || containerPort === port))
          found.push(`${container.name}: probed port ${port}`);
    }
    if (spec.serviceAccountName && !has(objects, 'ServiceAccount', namespace, spec.serviceAccountName))
      found.push(`ServiceAccount ${spec.serviceAccountName}`);
    const priority = spec.priorityClassName;
    if (priority && !GIVEN.priorityClasses.includes(priority) && !has(objects, 'PriorityClass', undefined, priority))
      found.push(`PriorityClass ${priority}`);
    for (const { name } of spec.imagePullSecrets ?? [])
      if (!cluster.imagePullSecrets?.includes(name)) found.push(`pull secret ${name}`);
    return found.map((what) => `${objectName(owner)}: ${what}`);
  });
}

/** Single files of ConfigMaps that are mounted by their path. */
function filesAt(
  container: Container,
  volumes: NonNullable<PodTemplate['spec']['volumes']>,
): { name: string; key: string }[] {
  return (container.volumeMounts ?? []).flatMap(({ name, subPath }) => {
    const configMap = volumes.find((volume) => volume.name === name)?.configMap;
    return subPath && configMap ? [{ name: configMap.name, key: subPath }] : [];
  });
}

function probedPorts({ startupProbe, readinessProbe, livenessProbe, lifecycle }: Container): (string | number)[] {
  return [startupProbe, readinessProbe, livenessProbe, lifecycle?.preStop].flatMap(
    (probe) => probe?.httpGet?.port ?? probe?.tcpSocket?.port ?? probe?.grpc?.port ?? [],
  );
}

function claims(objects: Objects, cluster: Cluster): string[] {
  const classes = [
    ...cluster.storage.map(({ name }) => name),
    ...objects.of('StorageClass').map(({ metadata }) => metadata.name),
  ];
  return objects
    .of('StatefulSet')
    .flatMap((set) =>
      (set.spec.volumeClaimTemplates ?? [])
        .filter(({ spec }) => !classes.includes(spec.storageClassName))
        .map(({ spec }) => `${objectName(set)}: StorageClass ${spec.storageClassName}`),
    );
}

function scaled(objects: Objects): string[] {
  const found: string[] = [];
  for (const autoscaler of objects.of('HorizontalPodAutoscaler')) {
    const { kind, name } = autoscaler.spec.scaleTargetRef;
    const target = objects.pods.find(
      ({ owner }) =>
        owner.kind === kind &&
        owner.metadata.name === name &&
        owner.metadata.namespace === autoscaler.metadata.namespace,
    );
    if (!target) found.push(`${objectName(autoscaler)}: ${kind} ${name}`);
    // Use in percent of the request needs a request, of every container.
    else if (!containersOf(target.template.spec).every(({ resources }) => resources?.requests?.['cpu']))
      found.push(`${objectName(autoscaler)}: a container without a CPU request`);
  }
  for (const budget of objects.of('PodDisruptionBudget')) {
    if (selected(objects, budget.metadata.namespace, budget.spec.selector.matchLabels).length !== 1)
      found.push(`${objectName(budget)}: its selector`);
  }
  return found;
}

function routes(objects: Objects, cluster: Cluster): string[] {
  const found: string[] = [];
  const backend = (route: KubernetesObject, name: string, port: string | number | undefined) => {
    const service = objects
      .of('Service')
      .find(({ metadata }) => metadata.namespace === route.metadata.namespace && metadata.name === name);
    if (!service?.spec.ports?.some((each) => each.name === port || each.port === port))
      found.push(`${objectName(route)}: Service ${name}, port ${port}`);
  };
  for (const route of objects.of('HTTPRoute')) {
    for (const { name, namespace, sectionName } of route.spec.parentRefs) {
      const { gateway } = cluster;
      if (!gateway || gateway.name !== name || gateway.namespace !== namespace || gateway.listener !== sectionName)
        found.push(`${objectName(route)}: Gateway ${namespace}/${name}, listener ${sectionName}`);
    }
    const admits = cluster.gateway?.admitsNamespaces ?? {};
    const own = objects.of('Namespace').find(({ metadata }) => metadata.name === route.metadata.namespace);
    if (!selects(admits, own?.metadata.labels ?? {}))
      found.push(`${objectName(route)}: the listener does not admit its namespace`);
    for (const { backendRefs } of route.spec.rules)
      for (const { name, port } of backendRefs) backend(route, name, port);
  }
  for (const ingress of objects.of('Ingress')) {
    if (ingress.spec.ingressClassName !== cluster.ingress?.className)
      found.push(`${objectName(ingress)}: class ${ingress.spec.ingressClassName}`);
    for (const { http } of ingress.spec.rules)
      for (const { backend: to } of http.paths)
        backend(ingress, to.service.name, to.service.port.name ?? to.service.port.number);
  }
  return found;
}

function policies(objects: Objects, cluster: Cluster): string[] {
  const strangers = [CLUSTER_DNS, cluster.gateway?.pods, cluster.ingress?.pods, cluster.keda?.pods].filter(
    (peer) => peer !== undefined,
  );
  const known = (peer: NetworkPolicyPeer) => {
    // Addresses and all pods of all namespaces refer to nothing.
    if ('ipBlock' in peer || JSON.stringify(peer) === '{"namespaceSelector":{}}') return true;
    const { namespaceSelector, podSelector } = peer;
    const inNamespace = namespaceSelector?.matchLabels ?? {};
    const labels = podSelector?.matchLabels ?? {};
    const ours = selected(objects, inNamespace['kubernetes.io/metadata.name'], labels).length === 1;
    return (
      ours ||
      strangers.some(
        (peer) => JSON.stringify([peer.namespaceLabels, peer.podLabels]) === JSON.stringify([inNamespace, labels]),
      )
    );
  };
  return objects.of('NetworkPolicy').flatMap((policy) => {
    const { podSelector, ingress = [], egress = [] } = policy.spec;
    const found = [...ingress.flatMap(({ from = [] }) => from), ...egress.flatMap(({ to = [] }) => to)]
      .filter((peer) => !known(peer))
      .map((peer) => `peer ${JSON.stringify(peer)}`);
    const labels = podSelector.matchLabels ?? {};
    if (Object.keys(labels).length && selected(objects, policy.metadata.namespace, labels).length !== 1)
      found.push('its podSelector');
    return found.map((what) => `${objectName(policy)}: ${what}`);
  });
}

function accounts(objects: Objects): string[] {
  const found: string[] = [];
  for (const binding of [...objects.of('ClusterRoleBinding'), ...objects.of('RoleBinding')]) {
    const { kind, name } = binding.roleRef;
    if (
      !GIVEN.roles.includes(name) &&
      !has(objects, kind, kind === 'Role' ? binding.metadata.namespace : undefined, name)
    )
      found.push(`${objectName(binding)}: ${kind} ${name}`);
    for (const subject of binding.subjects)
      if (!has(objects, subject.kind, subject.namespace, subject.name))
        found.push(`${objectName(binding)}: ${subject.kind} ${subject.name}`);
  }
  for (const { metadata, spec } of objects.of('APIService'))
    if (!has(objects, 'Service', spec.service.namespace, spec.service.name))
      found.push(`APIService/${metadata.name}: Service ${spec.service.name}`);
  return found;
}

/** Host names of the cluster, wherever they are written: in variables and in configuration files. */
function hosts(objects: Objects): string[] {
  return objects.all.flatMap((object) => {
    const named = [...JSON.stringify(object).matchAll(/([a-z0-9-]+)\.([a-z0-9-]+)\.svc\.cluster\.local/g)];
    return named
      .filter(([, service, namespace]) => !has(objects, 'Service', namespace, service!))
      .map(([host]) => `${objectName(object)}: host ${host}`);
  });
}
