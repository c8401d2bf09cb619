import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from '../../cli/options/parse';
import { command } from '../../cli/route';
import { route as table } from '../../cli/tables';

const API = 'gateway.networking.k8s.io/v1';
const manifests = `apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: ${API}
kind: Gateway
metadata: { name: public, namespace: shop }
spec: { gatewayClassName: envoy, listeners: [{ name: http, port: 80, protocol: HTTP }] }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Endpoints
metadata: { name: web, namespace: shop }
subsets: [{ addresses: [{ ip: 10.0.0.1 }], ports: [{ port: 80 }] }]
---
apiVersion: ${API}
kind: HTTPRoute
metadata: { name: web, namespace: shop }
spec:
  parentRefs: [{ name: public }]
  hostnames: [shop.test]
  rules:
    - backendRefs: [{ name: web, port: 80, weight: 9 }, { name: gone, port: 80 }]
    - matches: [{ headers: [{ name: X-Group, value: beta }] }]
      backendRefs: [{ name: web, port: 80 }]
`;

const folder = mkdtempSync(join(tmpdir(), 'strata-route-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() => writeFileSync(join(folder, 'shop.yaml'), manifests));

async function run(...words: readonly string[]) {
  const printed: string[] = [];
  const host = { print: (text: string) => printed.push(text), printError: (text: string) => printed.push(text) };
  const code = await command({ root: folder } as never, parse(table, [...words, folder]), host as never);
  return { code: code ?? 0, text: printed.join('\n').replaceAll(`${folder}/`, '') };
}

test('shares of a rule with what reaches them, and exit status 1 for a share of errors', async () => {
  expect(await run('GET', 'http://shop.test/a?q=1')).toEqual({
    code: 1,
    text: [
      'Gateway shop/public, by the rules of the Gateway API',
      '  HTTPRoute web spec.rules[0]  (shop.yaml:27)',
      '    host shop.test, PathPrefix /',
      '    90 %  Service shop/web:80 gets shop.test/a',
      '    10 %  500: there is no Service shop/gone',
    ].join('\n'),
  });
});

test('a header chooses another rule', async () => {
  const { code, text } = await run('GET', 'http://shop.test/', '-H', 'X-Group: beta');
  expect(code).toBe(0);
  expect(text).toContain('spec.rules[1].matches[0]');
});

test('nobody takes it: 404 and exit status 1; as JSON, too', async () => {
  const { code, text } = await run('GET', 'other.test', '--format', 'json');
  expect(code).toBe(1);
  expect(JSON.parse(text)).toMatchObject({
    ways: [{ rule: null, shares: [{ share: 1, to: { is: 'error', status: 404 } }] }],
  });
});

test.each([
  [['get', 'http://shop.test/'], 'does not say which request'],
  [['GET', 'http:///a'], 'is no URL with a host'],
  [['GET', 'http://shop.test/', '-H', 'X-Group'], 'is not NAME: VALUE'],
])('%j', async (words, message) => {
  await expect(async () => run(...words)).rejects.toThrow(message);
});

describe('by IngressRoutes of Traefik', () => {
  const routes = (match: string) => `apiVersion: traefik.io/v1alpha1
kind: IngressRoute
metadata: { name: web, namespace: shop }
spec:
  routes:
    - { kind: Rule, match: '${match}', services: [{ name: web, port: 80 }] }
    - { kind: Rule, match: 'ClientIP(\`10.0.0.0/8\`) && PathPrefix(\`/\`)', services: [{ name: web, port: 80 }] }
`;
  const own = mkdtempSync(join(tmpdir(), 'strata-route-traefik-'));
  afterAll(() => rmSync(own, { recursive: true, force: true }));
  async function ask(match: string, ...words: readonly string[]) {
    writeFileSync(join(own, 'web.yaml'), routes(match));
    const printed: string[] = [];
    const host = { print: (text: string) => printed.push(text), printError: (text: string) => printed.push(text) };
    const code = await command({ root: own } as never, parse(table, ['GET', ...words, own]), host as never);
    return { code: code ?? 0, text: printed.join('\n').replaceAll(`${own}/`, '') };
  }

  test('the rule, why it comes first, and what may answer in its place', async () => {
    expect(await ask('Host(`shop.test`)', 'http://shop.test/a')).toEqual({
      code: 0,
      text: [
        "Traefik's IngressRoutes, by the rules of Traefik",
        '  IngressRoute web spec.routes[0].match  (web.yaml:6)',
        '    the rule Host(`shop.test`) is 17 characters long',
        '   100 %  Service shop/web:80 gets shop.test/a (if it is there: it is not among these)',
        '  note: route 2 of IngressRoute web may answer in its place: it asks for the address of the client (ClientIP)',
      ].join('\n'),
    });
  });
  test('an unknown matcher is told where nobody answers, as JSON too', async () => {
    const { code, text } = await ask('Hosts(`shop.test`)', 'http://shop.test/a', '--format', 'json');
    expect(code).toBe(1);
    expect(JSON.parse(text)).toMatchObject({
      ways: [
        {
          rule: null,
          notes: [
            expect.stringContaining('route 2 of IngressRoute web may answer'),
            'route 1 of IngressRoute web is left out by Traefik: there is no matcher Hosts; did you mean "Host"?',
          ],
        },
      ],
    });
  });
});
