import type { Resource } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { claimViolation, podViolations } from '../../../world/limit-ranges';
import type { Limit } from '../../../world/requests';
import { limitsOf } from '../../../world/requests';
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
  for (const { container, violation } of podViolations(world, workload, limit)) {
    if (!container) {
      yield {
        resource,
        path: workload.podSpecPath,
        message: `the sum of its containers ${violation.message} in LimitRange ${limit.resource.name}: no pod is admitted`,
      };
      continue;
    }
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

function* judgeClaim(
  resource: Resource,
  spec: unknown,
  at: readonly (string | number)[],
  limits: readonly Limit[],
): Iterable<Finding> {
  const written = record(record(record(spec)?.['resources'])?.['requests'])?.['storage'];
  for (const limit of limits) {
    const why = claimViolation(spec, limit);
    if (why !== undefined)
      yield {
        resource,
        path: [...at, 'resources', 'requests', 'storage'],
        value: string(written) ?? written,
        message: `the claim ${why} in LimitRange ${limit.resource.name}: it is not admitted and the pods that need it do not start`,
      };
  }
}
