import type { Container } from '../../../manifests/workload';
import { listeningPorts } from '../../../manifests/workload';
import { isMap } from '../../../model/is-map';
import { servicesOfWorkload } from '../../../world/services';
import type { ContainerChange } from '../containers';
import { containerChanges } from '../containers';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import { firstNames } from '../plural';
import { readersOf } from '../readers';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';
import type { WorkloadChange } from '../workloads';
import { changedWorkloads, templateFields } from '../workloads';

const web = (port: number, image = '1.4.0') => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'example.com/web:${image}', ports: [{ name: http, containerPort: ${port} }] }] } }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: http }] }
`;

export default riskRule({
  id: 'port-unheard',
  class: 'disruption',
  description: 'a named port that has another number, while nothing else tells the program to listen there',
  reason:
    'A port of a container opens nothing: it says where Services and probes find the program by that name. What the program listens on is told by its image, its arguments, its variables or its files.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports',
  advice: 'tell the program the new port in the same change, or make sure that it listens there already',
  example: {
    before: web(8080),
    after: web(8081),
    finds: ['Deployment/shop/web spec.template.spec.containers[web].ports[8081]'],
    harmless: web(8081, '1.5.0'),
  },
  *find(diff) {
    for (const workload of changedWorkloads(diff))
      if (templateFields(workload).length > 0)
        for (const each of containerChanges(workload)) yield* ofContainer(diff, workload, each);
  },
});

function* ofContainer(
  diff: WorldChange,
  { change, after: workload }: WorkloadChange,
  { before, after, path }: ContainerChange,
): Iterable<FoundRisk> {
  if (isToldOtherwise(diff, workload, before, after)) return;
  const [old, now] = [before, after].map(namedPorts) as [Map<string, number>, Map<string, number>];
  const listens = new Set(listeningPorts(after).map(({ port }) => port));
  for (const [name, number] of now) {
    const was = old.get(name);
    // Where its arguments named the new port all along, the manifest was wrong and is right now.
    if (was === undefined || was === number || [...old.values()].includes(number) || listens.has(number)) continue;
    const users = usersOf(diff, workload, after, name);
    if (users.length === 0) continue;
    const ports = [...path, 'ports'];
    yield {
      change,
      field: fieldAt(change, [...ports, { containerPort: number }]) ?? fieldAt(change, ports),
      message: `port ${name} of ${after.name} is ${number} in place of ${was}, and nothing tells the program: ${firstNames(users)} asked by that name, and ${users.length === 1 ? 'finds' : 'find'} nobody unless it listens there already`,
    };
  }
}

function namedPorts({ json }: Container): Map<string, number> {
  const ports = Array.isArray(json['ports']) ? json['ports'].filter(isMap) : [];
  return new Map(
    ports.flatMap(({ name, containerPort }) =>
      typeof name === 'string' && typeof containerPort === 'number' ? [[name, containerPort] as const] : [],
    ),
  );
}

/** Whether something else changes that may tell the program where to listen. */
function isToldOtherwise(
  diff: WorldChange,
  { resource }: WorkloadChange['after'],
  before: Container,
  after: Container,
): boolean {
  return (
    ['image', 'command', 'args', 'env', 'envFrom', 'volumeMounts'].some(
      (field) => JSON.stringify(before.json[field]) !== JSON.stringify(after.json[field]),
    ) ||
    changesOf(diff, 'ConfigMap', 'Secret').some(
      ({ kind, after: file }) =>
        file !== undefined &&
        readersOf(diff.after, kind as 'ConfigMap' | 'Secret', diff.after.namespaceOf(file), file.name).some(
          ({ workload }) => workload.resource === resource,
        ),
    )
  );
}

/** Services and probes that ask for a port of the container by its name. */
function usersOf(
  { after: world }: WorldChange,
  workload: WorkloadChange['after'],
  { json }: Container,
  name: string,
): string[] {
  const services = servicesOfWorkload(world, workload)
    .filter(({ ports }) => ports.some((port) => port.target === name))
    .map(({ resource }) => world.idOf(resource));
  const probes = ['readinessProbe', 'livenessProbe', 'startupProbe'].filter((kind) =>
    JSON.stringify(json[kind] ?? {}).includes(`"port":${JSON.stringify(name)}`),
  );
  return [...services, ...probes.map((kind) => `its ${kind}`)];
}
