import type { Path, Resource } from '../../../manifests/resource';
import { list, number, record, string } from '../../../manifests/resource';
import { serviceOf } from '../../../world/services';
import type { World } from '../../../world/world';
import { check } from '../../check';
import { deadEnd } from '../../endpoints';
import { missing } from '../../missing';

const manifests = (port: number) => `
apiVersion: v1
kind: Service
metadata: { name: guard, namespace: guard }
spec: { selector: { app: guard }, ports: [{ port: 443, targetPort: 8443 }] }
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: guard }
webhooks:
  - name: pods.guard.example.com
    admissionReviewVersions: [v1]
    sideEffects: None
    rules: [{ apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods] }]
    clientConfig: { service: { name: guard, namespace: guard, port: ${port} } }
`;

export default check({
  id: 'webhook-service-resolves',
  group: 'references',
  description: 'the Service of a webhook or an aggregated API exists and has the port',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/',
  fix: 'set the name, namespace and port of the Service, not the port of its pods',
  example: {
    broken: manifests(8443),
    fails: ['ValidatingWebhookConfiguration/guard webhooks[0].clientConfig.service.port'],
    fixed: manifests(443),
  },
  *judge(world) {
    for (const { resource, path, consequence } of callsOf(world)) {
      const reference = record(resource.at(path));
      const name = string(reference?.['name']);
      const namespace = string(reference?.['namespace']);
      if (!reference || !name || !namespace) continue;
      const absent = missing(
        world,
        { resource, path: [...path, 'name'], kind: 'Service', namespace, name },
        consequence,
      );
      if (absent) {
        yield absent;
        continue;
      }
      const service = serviceOf(world, namespace, name);
      const port = number(reference['port']) ?? 443;
      if (!service || service.ports.length === 0) continue;
      const served = service.port(port, 'TCP');
      if (served) {
        const end = deadEnd(world, service, served);
        if (end)
          yield {
            resource,
            path: [...path, 'name'],
            value: name,
            message: `${end.why}, so ${consequence}`,
            causedBy: end.causedBy,
          };
        continue;
      }
      const target = service.ports.find((candidate) => candidate.target === port);
      const hint = target ? `; ${port} is the port of its pods, the Service port is ${target.number}` : '';
      yield {
        resource,
        path: reference['port'] === undefined ? path : [...path, 'port'],
        value: port,
        message: `Service ${name} has no port ${port} (it has: ${service.portList}), so ${consequence}${hint}`,
      };
    }
  },
});

/** Each place where the API server calls a Service, and what happens when it cannot. */
function* callsOf(
  world: World,
): Iterable<{ readonly resource: Resource; readonly path: Path; readonly consequence: string }> {
  for (const kind of ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration']) {
    for (const resource of world.of(kind)) {
      for (const [i, entry] of list(resource.at(['webhooks'])).entries()) {
        const ignored = record(entry)?.['failurePolicy'] === 'Ignore';
        yield {
          resource,
          path: ['webhooks', i, 'clientConfig', 'service'],
          consequence: ignored
            ? 'it is never called, and every request is admitted without it'
            : 'every request that it matches is rejected',
        };
      }
    }
  }
  for (const resource of world.of('CustomResourceDefinition')) {
    if (resource.at(['spec', 'conversion', 'strategy']) === 'Webhook')
      yield {
        resource,
        path: ['spec', 'conversion', 'webhook', 'clientConfig', 'service'],
        consequence: 'its objects cannot be converted, and reading them fails',
      };
  }
  for (const resource of world.of('APIService'))
    yield {
      resource,
      path: ['spec', 'service'],
      consequence: 'the API is not available, and namespaces cannot be deleted in the meantime',
    };
}
