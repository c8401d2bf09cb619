import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from '../../../cli/flows';
import { parse } from '../../../cli/options/parse';
import { flows as table } from '../../../cli/tables';
import { readSources } from '../../../manifests/reading/read';
import { flowsOf } from '../../../simulate/network/flows';
import { Facts } from '../../../world/facts';
import { World } from '../../../world/world';

const MANIFESTS = `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec: { replicas: 2, template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, ports: [{ name: http, containerPort: 8080 }] }] } } }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: redis, namespace: shop }
spec: { template: { metadata: { labels: { app: redis } }, spec: { containers: [{ name: redis }] } } }
---
apiVersion: v1
kind: Service
metadata: { name: redis, namespace: shop }
spec: { selector: { app: redis }, ports: [{ port: 6379 }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: redis, namespace: shop }
spec:
  podSelector: { matchLabels: { app: redis } }
  ingress: [{ from: [{ podSelector: { matchLabels: { app: web } } }], ports: [{ port: 6379 }] }]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
spec: { podSelector: { matchLabels: { app: web } }, ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: edge } } }] }] }
`;

test('each pair has a verdict and the policies that say so', () => {
  const world = new World(readSources([{ file: 'x', text: MANIFESTS }]).resources, new Facts([]));
  expect(
    [...flowsOf(world)].map(
      ({ from, to, port, verdict, ingress }) => `${from} > ${to}:${port} ${verdict} ${ingress.join()}`,
    ),
  ).toEqual([
    'Deployment/shop/web > Deployment/shop/web:8080 denied shop/web',
    'StatefulSet/shop/redis > Deployment/shop/web:8080 denied shop/web',
    'any other pod > Deployment/shop/web:8080 unknown shop/web',
    'outside the cluster > Deployment/shop/web:8080 denied shop/web',
    'Deployment/shop/web > StatefulSet/shop/redis:6379 allowed shop/redis',
    'any other pod > StatefulSet/shop/redis:6379 denied shop/redis',
    'outside the cluster > StatefulSet/shop/redis:6379 denied shop/redis',
  ]);
});

describe('strata flows', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flows-'));
  const file = join(folder, 'all.yaml');
  writeFileSync(file, MANIFESTS);
  afterAll(() => rmSync(folder, { recursive: true }));
  const run = (...args: string[]) => {
    const lines: string[] = [];
    const composition = { matrix: { clusters: [] } } as unknown as Parameters<typeof command>[0];
    const code = command(composition, parse(table, args), {
      env: {},
      print: (line) => lines.push(line),
      printError: (line) => lines.push(line),
    });
    return { code, text: lines.join('\n') };
  };
  test('prints a block for each port', () => {
    expect(run(file, '--to', 'redis', '--only', 'allowed').text).toBe(
      [
        'StatefulSet/shop/redis 6379/TCP',
        '  allowed  Deployment/shop/web  ingress shop/redis',
        '',
        '1 port, 1 flow: 1 allowed, 0 denied, 0 unknown',
      ].join('\n'),
    );
  });
  test('prints JSON', () => expect(JSON.parse(run(file, '--format', 'json').text).flows).toHaveLength(7));
  test('ends with 2 where something cannot be read, and says what it does not know', () => {
    writeFileSync(join(folder, 'bad.yaml'), 'kind: [');
    expect(run(folder).code).toBe(2);
    expect(() => run('nowhere')).toThrow('does not exist');
    expect(() => run()).toThrow('needs PATH');
    expect(() => run(file, '--only', 'alowed')).toThrow('did you mean allowed?');
  });
});
