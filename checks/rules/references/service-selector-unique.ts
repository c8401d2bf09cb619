import { text } from '../../../manifests/resource';
import type { Workload } from '../../../manifests/workload';
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
  description: "a Service's selector finds the pods of one program only",
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/',
  fix: 'select by a label that only the pods of the one workload have',
  example: {
    broken: manifests('{ app: shop }'),
    fails: ['Service/shop/web spec.selector'],
    fixed: manifests('{ app: shop, part: web }'),
  },
  *judge(world) {
    for (const service of servicesOf(world)) {
      if (service.workloads.length < 2) continue;
      for (const port of service.ports) {
        const strangers = strangersOf(service, port);
        if (strangers.length === 0) continue;
        yield {
          resource: service.resource,
          path: ['spec', 'selector'],
          value: service.resource.at(['spec', 'selector']),
          message: `the selector finds pods of ${service.workloads.length} workloads, and ${strangers
            .map(({ resource }) => `${resource.kind} ${resource.name}`)
            .slice(0, 5)
            .join(
              ', ',
            )} ${strangers.length === 1 ? 'has' : 'have'} no port ${port.target}: a share of the connections goes to pods that do not answer them`,
        };
        break;
      }
    }
  },
});

/** The workloads that do not have the port while others do; two versions of one program (a canary) both have it. */
function strangersOf(service: ServiceView, port: ServicePort): readonly Workload[] {
  // A pod without a port of the name is no endpoint of it; only DNS, which knows no ports, gives the address of such a one away.
  if (typeof port.target === 'string' && !service.headless) return [];
  const targets = service.targets(port);
  const declares = (workload: Workload) => targets.some((target) => target.workload === workload && target.declared);
  const others = service.workloads.filter((workload) => !declares(workload));
  if (others.length === service.workloads.length) return [];
  // A program that declares no ports at all may be another version of one that does.
  const images = new Set(service.workloads.filter(declares).flatMap(imagesOf));
  return others.filter(
    (workload) => typeof port.target === 'string' || !imagesOf(workload).some((image) => images.has(image)),
  );
}

function imagesOf({ running }: Workload): string[] {
  return running.flatMap(
    ({ json }) =>
      text(json['image'])
        ?.replace(/@.*$/, '')
        .replace(/:[^/:]*$/, '') ?? [],
  );
}
