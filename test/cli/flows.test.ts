import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from '../../cli/flows';
import { parse } from '../../cli/options/parse';
import { flows as table } from '../../cli/tables';

const manifests = (ingress: string, more = '') => `apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec: { replicas: 1, template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: a }] } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: api, namespace: shop }
spec: { replicas: 1, template: { metadata: { labels: { app: api } }, spec: { containers: [{ name: a, ports: [{ name: http, containerPort: 8080 }] }] } } }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: api, namespace: shop }
spec:
  podSelector: { matchLabels: { app: api } }
  ingress:
    - ${ingress}
${more}`;
const folder = mkdtempSync(join(tmpdir(), 'flows-forms-'));
const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const fromWeb = '{ from: [{ podSelector: { matchLabels: { app: web } } }], ports: [{ port: 8080 }] }';
const a = file('a.yaml', manifests(fromWeb));
afterAll(() => rmSync(folder, { recursive: true }));

function run(...args: string[]) {
  const [lines, errors]: [string[], string[]] = [[], []];
  const composition = { matrix: { clusters: [] } } as unknown as Parameters<typeof command>[0];
  const code = command(composition, parse(table, args), {
    env: {},
    print: (line) => lines.push(line),
    printError: (line) => errors.push(line),
  });
  return { code, text: lines.join('\n'), errors: errors.join('\n') };
}

describe('strata flows diff', () => {
  const b = file('b.yaml', manifests('{ from: [{ ipBlock: { cidr: 203.0.113.0/24 } }], ports: [{ port: 8080 }] }'));
  test('says what opens and what closes', () => {
    expect(run('diff', a, b).text).toBe(
      [
        'opens',
        '  outside the cluster: 203.0.113.0/24  to Deployment/shop/api 8080/TCP  ingress shop/api',
        '',
        'may open',
        '  any other pod  to Deployment/shop/api 8080/TCP  ingress shop/api',
        '',
        'may close',
        '  Deployment/shop/web  to Deployment/shop/api 8080/TCP  ingress shop/api',
        '',
        '1 flow opens, 1 flow may open, 1 flow may close',
      ].join('\n'),
    );
    expect(run('diff', a, a).text).toBe('no connection opens or closes');
  });
  test('a workload that is gone closes what went to it, and a new port opens', () => {
    const only = file('c.yaml', manifests(fromWeb).replace('app: api } }, spec', 'app: gone } }, spec'));
    expect(JSON.parse(run('diff', a, only, '--format', 'json', '--from', 'outside').text).changes).toEqual([
      expect.objectContaining({ does: 'opens', before: 'denied', after: 'allowed' }),
    ]);
    const wider = file('d.yaml', manifests(fromWeb.replace('port: 8080', 'port: 8080, endPort: 8081')));
    expect(run('diff', a, wider, '--from', 'web').text).toContain(
      'Deployment/shop/web  to Deployment/shop/api 8081/TCP',
    );
    expect(run('diff', wider, a, '--from', 'web').text).toContain('1 flow closes');
  });
  test('addresses that change alike are one change', () => {
    const blocks = (...cidrs: string[]) =>
      `{ from: [${cidrs.map((cidr) => `{ ipBlock: { cidr: ${cidr} } }`).join(', ')}], ports: [{ port: 8080 }] }`;
    const one = file('e.yaml', manifests(blocks('10.0.0.0/8')));
    const two = file('f.yaml', manifests(blocks('10.0.0.0/8', '11.0.0.0/9', '203.0.113.0/24')));
    expect(run('diff', one, two, '--from', 'outside').text.split('\n')[1]).toBe(
      '  outside the cluster: 11.0.0.0/9, 203.0.113.0/24  to Deployment/shop/api 8080/TCP  ingress shop/api',
    );
    const all = file('g.yaml', manifests(blocks('0.0.0.0/0')));
    expect(run('diff', two, all, '--from', 'outside', '--format', 'json').text).toContain(
      'all but 10.0.0.0/8, 11.0.0.0/9, 203.0.113.0/24',
    );
  });
  test('has tables, no pictures, and needs two sets', () => {
    expect(run('diff', a, b, '--format', 'csv').text.split('\n')).toHaveLength(4);
    expect(run('diff', a, b, '--format', 'markdown').text).toContain('| opens | outside the cluster: 203.0.113.0/24 |');
    expect(() => run('diff', a, b, '--format', 'svg')).toThrow('a difference has no picture');
    expect(() => run('diff', a)).toThrow('needs two sets of manifests');
    expect(() => run('diff', a, b, a)).toThrow('needs two sets of manifests');
  });
});

