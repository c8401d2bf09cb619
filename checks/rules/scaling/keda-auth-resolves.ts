import type { Path, Resource } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import { someNames } from '../../../model/errors';
import { near } from '../../../model/near';
import { keysOf } from '../../../world/contents';
import { environmentOf } from '../../../world/environment';
import { KEDA_GROUP, scaledJobsOf, scaledObjectsOf, triggersOf } from '../../../world/keda';
import type { ReadContainers } from '../../../world/keda-authentication';
import { authenticationOf, readContainersOf } from '../../../world/keda-authentication';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';
import { missing } from '../../missing';
import { respelt } from '../../respelt';

const manifests = (name: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Secret
metadata: { name: rabbitmq, namespace: shop }
stringData: { host: 'http://rabbitmq.shop.svc:15672/' }
---
apiVersion: keda.sh/v1alpha1
kind: TriggerAuthentication
metadata: { name: rabbitmq, namespace: shop }
spec: { secretTargetRef: [{ parameter: host, name: rabbitmq, key: host }] }
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: worker, namespace: shop }
spec:
  scaleTargetRef: { name: worker }
  triggers:
    - type: rabbitmq
      metadata: { queueName: orders, mode: QueueLength, value: '20' }
      authenticationRef: { name: ${name} }
`;

export default check({
  id: 'keda-auth-resolves',
  group: 'scaling',
  description:
    'the authentication of a trigger exists, with the keys and the variables of containers that it and the trigger name',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://keda.sh/docs/2.21/concepts/authentication/',
  fix: 'name an authentication of the namespace, a key that its Secret has, and a variable of the container',
  example: {
    broken: manifests('nowhere'),
    fails: ['ScaledObject/shop/worker spec.triggers[0].authenticationRef.name'],
    fixed: manifests('rabbitmq'),
  },
  *judge(world) {
    for (const resource of world.of('TriggerAuthentication'))
      if (resource.group === KEDA_GROUP) yield* ofAuthentication(world, resource);
    for (const resource of [...scaledObjectsOf(world), ...scaledJobsOf(world)]) yield* ofScaled(world, resource);
  },
});

const LOST = 'KEDA cannot connect to the source and does not scale by it';

/** The Secrets and ConfigMaps that a TriggerAuthentication names, in its own namespace. */
function* ofAuthentication(world: World, resource: Resource): Iterable<Finding> {
  const namespace = world.namespaceOf(resource);
  for (const [field, kind] of [
    ['secretTargetRef', 'Secret'],
    ['configMapTargetRef', 'ConfigMap'],
  ] as const) {
    for (const [i, entry] of list(resource.at(['spec', field])).entries()) {
      const path: Path = ['spec', field, i];
      const [name, key] = [string(record(entry)?.['name']), string(record(entry)?.['key'])];
      if (!name) continue;
      const keys = keysOf(world, kind, namespace, name);
      if (keys === undefined) {
        const finding = missing(world, { resource, path: [...path, 'name'], kind, namespace, name }, LOST);
        if (finding) yield finding;
      } else if (keys !== 'unknown' && key && !keys.has(key))
        yield {
          ...{ resource, path: [...path, 'key'], value: key },
          message: `${kind} ${name} has no key ${key} (it has: ${someNames([...keys], 8) || 'none'}), so ${LOST}${near(key, [...keys])}`,
          ...respelt(key, keys),
        };
    }
  }
}

function* ofScaled(world: World, resource: Resource): Iterable<Finding> {
  const read = readContainersOf(world, resource);
  const container = read?.named?.name;
  if (read?.named && !read.containers.some(({ name }) => name === container)) {
    yield {
      ...{ resource, path: read.named.path, value: container },
      message: `${read.owner} has no container ${container}, so KEDA reads no variables${near(container!, names(read))}`,
      ...respelt(container!, names(read)),
    };
    return;
  }
  for (const trigger of triggersOf(resource)) {
    const { authentication: reference } = trigger;
    const authentication = reference && authenticationOf(world, resource, reference);
    if (reference && !authentication) {
      const namespace = reference.kind === 'TriggerAuthentication' ? world.namespaceOf(resource) : '';
      const at = { resource, path: [...reference.path, 'name'], kind: reference.kind, namespace, name: reference.name };
      const finding = missing(world, at, LOST);
      if (finding) yield finding;
    }
    if (!read) continue;
    for (const [key, variable] of trigger.metadata) {
      if (!key.endsWith('FromEnv') || isSet(world, resource, read, container, variable) !== 'no') continue;
      const own = variablesOf(world, resource, read, container);
      yield {
        ...{ resource, path: [...trigger.path, 'metadata', key], value: variable },
        message: `${whose(read, container)} has no variable ${variable}, so the parameter ${key.slice(0, -'FromEnv'.length)} of the trigger is empty and ${LOST}${near(variable, own)}`,
        ...respelt(variable, own),
      };
    }
    for (const entry of list(authentication?.at(['spec', 'env'])).map(record)) {
      const [of, variable] = [string(entry?.['containerName']) || undefined, string(entry?.['name'])];
      if (!variable) continue;
      const at = { resource, path: [...reference!.path, 'name'], value: reference!.name };
      const from = `${authentication!.kind} ${authentication!.name}`;
      if (of !== undefined && !names(read).includes(of))
        yield {
          ...at,
          message: `${from} reads a variable of container ${of}, which ${read.owner} does not have, so ${LOST}${near(of, names(read))}`,
        };
      else if (isSet(world, resource, read, of, variable) === 'no')
        yield {
          ...at,
          message: `${from} reads the variable ${variable}, which ${whose(read, of)} does not have, so ${LOST}${near(variable, variablesOf(world, resource, read, of))}`,
        };
    }
  }
}

function names({ containers }: ReadContainers): readonly string[] {
  return containers.map(({ name }) => name);
}

function chosen({ containers }: ReadContainers, name: string | undefined) {
  return name === undefined ? containers[0]! : containers.find((each) => each.name === name)!;
}

function whose(read: ReadContainers, name: string | undefined): string {
  return `container ${chosen(read, name).name} of ${read.owner}`;
}

function variablesOf(world: World, scaled: Resource, read: ReadContainers, name: string | undefined): string[] {
  const { own, imported } = environmentOf(world, { namespace: world.namespaceOf(scaled) }, chosen(read, name));
  return [...new Set([...own, ...imported])];
}

/** Whether a container has a variable; `unknown` where it takes all of an object whose keys are not known. */
function isSet(
  world: World,
  scaled: Resource,
  read: ReadContainers,
  name: string | undefined,
  variable: string,
): 'yes' | 'no' | 'unknown' {
  const { own, imported, open } = environmentOf(world, { namespace: world.namespaceOf(scaled) }, chosen(read, name));
  if (own.includes(variable) || imported.has(variable)) return 'yes';
  return open.length > 0 ? 'unknown' : 'no';
}
