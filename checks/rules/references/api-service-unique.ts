import type { Resource } from '../../../manifests/resource';
import { record, string } from '../../../manifests/resource';
import { check } from '../../check';

const apiService = (service: string) => `
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: { name: v1beta1.metrics.k8s.io }
spec:
  group: metrics.k8s.io
  version: v1beta1
  service: { ${service} }
  groupPriorityMinimum: 100
  versionPriority: 100
`;

export default check({
  id: 'api-service-unique',
  group: 'references',
  description:
    'one program serves an aggregated API: no APIService of the cluster or of another program leads elsewhere',
  severity: 'will-break',
  needs: [],
  source: 'https://kubernetes.io/docs/tasks/extend-kubernetes/setup-extension-api-server/',
  fix: 'let one program serve the API: remove the APIService of the other one, or do not install it',
  example: {
    facts: apiService('name: metrics-server, namespace: kube-system'),
    broken: apiService('name: prometheus-adapter, namespace: monitoring'),
    fails: ['APIService/v1beta1.metrics.k8s.io spec.service'],
    fixed: apiService('name: metrics-server, namespace: kube-system'),
  },
  *judge(world) {
    const there = [
      ...world.external.filter(({ kind }) => kind === 'APIService'),
      ...(world.facts.known('apiServices') ?? []),
    ];
    const judged = new Map<string, Resource>();
    for (const resource of world.of('APIService')) {
      const service = serviceOf(resource);
      const other = judged.get(resource.name) ?? there.find(({ name }) => name === resource.name);
      judged.set(resource.name, other ?? resource);
      const otherService = other && serviceOf(other);
      // Facts without a Service say that the API is there, and not by whom.
      if (!service || !otherService || service === otherService) continue;
      const isJudged = !there.includes(other);
      yield {
        resource,
        path: ['spec', 'service'],
        value: resource.at(['spec', 'service']),
        message: `${isJudged ? 'another APIService here' : 'the APIService of the cluster'} sends ${resource.name} to Service ${otherService}, and this one to ${service}: what is applied last takes the API over, and clients of the other program get errors or other values`,
        ...(isJudged ? { causedBy: { check: 'duplicate-object', resource } } : {}),
      };
    }
  },
});

function serviceOf(resource: Resource): string | undefined {
  const service = record(resource.at(['spec', 'service']));
  const name = string(service?.['name']);
  return name === undefined ? undefined : `${string(service?.['namespace']) ?? ''}/${name}`;
}