describe('strata flows why', () => {
  test('names the rule that allows a connection by file and line', () => {
    expect(run('why', 'web', 'api:http', a).text).toBe(
      [
        'Deployment/shop/web → Deployment/shop/api 8080/TCP: allowed',
        '  egress of Deployment/shop/web: allowed, no policy isolates Deployment/shop/web in this direction',
        '  ingress of Deployment/shop/api: allowed, a rule allows it',
        `    shop/api spec.ingress[0] allows  ${a}:21`,
      ].join('\n'),
    );
  });
  test('names the policy that isolates where no rule allows it', () => {
    expect(run('why', 'outside', 'api:8080', a).text).toContain(
      [
        '  ingress of Deployment/shop/api: denied, policies isolate Deployment/shop/api, and no rule allows it',
        `    shop/api isolates it  ${a}:18`,
      ].join('\n'),
    );
    expect(run('why', 'web', 'api:9000/udp', a).text).toContain('Deployment/shop/api 9000/UDP: denied');
  });
  test('names rules of administrators, those too that pass the decision on', () => {
    const admin = `---
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: { name: guard }
spec:
  priority: 1
  subject: { namespaces: {} }
  ingress:
    - { action: Pass, from: [{ namespaces: {} }], ports: [{ portNumber: { protocol: TCP, port: 8080 } }] }
    - { action: Deny, from: [{ namespaces: {} }] }
`;
    const path = file('admin.yaml', manifests(fromWeb, admin));
    const line = manifests(fromWeb).split('\n').length + 8;
    expect(run('why', 'web', 'api:8080', path).text).toContain(
      `    AdminNetworkPolicy/guard spec.ingress[0] passes it on  ${path}:${line}\n    shop/api spec.ingress[0] allows`,
    );
    expect(run('why', 'web', 'api:9000', path).text).toContain(
      `denied, a rule denies it\n    AdminNetworkPolicy/guard spec.ingress[1] denies  ${path}:${line + 1}`,
    );
  });
  test('prints JSON for programs', () => {
    const [reason] = JSON.parse(run('why', 'web', 'api:8080', a, '--format', 'json').text).reasons;
    expect(reason).toMatchObject({ verdict: 'allowed', port: 8080 });
    expect(reason.passages[0].ingress.rules).toEqual([
      { policy: 'shop/api', path: 'spec.ingress[0]', does: 'allows', file: a, line: 21 },
    ]);
  });
  test('says what it needs', () => {
    expect(() => run('why', 'web', a)).toThrow('needs both ends and the manifests');
    expect(() => run('why', 'wbe', 'api:8080', a)).toThrow('did you mean "web"?');
    expect(() => run('why', 'shop', 'api:8080', a)).toThrow('is the name of several');
    const front =
      '---\n{ apiVersion: v1, kind: Service, metadata: { name: front, namespace: shop }, spec: { selector: { app: api }, ports: [{ port: 80, targetPort: 8080 }] } }\n';
    const path = file('front.yaml', manifests(fromWeb, front));
    // A Service is only where a connection goes.
    expect(run('why', 'web', 'front:80', path).text).toContain('Deployment/shop/web → Service/shop/front');
    expect(() => run('why', 'front', 'api:8080', path)).toThrow('is no workload of the manifests');
    // The ends as the answers call them.
    expect(run('why', 'any other pod', 'api:8080', a).text).toContain('any other pod → Deployment/shop/api');
    expect(run('why', 'outside the cluster', 'api:8080', a).text).toContain(
      'outside the cluster → Deployment/shop/api',
    );
    expect(() => run('why', 'web', 'api', a)).toThrow('names no port');
    expect(() => run('why', 'web', 'api:grpc', a)).toThrow('has no such port');
    expect(() => run('why', 'web', 'api:80', a, '--format', 'csv')).toThrow('has no such form');
  });
});

