import { parseQuantity, quantityText, wholeQuantity } from '../../../manifests/quantity';
import type { Path } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import type { Container } from '../../../manifests/workload';
import { resourcesOf } from '../../../world/requests';
import { check } from '../../check';

const manifests = (heap: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: search, namespace: shop }
spec:
  selector: { matchLabels: { app: search } }
  template:
    metadata: { labels: { app: search } }
    spec:
      containers:
        - name: search
          image: shop/search:2.4.0
          env: [{ name: JAVA_TOOL_OPTIONS, value: '-Xmx${heap}' }]
          resources: { limits: { memory: 1Gi } }
`;

export default check({
  id: 'heap-fits-limit',
  group: 'resources',
  description: 'the heap that a program is told to use is smaller than the memory limit of its container',
  severity: 'will-break',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/',
  fix: 'lower the heap to some three quarters of the limit, or raise the limit',
  example: {
    broken: manifests('2g'),
    fails: ['Deployment/shop/search spec.template.spec.containers[0].env[0].value'],
    fixed: manifests('768m'),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      for (const container of workload.containers) {
        const limit = resourcesOf(world, workload, container).limits.get('memory');
        if (limit === undefined || limit <= 0n) continue;
        for (const { written, bytes, path } of heapsIn(container)) {
          if (bytes < limit) continue;
          yield {
            resource: workload.resource,
            path,
            value: written,
            message: `${written} lets the program of container ${container.name} use ${quantityText(bytes, 'memory')} of memory, and its limit is ${quantityText(limit, 'memory')}: it is killed (OOMKilled) before it knows that memory is short`,
          };
        }
      }
    }
  },
});

interface Heap {
  readonly written: string;
  readonly bytes: bigint;
  readonly path: Path;
}

/** The last of several options is the one that holds. */
function* heapsIn({ json, path }: Container): Iterable<Heap> {
  const texts = [
    ...['command', 'args'].flatMap((field) =>
      list(json[field]).map((value, i) => ({ value, at: [field, i], name: '' })),
    ),
    ...list(json['env']).map((entry, i) => ({
      value: record(entry)?.['value'],
      at: ['env', i, 'value'],
      name: string(record(entry)?.['name']) ?? '',
    })),
  ];
  for (const { value, at, name } of texts) {
    if (typeof value !== 'string') continue;
    const found = [...value.matchAll(/(?<![\w-])-Xm[xs](\d+)([kmgt]?)(?!\w)/gi)].map(([written, digits, unit]) => ({
      written,
      bytes: size(digits!, unit!),
    }));
    const node = [...value.matchAll(/--max[-_]old[-_]space[-_]size[= ](\d+)/g)].map(([written, digits]) => ({
      written,
      bytes: size(digits!, 'm'),
    }));
    const biggest = [...found, ...node].sort((a, b) => (a.bytes < b.bytes ? 1 : -1))[0];
    if (biggest) yield { ...biggest, path: [...path, ...at] };
    const go = name === 'GOMEMLIMIT' ? parseQuantity(value.replace(/B$/, '')) : undefined;
    if (go !== undefined) yield { written: value, bytes: go, path: [...path, ...at] };
  }
}

function size(digits: string, unit: string): bigint {
  return wholeQuantity(1) * BigInt(digits) * 1024n ** BigInt(' kmgt'.indexOf(unit.toLowerCase() || ' '));
}
