import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../../checks/finding';
import { strata } from '../../tool';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'namespace-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

async function run(...args: string[]) {
  const printed: string[] = [];
  const errors: string[] = [];
  const print = (line: string) => printed.push(line);
  const code = await strata.run(args, { env: {}, print, printError: (line) => errors.push(line) });
  return { code, text: printed.join('\n'), errors: errors.join('\n') };
}

/** What verify says of these checks: verdict, object, field and fix. */
async function said(...args: string[]) {
  const { text, errors } = await run('verify', '--format', 'json', ...args);
  expect(errors).toBe('');
  return (JSON.parse(text) as Report).findings
    .filter(({ check }) => ['rbac-subject-exists', 'webhook-service-resolves', 'namespace-explicit'].includes(check))
    .map(({ verdict, object, path, fix, message }) => ({ at: `${verdict} ${object} ${path}`, fix, message }));
}
const places = async (...args: string[]) => (await said(...args)).map(({ at }) => at);

/** As the install.yaml of Argo CD: made for `kubectl apply -n argocd`. */
const INSTALL = `apiVersion: v1
kind: ServiceAccount
metadata: { name: server }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: server }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
subjects: [{ kind: ServiceAccount, name: server, namespace: argocd }]
---
apiVersion: v1
kind: Service
metadata: { name: hook }
spec: { selector: { app: hook }, ports: [{ port: 443 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: hook }
spec:
  selector: { matchLabels: { app: hook } }
  template: { metadata: { labels: { app: hook } }, spec: { containers: [{ name: hook, image: 'shop/hook:1.0.0', ports: [{ containerPort: 443 }] }] } }
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: hook }
webhooks:
  - { name: a.example.com, sideEffects: None, admissionReviewVersions: [v1], clientConfig: { caBundle: Cg==, service: { name: hook, namespace: argocd } } }
`;
const install = () => file('install.yaml', INSTALL);
const SUBJECT = 'ClusterRoleBinding/server subjects[0].namespace';
const HOOK = 'ValidatingWebhookConfiguration/hook webhooks[0].clientConfig.service.name';
const EXPLICIT = 'ServiceAccount/default/server metadata.namespace';

describe('objects that name no namespace', () => {
  test.each([['-n', 'argocd'], ['--namespace', 'argocd'], ['--namespace=argocd']])(
    'are in the one that %s %s names',
    async (...option) => {
      expect(await places(install(), '--complete', ...option)).toEqual([]);
      expect(await places(install(), ...option)).toEqual([]);
    },
  );
  test('are in default without it, and what refers to them elsewhere says what is meant', async () => {
    const findings = await said(install(), '--complete');
    expect(findings.map(({ at }) => at)).toEqual([`fail ${SUBJECT}`, `fail ${HOOK}`, `fail ${EXPLICIT}`]);
    for (const { fix } of findings.slice(0, 2)) expect(fix).toContain('judge with --namespace argocd if that is where');
    const unknown = await said(install());
    expect(unknown.map(({ at }) => at)).toEqual([
      `unknown ClusterRoleBinding/server subjects[0].name`,
      `unknown ${HOOK}`,
      `fail ${EXPLICIT}`,
    ]);
    for (const { message } of unknown.slice(0, 2)) expect(message).toContain('(is --namespace argocd meant?)');
  });
  test('are not looked for elsewhere where another one is given', async () => {
    const findings = await said(install(), '--complete', '-n', 'other');
    expect(findings.map(({ at }) => at)).toEqual([`fail ${SUBJECT}`, `fail ${HOOK}`]);
    for (const { fix } of findings) expect(fix).not.toContain('--namespace');
  });
  test('keep the one that they name', async () => {
    const named = file(
      'named.yaml',
      INSTALL.replaceAll(/metadata: \{ name: (server|hook) \}/g, 'metadata: { name: $1, namespace: argocd }'),
    );
    expect(await places(named, '--complete', '-n', 'shop', '--only', 'rbac-subject-exists')).toEqual([]);
  });
  test('are those of flows, too', async () => {
    expect((await run('flows', install(), '-n', 'argocd')).text).toContain('Deployment/argocd/hook');
    expect((await run('flows', install())).text).toContain('Deployment/default/hook');
  });
  test('cannot be in what is no name', async () => {
    expect(await run('verify', install(), '-n', 'Argo CD')).toMatchObject({
      code: 2,
      errors: expect.stringContaining('"Argo CD"'),
    });
  });
});

describe('the configuration of a repository', () => {
  const config = (text: string) => ['--config', file('.strata.yaml', text)];
  test('names the namespace of all, and of a folder or a file', async () => {
    const inFolder = file('vendor/argocd/install.yaml', INSTALL);
    file('vendor/argo/other.yaml', '');
    expect(await places(install(), '--complete', ...config('namespace: argocd\n'))).toEqual([]);
    for (const path of ['vendor', 'vendor/argocd/', 'vendor/argocd/install.yaml'])
      expect(
        await places(inFolder, '--complete', ...config(`namespace: shop\nnamespaces: { ${path}: argocd }\n`)),
      ).toEqual([]);
    expect(
      await places(
        inFolder,
        '--complete',
        ...config('namespaces: { vendor: shop, vendor/argocd: argocd, vendor/argo: shop }\n'),
      ),
    ).toEqual([]);
    expect(await places(install(), '--complete', ...config('namespaces: { vendor: argocd }\n'))).toContain(
      `fail ${HOOK}`,
    );
  });
  test('is outweighed by the command line', async () => {
    expect(await places(install(), '--complete', '-n', 'argocd', ...config('namespace: shop\n'))).toEqual([]);
  });
  test('is refused where it is no name', async () => {
    const { code, errors } = await run('verify', install(), ...config('namespace: Argo\n'));
    expect([code, errors]).toEqual([2, expect.stringContaining('.strata.yaml:1:1 namespace: is "Argo"')]);
  });
});