describe('sets of manifests that are never in a cluster together are looked at apart', () => {
  /** A tree as `strata render` writes it: two targets with the same objects, of which the second one opens a port. */
  const tree = (name: string, prod: string) => {
    for (const [target, text] of [
      ['kind/dev', manifests('{ from: [], ports: [{ port: 8080 }] }')],
      ['kind/prod', manifests(prod)],
    ] as const) {
      mkdirSync(join(folder, name, target), { recursive: true });
      file(`${name}/${target}/all.yaml`, text);
    }
    return join(
      file(`${name}/index.json`, '{ "targets": { "kind/dev": { "objects": [] }, "kind/prod": { "objects": [] } } }'),
      '..',
    );
  };
  const open = tree('open', '{ ports: [{ port: 8080 }] }');
  const asked = ['--from', 'outside', '--to', 'api'];
  const [dev, prod] = [join(open, 'kind/dev'), join(open, 'kind/prod')];
  mkdirSync(join(folder, 'one'));
  const one = join(file('one/a.yaml', manifests(fromWeb)), '..');

  test('in the text, each under its name', () => {
    const lines = run(open, ...asked).text.split('\n');
    expect(lines[0]).toBe(`${dev}:`);
    expect(lines[lines.indexOf(`${prod}:`) + 2]).toBe('  allowed  outside the cluster  ingress shop/api');
    expect(run(one, ...asked).text).not.toContain(`${one}:`);
  });
  test('in JSON and tables', () => {
    const { sets } = JSON.parse(run(open, ...asked, '--format', 'json').text);
    expect(
      sets.map(({ name, flows }: { name: string; flows: { verdict: string }[] }) => [name, flows.length > 0]),
    ).toEqual([
      [dev, true],
      [prod, true],
    ]);
    const csv = run(open, ...asked, '--only', 'allowed', '--format', 'csv').text.split('\n');
    expect(csv[0]).toMatch(/^set,from,to,/);
    expect(new Set(csv.slice(1).map((line) => line.split(',')[0]))).toEqual(new Set([dev, prod]));
    expect(run(open, ...asked, '--format', 'markdown').text).toMatch(new RegExp(`^### ${dev}\n\n[^]*### ${prod}\n\n`));
  });
  test.each(['dot', 'mermaid', 'svg'])('a picture as %s shows one, so it is asked which', (format) => {
    expect(() => run(open, '--format', format)).toThrow(/a picture shows one set of manifests, and these are 2/);
    expect(run(dev, '--format', format).code).toBe(0);
  });
  test('a name counts where any of them has it', () => {
    expect(() => run(open, '--to', 'apy')).toThrow('did you mean "api"?');
    expect(run(open, '--to', 'api').code).toBe(0);
  });
  test('in why', () => {
    const { text } = run('why', 'outside', 'api:8080', open);
    expect(text).toContain(`${dev}:\noutside the cluster → Deployment/shop/api`);
    expect(text).toContain(`${prod}:\noutside the cluster → Deployment/shop/api 8080/TCP: allowed`);
    const { sets } = JSON.parse(run('why', 'outside', 'api:8080', open, '--format', 'json').text);
    expect(sets).toMatchObject([{ name: dev }, { name: prod, reasons: [{ verdict: 'allowed' }] }]);
  });
  test('in diff, each with the one that is called the same', () => {
    const closed = tree('closed', fromWeb);
    const { text } = run('diff', open, closed, '--from', 'outside');
    expect(text).toContain('kind/dev:\nno connection opens or closes');
    expect(text).toMatch(/kind\/prod:\ncloses\n {2}outside the cluster/);
    const { sets } = JSON.parse(run('diff', open, closed, '--format', 'json').text);
    expect(sets.map(({ name }: { name: string }) => name)).toEqual(['kind/dev', 'kind/prod']);
    expect(() => run('diff', open, one)).toThrow(/hold different sets of manifests: kind\/dev, kind\/prod; and /);
  });
});

describe('strata flows', () => {
  test('a misspelt name is an error, and no empty list', () => {
    expect(() => run(a, '--to', 'apy')).toThrow('did you mean "api"?');
    expect(() => run(a, '--from', 'blog')).toThrow('no workload has this in its name');
  });
  test('says which policies the API server refuses', () => {
    const bad = file('bad.yaml', manifests('{ from: [{ ipBlock: { cidr: 10.0.0.0/33 } }] }'));
    const { errors, text, code } = run(bad);
    expect(errors).toBe(
      `${bad}:15: the API server refuses NetworkPolicy/shop/api, so it is left out; strata verify says why`,
    );
    expect(text).toContain('allowed  outside the cluster  no policy');
    expect(code).toBe(0);
  });
  test('has a form for spreadsheets, for comments and for pictures', () => {
    const csv = run(a, '--format', 'csv', '--to', 'api').text.split('\n');
    expect(csv[0]).toBe('from,to,port,protocol,name,verdict,egress policies,ingress policies');
    expect(csv[1]).toBe('Deployment/shop/web,Deployment/shop/api,8080,TCP,http,allowed,,shop/api');
    expect(run(a, '--format', 'markdown', '--to', 'api').text).toContain(
      '| Deployment/shop/web | Deployment/shop/api | 8080/TCP | allowed | ingress shop/api |',
    );
    expect(run(a, '--format', 'dot', '--to', 'api').text).toContain(
      '"Deployment/shop/web" -> "Deployment/shop/api" [label="8080/TCP"];',
    );
    expect(run(a, '--format', 'dot').text).not.toContain('"outside the cluster" -> "Deployment/shop/api"');
    expect(run(a, '--format', 'mermaid', '--from', 'web', '--to', 'api').text).toBe(
      'flowchart LR\n  n0["Deployment/shop/web"]\n  n1["Deployment/shop/api"]\n  n0 -->|"8080/TCP"| n1',
    );
    const svg = run(a, '--format', 'svg').text;
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(svg).toContain(
      '<title>Deployment/shop/web → Deployment/shop/api 8080/TCP: allowed, ingress shop/api</title>',
    );
    expect(svg.match(/<g>/g)).toHaveLength(8);
  });
});
