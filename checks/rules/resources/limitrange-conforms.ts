import type { Quantity } from '../../../manifests/quantity';
import { quantity, quantityText } from '../../../manifests/quantity';
import type { Resource } from '../../../manifests/resource';
import { list, record, text } from '../../../manifests/resource';
import type { Workload } from '../../../manifests/workload';
import type { Limit, Resources } from '../../../world/requests';
import { amounts, limitsOf, podResources, resourcesOf } from '../../../world/requests';
import type { World } from '../../../world/world';
import type { Judgement } from '../../check';
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
  description: 'pods and claims keep within the LimitRanges of their namespace',
  severity: 'will-break',
  needs: [],
  source: 'plugin/pkg/admission/limitranger/admission.go',
  fix: 'bring the request and the limit between the minimum and the maximum, or change the LimitRange',
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

function* judgePod(world: World, workload: Workload, limit: Limit): Iterable<Judgement> {
  const { resource } = workload;
  if (limit.type === 'Container') {
    for (const container of workload.containers) {
      if (container.role === 'ephemeral') continue;
      for (const wrong of breaches(resourcesOf(world, workload, container), limit)) {
        const path = [...container.path, 'resources'];
        const stated = resource.at([...path, wrong.field, wrong.name]);
        yield {
          resource,
          path:
            stated === undefined
              ? container.json['resources']
                ? path
                : container.path
              : [...path, wrong.field, wrong.name],
          value: stated,
          message: `container ${container.name} ${wrong.message} in LimitRange ${limit.resource.name}: no pod is admitted`,
        };
      }
    }
  } else if (limit.type === 'Pod') {
    for (const wrong of breaches(
      { requests: podResources(world, workload, 'requests'), limits: podResources(world, workload, 'limits') },
      limit,
    )) {
      yield {
        resource,
        path: workload.podSpecPath,
        message: `its containers together: ${wrong.message} in LimitRange ${limit.resource.name}: no pod is admitted`,
      };
    }
  }
}

interface Breach {
  readonly name: string;
  readonly field: 'requests' | 'limits';
  readonly message: string;
}

/** In the order and with the rules of the API server's LimitRanger. */
function* breaches({ requests, limits }: Resources, { json }: Limit): Iterable<Breach> {
  const say = (name: string, amount: Quantity) => `${quantityText(amount, name)} of ${name}`;
  for (const [name, least] of amounts(json['min'])) {
    const [request, limit] = [requests.get(name), limits.get(name)];
    if (request === undefined)
      yield {
        name,
        field: 'requests',
        message: `requests no ${name}, and the minimum is ${quantityText(least, name)}`,
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
        message: `is limited to ${say(name, limit)}, and the minimum is ${quantityText(least, name)}`,
      };
  }
  for (const [name, most] of amounts(json['max'])) {
    const [request, limit] = [requests.get(name), limits.get(name)];
    if (limit === undefined)
      yield {
        name,
        field: 'limits',
        message: `has no limit for ${name}, and the maximum is ${quantityText(most, name)}`,
      };
    else if (limit > most)
      yield {
        name,
        field: 'limits',
        message: `is limited to ${say(name, limit)}, and the maximum is ${quantityText(most, name)}`,
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
        message: `has no ${request ? 'limit' : 'request'} for ${name}, and the limit may be ${times} times the request at most`,
      };
    else if (limit * 1_000_000_000n > request * ratio)
      yield {
        name,
        field: 'limits',
        message: `is limited to ${say(name, limit)}, more than ${times} times the ${quantityText(request, name)} that it requests, which is the most`,
      };
  }
}

function* judgeClaim(
  resource: Resource,
  spec: unknown,
  at: readonly (string | number)[],
  limits: readonly Limit[],
): Iterable<Judgement> {
  const written = record(record(record(spec)?.['resources'])?.['requests'])?.['storage'];
  const size = quantity(written);
  for (const { type, json, resource: range } of limits) {
    if (type !== 'PersistentVolumeClaim' || size === undefined) continue;
    const [least, most] = [amounts(json['min']).get('storage'), amounts(json['max']).get('storage')];
    const bound =
      least !== undefined && size < least
        ? `less than the ${quantityText(least, 'storage')}`
        : most !== undefined && size > most
          ? `more than the ${quantityText(most, 'storage')}`
          : undefined;
    if (bound)
      yield {
        resource,
        path: [...at, 'resources', 'requests', 'storage'],
        value: text(written) ?? written,
        message: `the claim asks for ${bound} that LimitRange ${range.name} allows: it is not admitted and the pods that need it do not start`,
      };
  }
}
