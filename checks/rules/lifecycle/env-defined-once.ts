import { list, record, string } from '../../../manifests/resource';
import { check } from '../../check';

const manifests = (first: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: shop/web:3.1.0
          env: [{ name: ${first}, value: debug }, { name: LOG_LEVEL, value: info }]
`;

export default check({
  id: 'env-defined-once',
  group: 'lifecycle',
  description: 'a variable of a container has one value',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/',
  fix: 'remove all entries of the variable but one',
  example: {
    broken: manifests('LOG_LEVEL'),
    fails: ['Deployment/shop/web spec.template.spec.containers[0].env[0]'],
    fixed: manifests('LOG_FORMAT'),
  },
  *judge(world) {
    for (const { resource, containers } of world.workloads) {
      for (const { name: container, json, path } of containers) {
        const entries = list(json['env']).map(record);
        for (const [i, entry] of entries.entries()) {
          const name = string(entry?.['name']);
          const last = entries.findLastIndex((other) => other?.['name'] === name);
          if (!entry || !name || last === i || givenValue(entries[last]) === givenValue(entry)) continue;
          // An entry above may be used by the one below: `PATH=/opt/bin:$(PATH)`.
          if (entries.slice(i + 1, last + 1).some((other) => string(other?.['value'])?.includes(`$(${name})`)))
            continue;
          yield {
            resource,
            path: [...path, 'env', i],
            value: entry,
            message: `container ${container} has ${name} once more in env[${last}], and the last one holds: this value is not used`,
          };
        }
      }
    }
  },
});

function givenValue(entry: unknown): string {
  const { name: _, ...value } = record(entry) ?? {};
  return JSON.stringify(value);
}
