import type { Quantity } from '../../../manifests/quantity';
import { parseQuantity, quantityText } from '../../../manifests/quantity';
import type { Resource } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { amounts } from '../../../world/pod-amounts';
import type { ContainerResources, Limit } from '../../../world/requests';
import { limitsOf, podResources, resourcesOf } from '../../../world/requests';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';

const manifests = (limit: string) => `
apiVersion: v1
kind: LimitRange
metadata: { name: sizes, namespace: shop }
spec: { limits: [{ type: Container, max: { memory: 1Gi } }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0', resources: { requests: { memory: 512Mi }, limits: { memory: ${limit} } } }] }
`;

export default check({
  id: 'limitrange-conforms',
  group: 'resources',
  description: 'pods and PersistentVolumeClaims conform to the LimitRanges of their namespace',
  severity: 'will-break',
  needs: [],
  source: 'plugin/pkg/admission/limitranger/admission.go',
  fix: 'set the request and the limit between the minimum and the maximum, or change the LimitRange',
  example: {
    broken: manifests('2Gi'),
    fails: ['Deployment/shop/web spec.template.spec.containers[0].resources.limits.memory'],
    fixed: manifests('1Gi'),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      if (workload.resource.kind !== 'PodTemplate')
        for (const limit of limitsOf(world, workload.namespace)) yield* judgePod(world, workload, limit);
    }
    for (const claim of world.of('PersistentVolumeClaim'))
      yield* judgeClaim(claim, claim.at(['spec']), ['spec'], limitsOf(world, world.namespaceOf(claim)));
    for (const { resource, namespace } of world.workloads) {
      if (resource.kind !== 'StatefulSet') continue;
      for (const [i, template] of list(resource.at(['spec', 'volumeClaimTemplates'])).entries())
        yield* judgeClaim(
          resource,
          record(template)?.['spec'],
          ['spec', 'volumeClaimTemplates', i, 'spec'],
          limitsOf(world, namespace),
        );
    }
  },
});

function* judgePod(world: World, workload: WorkloadManifest, limit: Limit): Iterable<Finding> {
  const { resource } = workload;
  if (limit.type === 'Container') {
    for (const container of workload.containers) {
      if (container.role === 'ephemeral') continue;
      for (const violation of violationsOf(resourcesOf(world, workload, container), limit)) {
        const path = [...container.path, 'resources'];
        const field = [...path, violation.field, violation.name];
        const nearest = container.json['resources'] ? path : container.path;
        const stated = resource.at(field);
        yield {
          resource,
          path: stated === undefined ? nearest : field,
          value: stated,
          message: `container ${container.name} ${violation.message} in LimitRange ${limit.resource.name}: no pod is admitted`,
        };
      }
    }
  } else if (limit.type === 'Pod') {
    for (const violation of violationsOf(
      { requests: podResources(world, workload, 'requests'), limits: podResources(world, workload, 'limits') },
      limit,
    )) {
      yield {
        resource,
        path: workload.podSpecPath,
        message: `the sum of its containers ${violation.message} in LimitRange ${limit.resource.name}: no pod is admitted`,
      };
    }
  }
}

interface Violation {
  readonly name: string;
  readonly field: 'requests' | 'limits';
  readonly message: string;
}

/** In the order and with the rules of the LimitRanger admission plugin. */
function* violationsOf({ requests, limits }: ContainerResources, { json }: Limit): Iterable<Violation> {
  const say = (name: string, amount: Quantity) => `${quantityText(amount, name)} of ${name}`;
  for (const [name, least] of amounts(json['min'])) {
    const [request, limit] = [requests.get(name), limits.get(name)];
    if (request === undefined)
      yield {
        name,
        field: 'requests',
        message: `has no ${name} request, and the minimum is ${quantityText(least, name)}`,
      };
    else if (request < least)
      yield {
        name,
        field: 'requests',
        message: `requests ${say(name, request)}, and the minimum is ${quantityText(least, name)}`,
      };
    else if (limit !== undefined && limit < least)
      yield {
        name,
        field: 'limits',
        message: `has a limit of ${say(name, limit)}, and the minimum is ${quantityText(least, name)}`,
      };
  }
  for (const [name, most] of amounts(json['max'])) {
    const [request, limit] = [requests.get(name), limits.get(name)];
    if (limit === undefined)
      yield {
        name,
        field: 'limits',
        message: `has no ${name} limit, and the maximum is ${quantityText(most, name)}`,
      };
    else if (limit > most)
      yield {
        name,
        field: 'limits',
        message: `has a limit of ${say(name, limit)}, and the maximum is ${quantityText(most, name)}`,
      };
    else if (request !== undefined && request > most)
      yield {
        name,
        field: 'requests',
        message: `requests ${say(name, request)}, and the maximum is ${quantityText(most, name)}`,
      };
  }
  for (const [name, ratio] of amounts(json['maxLimitRequestRatio'])) {
    const [request, limit] = [requests.get(name), limits.get(name)];
    const times = quantityText(ratio, 'ratio');
    if (!request || !limit)
      yield {
        name,
        field: request ? 'limits' : 'requests',
        message: `has no ${name} ${request ? 'limit' : 'request'}, and the limit may be at most ${times} times the request`,
      };
    else if (limit * 1_000_000_000n > request * ratio)
      yield {
        name,
        field: 'limits',
        message: `has a limit of ${say(name, limit)}, which is more than ${times} times its request of ${quantityText(request, name)}, the maximum ratio`,
      };
  }
}

function* judgeClaim(
  resource: Resource,
  spec: unknown,
  at: readonly (string | number)[],
  limits: readonly Limit[],
): Iterable<Finding> {
  const written = record(record(record(spec)?.['resources'])?.['requests'])?.['storage'];
  const size = parseQuantity(written);
  for (const { type, json, resource: range } of limits) {
    if (type !== 'PersistentVolumeClaim' || size === undefined) continue;
    const [least, most] = [amounts(json['min']).get('storage'), amounts(json['max']).get('storage')];
    const place = { resource, path: [...at, 'resources', 'requests', 'storage'], value: string(written) ?? written };
    const consequence = `in LimitRange ${range.name}: it is not admitted and the pods that need it do not start`;
    if (least !== undefined && size < least)
      yield {
        ...place,
        message: `the claim requests less than the minimum of ${quantityText(least, 'storage')} ${consequence}`,
      };
    else if (most !== undefined && size > most)
      yield {
        ...place,
        message: `the claim requests more than the maximum of ${quantityText(most, 'storage')} ${consequence}`,
      };
  }
}
