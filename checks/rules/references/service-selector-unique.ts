import { string } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { someNames } from '../../../model/errors';
import type { ServicePort, ServiceView } from '../../../world/services';
import { servicesOf } from '../../../world/services';
import { check } from '../../check';

const manifests = (selector: string) => `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: ${selector}, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: shop, part: web } }
  template:
    metadata: { labels: { app: shop, part: web } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0', ports: [{ containerPort: 8080 }] }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: mailer, namespace: shop }
spec:
  selector: { matchLabels: { app: shop, part: mailer } }
  template:
    metadata: { labels: { app: shop, part: mailer } }
    spec: { containers: [{ name: mailer, image: 'shop/mailer:3.1.0' }] }
`;

export default check({
  id: 'service-selector-unique',
  group: 'references',
  description: 'the selector of a Service selects the pods of one program only',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/',
  fix: 'select by a label that only the pods of that workload have',
  example: {
    broken: manifests('{ app: shop }'),
    fails: ['Service/shop/web spec.selector'],
    fixed: manifests('{ app: shop, part: web }'),
  },
  *judge(world) {
    for (const service of servicesOf(world)) {
      if (service.workloads.length < 2) continue;
      for (const port of service.ports) {
        const others = workloadsWithout(service, port);
        if (others.length === 0) continue;
        const names = others.map(({ resource }) => `${resource.kind} ${resource.name}`);
        yield {
          resource: service.resource,
          path: ['spec', 'selector'],
          value: service.resource.at(['spec', 'selector']),
          message: `the selector selects pods of ${service.workloads.length} workloads, and ${someNames(names, 5)} ${others.length === 1 ? 'has' : 'have'} no port ${port.target}: a share of the connections goes to pods that do not answer`,
        };
        break;
      }
    }
  },
});

/** The workloads that do not have the port while others do; two versions of one program (a canary) both have it. */
function workloadsWithout(service: ServiceView, port: ServicePort): readonly WorkloadManifest[] {
  // A pod without a port of that name is not an endpoint; only a headless Service resolves to its address.
  if (typeof port.target === 'string' && !service.headless) return [];
  const targets = service.targets(port);
  const declares = (workload: WorkloadManifest) =>
    targets.some((target) => target.workload === workload && target.declared);
  const others = service.workloads.filter((workload) => !declares(workload));
  if (others.length === service.workloads.length) return [];
  // A workload that declares no ports may run another version of the same program.
  const images = new Set(service.workloads.filter(declares).flatMap(imagesOf));
  return others.filter(
    (workload) => typeof port.target === 'string' || !imagesOf(workload).some((image) => images.has(image)),
  );
}

function imagesOf({ running }: WorkloadManifest): string[] {
  return running.flatMap(
    ({ json }) =>
      string(json['image'])
        ?.replace(/@.*$/, '')
        .replace(/:[^/:]*$/, '') ?? [],
  );
}
