import { number, string } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import type { Range } from '../../../upstream/kubernetes/pod-hostnames';
import { LONGEST_FQDN, podDomain, podNameLength } from '../../../upstream/kubernetes/pod-hostnames';
import { podsOf } from '../../../world/autoscalers';
import { subdomainOf } from '../../../world/pod-names';
import type { World } from '../../../world/world';
import { check } from '../../check';

const manifests = (subdomain: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: recommendations, namespace: shop }
spec:
  selector: { matchLabels: { app: recommendations } }
  template:
    metadata: { labels: { app: recommendations } }
    spec:
      subdomain: ${subdomain}
      setHostnameAsFQDN: true
      containers: [{ name: web, image: 'shop/recommendations:1.2.0' }]
`;

export default check({
  id: 'fqdn-fits-hostname',
  group: 'lifecycle',
  description: 'the domain name of a pod with setHostnameAsFQDN has at most 64 characters',
  severity: 'will-break',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/',
  fix: 'remove setHostnameAsFQDN, or shorten the name of the workload, its hostname, its subdomain or its namespace',
  example: {
    broken: manifests('recommendations'),
    fails: ['Deployment/shop/recommendations spec.template.spec.setHostnameAsFQDN'],
    fixed: manifests('r'),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      const { resource, namespace, podSpec, podSpecPath } = workload;
      if (resource.kind === 'PodTemplate' || podSpec['setHostnameAsFQDN'] !== true || podSpec['hostNetwork'] === true)
        continue;
      const subdomain = resource.kind === 'StatefulSet' ? subdomainOf(workload) : string(podSpec['subdomain']);
      const names = subdomain ? hostnames(world, workload) : undefined;
      if (!subdomain || !names) continue;
      const domain = podDomain(subdomain, namespace);
      const [min, max] = [names.min + 1 + domain.length, names.max + 1 + domain.length];
      if (max <= LONGEST_FQDN) continue;
      const at = { resource, path: [...podSpecPath, 'setHostnameAsFQDN'], value: true };
      const follows = `more than the ${LONGEST_FQDN} that a hostname may have: the pod stays in ContainerCreating`;
      if (min > LONGEST_FQDN)
        yield { ...at, message: `the domain name of each pod, ….${domain}, has ${min} characters or more, ${follows}` };
      else if (names.numbered)
        yield {
          ...at,
          message: `the domain name of the pods with the highest numbers, ….${domain}, has ${max} characters, ${follows}`,
        };
      else
        yield {
          ...at,
          verdict: 'unknown',
          message: `the domain name of a pod, ….${domain}, has up to ${max} characters, depending on the hash of the template, and may have ${follows}`,
        };
    }
  },
});

/** How long the host names of the pods are; undefined where there are no pods. */
function hostnames(world: World, workload: WorkloadManifest): (Range & { readonly numbered?: true }) | undefined {
  const { resource, podSpec } = workload;
  const numbered = (first: number, pods: number) =>
    pods < 1
      ? undefined
      : {
          min: `${resource.name}-${first}`.length,
          max: `${resource.name}-${first + pods - 1}`.length,
          numbered: true as const,
        };
  if (resource.kind === 'StatefulSet')
    return numbered(number(resource.at(['spec', 'ordinals', 'start'])) ?? 0, podsOf(world, workload)!.max);
  const hostname = string(podSpec['hostname']);
  if (hostname) return { min: hostname.length, max: hostname.length };
  if (resource.kind === 'Job' && resource.at(['spec', 'completionMode']) === 'Indexed')
    return numbered(0, number(resource.at(['spec', 'completions'])) ?? 1);
  return podNameLength(resource.kind, resource.name);
}
