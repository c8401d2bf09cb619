import { filesOf } from '../../adopt/code/project';
import { hashedName, withName } from '../../adopt/hashed';
import { planOf } from '../../adopt/plan';
import { differencesIn } from '../../adopt/proof';
import type { Overlay } from '../../adopt/source';
import type { KubernetesObject } from '../../model/kubernetes';
import { overlay, source } from './built';

/** The code of overlays; the base has the objects of the first. */
function codeOf(
  overlays: Readonly<Record<string, readonly KubernetesObject[]>>,
  more: Readonly<Record<string, Partial<Overlay>>> = {},
) {
  const built = Object.entries(overlays).map(([name, objects]) => overlay(name, objects, more[name] ?? {}));
  const plan = planOf(source(built, { reference: built[0]!.objects }));
  expect(plan.environments.flatMap((environment) => differencesIn(plan, environment))).toEqual([]);
  return Object.fromEntries(filesOf(plan));
}

describe('what names end in the hash of may change after the move', () => {
  function generated(kind: string, a: string, labels?: object): KubernetesObject {
    const object = { apiVersion: 'v1', kind, metadata: { name: 'env', ...(labels ? { labels } : {}) }, data: { a } };
    return withName(object as KubernetesObject, hashedName('env', object as KubernetesObject));
  }

  test.each(['ConfigMap', 'Secret'])('a patch names a %s without the hash', (kind) => {
    const code = codeOf({ dev: [generated(kind, 'MQ==')], prod: [generated(kind, 'Mg==', { region: 'eu' })] });
    expect(code['environments/prod.ts']).toContain(`patch('${kind}/env', { metadata: { labels: { region: 'eu' } } }`);
    expect(code['environments/prod.ts']).toContain("a: because('Mg==',");
  });

  test('and with it, where another one is called so', () => {
    const plain: KubernetesObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'env' }, data: {} };
    const labelled = generated('ConfigMap', '1', { region: 'eu' });
    const code = codeOf({ dev: [plain, generated('ConfigMap', '1')], prod: [plain, labelled] });
    expect(code['environments/prod.ts']).toContain(`patch('ConfigMap/${labelled.metadata.name}'`);
  });
});

describe('a field in a list that a patch says as a whole is no setting there', () => {
  const object = (kind: string, apiVersion: string, spec: object): KubernetesObject => ({
    ...{ apiVersion, kind, metadata: { name: 'web' }, spec },
  });
  const claims = (storage: string, more = {}) =>
    object('StatefulSet', 'apps/v1', {
      volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { resources: { requests: { storage } }, ...more } }],
    });
  const rules = (host: string, more = {}) => object('Ingress', 'networking.k8s.io/v1', { rules: [{ host, ...more }] });
  const pods = (seconds: number, more = {}) =>
    object('Deployment', 'apps/v1', {
      template: { spec: { tolerations: [{ key: 'a', tolerationSeconds: seconds, ...more }] } },
    });

  test.each([
    ['the size of a claim', claims('1Gi'), claims('9Gi', { storageClassName: 'fast' }), "'9Gi'"],
    ['the host of a rule', rules('a.dev'), rules('a.prod', { http: { paths: [] } }), "'a.prod'"],
    ['the seconds of a toleration', pods(30), pods(60, { operator: 'Exists' }), '60'],
  ] as const)('%s', (_, dev, prod, value) => {
    const code = codeOf({ dev: [dev], prod: [prod] });
    expect(code['environments/prod.ts']).toContain('patch(');
    expect(code['environments/prod.ts']).toContain(value);
    expect(code['environments/prod.ts']).not.toContain('because');
    expect(Object.values(code).join('')).not.toContain('settingsOf');
  });

  test('but it is one for the overlays that no patch says it for', () => {
    const code = codeOf({ dev: [claims('1Gi')], staging: [claims('5Gi')], prod: [claims('9Gi', { x: 1 })] });
    expect(code['environments/staging.ts']).toContain("storageRequest: because('5Gi'");
    expect(code['environments/prod.ts']).not.toContain('because');
  });

  test('and a field beside the list stays one', () => {
    const more = { storageClassName: 'fast' };
    const withReplicas = (one: KubernetesObject, replicas: number) => ({
      ...one,
      spec: { replicas, ...(one['spec'] as object) },
    });
    const code = codeOf({ dev: [withReplicas(claims('1Gi'), 1)], prod: [withReplicas(claims('9Gi', more), 3)] });
    expect(code['environments/prod.ts']).toContain('replicas: because(3');
  });
});

describe('what names begin or end with is told apart from what the environment is called', () => {
  const service = (name: string): KubernetesObject => ({ apiVersion: 'v1', kind: 'Service', metadata: { name } });

  test.each([
    ['ends', { suffix: '-dev' }, { suffix: '-prod' }, 'web-dev', 'web-prod', 'name: `web${nameSuffix}`'],
    ['begins', { prefix: 'dev-' }, { prefix: 'prod-' }, 'dev-web', 'prod-web', 'name: `${namePrefix}web`'],
  ])('a name that %s so is no name of the environment, though it is called the same', (_, dev, prod, a, b, text) => {
    const code = codeOf({ [a]: [service(a)], [b]: [service(b)] }, { [a]: dev, [b]: prod });
    expect(code['shared/web.ts']).toContain(text);
  });

  test('nor does it hold the name of the environment', () => {
    const code = codeOf(
      { 'dev-web': [service('dev-web-config')], 'prod-web': [service('prod-web-config')] },
      { 'dev-web': { prefix: 'dev-' }, 'prod-web': { prefix: 'prod-' } },
    );
    expect(code['shared/web-config.ts']).toContain('name: `${namePrefix}web-config`');
  });

  test('where it is the environment that names begin with, they are computed by it', () => {
    const code = codeOf(
      { dev: [service('dev-web')], prod: [service('prod-web')] },
      { dev: { prefix: 'dev-' }, prod: { prefix: 'prod-' } },
    );
    expect(code['shared/web.ts']).toContain('name: `${environment}-web`');
  });
});
