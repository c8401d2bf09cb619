import type { Path } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { near } from '../../../model/near';
import { check } from '../../check';
import { respelt } from '../../respelt';

const manifests = (container: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: shop/web:3.1.0
          resources: { limits: { memory: 256Mi } }
          env: [{ name: MEMORY, valueFrom: { resourceFieldRef: { containerName: ${container}, resource: limits.memory } } }]
`;

/** Containers that webhooks of meshes and agents put into a pod. */
const INJECTED =
  /^(istio-(proxy|init|validation)|linkerd-(proxy|init)|envoy(-sidecar)?|consul-dataplane|kuma-(sidecar|init)|vault-agent(-init)?|daprd|aws-.*|otc-container|cloud-?sql-proxy|datadog-.*)$/;

export default check({
  id: 'resource-field-resolves',
  group: 'references',
  description: 'a resourceFieldRef names a container of the pod',
  severity: 'will-break',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/downward-api/',
  fix: 'name a container of the pod; a variable of the own container needs no containerName',
  example: {
    broken: manifests('app'),
    fails: ['Deployment/shop/web spec.template.spec.containers[0].env[0].valueFrom.resourceFieldRef.containerName'],
    fixed: manifests('web'),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      const names = workload.containers.filter(({ role }) => role !== 'ephemeral').map(({ name }) => name);
      for (const { path, name, consequence } of fieldsOf(workload)) {
        if (names.includes(name)) continue;
        const at = { resource: workload.resource, path, value: name };
        if (INJECTED.test(name))
          yield {
            ...at,
            verdict: 'unknown',
            message: `the manifests have no container ${name}: whether a webhook puts one into the pod is not known, and if none does, ${consequence}`,
          };
        else
          yield {
            ...at,
            message: `the pod has no container ${name} (it has: ${names.join(', ')}), so ${consequence}${near(name, names)}`,
            ...respelt(name, names),
          };
      }
    }
  },
});

interface ResourceField {
  readonly path: Path;
  readonly name: string;
  readonly consequence: string;
}

/** The containers that variables and files name. The API server does not look whether there are such. */
function* fieldsOf({ podSpec, podSpecPath, containers }: WorkloadManifest): Iterable<ResourceField> {
  const fieldAt = (entry: unknown, path: Path, consequence: string): ResourceField[] => {
    const name = string(record(record(entry)?.['resourceFieldRef'])?.['containerName']);
    return name ? [{ path: [...path, 'resourceFieldRef', 'containerName'], name, consequence }] : [];
  };
  for (const { json, path } of containers)
    for (const [i, entry] of list(json['env']).entries())
      yield* fieldAt(
        record(entry)?.['valueFrom'],
        [...path, 'env', i, 'valueFrom'],
        'the container is not started (CreateContainerConfigError)',
      );
  const waits = 'the volume cannot be mounted and the pod stays in ContainerCreating';
  for (const [i, entry] of list(podSpec['volumes']).entries()) {
    const volume = record(entry);
    const at = [...podSpecPath, 'volumes', i];
    for (const [j, item] of list(record(volume?.['downwardAPI'])?.['items']).entries())
      yield* fieldAt(item, [...at, 'downwardAPI', 'items', j], waits);
    for (const [j, source] of list(record(volume?.['projected'])?.['sources']).entries())
      for (const [k, item] of list(record(record(source)?.['downwardAPI'])?.['items']).entries())
        yield* fieldAt(item, [...at, 'projected', 'sources', j, 'downwardAPI', 'items', k], waits);
  }
}
