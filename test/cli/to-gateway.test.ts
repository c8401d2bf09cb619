import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from '../../cli/options/parse';
import { toGateway as table } from '../../cli/tables';
import { command } from '../../cli/to-gateway';
import { readSources } from '../../manifests/reading/read';

const ingress = (annotation: string, className = 'nginx') => `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: shop
  annotations: { ${annotation} }
spec:
  ingressClassName: ${className}
  rules:
    - host: shop.test
      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] }
`;
const gateway = (name: string) => `---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: ${name}, namespace: edge }
spec: { gatewayClassName: any, listeners: [{ name: http, port: 80, protocol: HTTP }] }
`;

const folder = mkdtempSync(join(tmpdir(), 'strata-to-gateway-'));
afterAll(() => rmSync(folder, { recursive: true }));

function ran(text: string, ...more: string[]) {
  writeFileSync(join(folder, 'a.yaml'), text);
  const lines: string[] = [];
  const given = parse(table, [folder, ...more]) as never;
  const host = { print: (line: string) => lines.push(line), printError: (line: string) => lines.push(line) };
  const status = command(undefined as never, given, host as never);
  return { status, text: lines.join('\n') };
}

test('prints manifests that can be applied, with what is lost at the lines that said it', () => {
  const { status, text } = ran(ingress("nginx.ingress.kubernetes.io/limit-rps: '5'") + gateway('public'));
  expect(status).toBe(0);
  expect(text).toContain('# shop.test: in place of Ingress/shop/web');
  expect(text).toMatch(/^# note: limit-rps: 5 becomes a policy of the implementation .* \(.*a.yaml:6\)$/m);
  const { resources, unreadable } = readSources([{ file: 'out.yaml', text }]);
  expect(unreadable).toEqual([]);
  expect(resources.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['HTTPRoute web']);
  expect(resources[0]!.at(['spec', 'parentRefs', 0])).toEqual({ name: 'public', namespace: 'edge' });
});

test('what would be answered by others is called so', () => {
  const { text } = ran(ingress('nginx.ingress.kubernetes.io/rewrite-target: /x$1y'), '--gateway', 'edge/public');
  expect(text).toContain('# DIFFERS: ');
});

test.each([
  ['no Gateway', ingress(''), [], 'finds no Gateway'],
  ['several Gateways', ingress('') + gateway('a') + gateway('b'), [], 'finds several Gateways'],
  ['a Gateway without a namespace', ingress(''), ['--gateway', 'public'], 'is not NAMESPACE/NAME'],
  ['Ingresses of another program', ingress('', 'traefik'), ['--gateway', 'a/b'], 'finds no Ingress that ingress-nginx'],
])('%s is an error', (_, text, more, found) => {
  expect(() => ran(text, ...more)).toThrow(found);
});
