import { filesOf } from '../../adopt/code/project';
import { hashedName, withName } from '../../adopt/hashed';
import { planOf } from '../../adopt/plan';
import { differencesIn } from '../../adopt/proof';
import type { KubernetesObject } from '../../model/kubernetes';
import { overlay, source } from './built';
import { Written } from './written';

type Overlays = Readonly<Record<string, readonly KubernetesObject[]>>;

function planned(overlays: Overlays, prefixes: Readonly<Record<string, string>> = {}) {
  const built = Object.entries(overlays).map(([name, objects]) =>
    overlay(name, objects, { prefix: prefixes[name] ?? '' }),
  );
  const plan = planOf(source(built));
  expect(plan.environments.flatMap((environment) => differencesIn(plan, environment))).toEqual([]);
  return plan;
}

const codeOf = (...given: Parameters<typeof planned>) => Object.fromEntries(filesOf(planned(...given)));
const filesIn = (code: Readonly<Record<string, string>>) =>
  Object.keys(code)
    .filter((path) => /^(workloads|shared|features)\//.test(path))
    .sort();

function workload(kind: string, selector: object, replicas = 1, namespace?: string): KubernetesObject {
  const metadata = { name: 'web', ...(namespace === undefined ? {} : { namespace }) };
  return { apiVersion: 'apps/v1', kind, metadata, spec: { selector, replicas, template: { metadata: {}, spec: {} } } };
}

const USUAL = { matchLabels: { app: 'web' } };
const ODD = { matchExpressions: [{ key: 'app', operator: 'Exists' }] };

describe('an object that no patch makes of the others has a file of its own', () => {
  test.each(['Deployment', 'StatefulSet', 'ReplicaSet'])('a %s: the others share theirs, with its settings', (kind) => {
    const code = codeOf({
      dev: [workload(kind, USUAL)],
      odd: [workload(kind, ODD)],
      prod: [workload(kind, USUAL, 4)],
      stage: [workload(kind, USUAL, 2)],
    });
    expect(filesIn(code)).toEqual(['features/web-in-odd.ts', 'features/web.ts']);
    expect(code['features/web.ts']).toContain('replicas: whole(1)');
    expect(code['environments/prod.ts']).toContain('replicas: because(4,');
    expect(code['environments/matrix.ts']).toContain('target(stage, stageCluster, [web])');
    expect(code['environments/matrix.ts']).toContain('target(odd, oddCluster, [webInOdd])');
  });

  test('two that are odd alike share a file, too', () => {
    const code = codeOf({
      a: [workload('Deployment', USUAL)],
      b: [workload('Deployment', USUAL, 2)],
      c: [workload('Deployment', USUAL, 3)],
      y: [workload('Deployment', ODD, 8)],
      z: [workload('Deployment', ODD, 9)],
    });
    expect(filesIn(code)).toEqual(['features/web-in-y-and-z.ts', 'features/web.ts']);
    expect(code['features/web-in-y-and-z.ts']).toContain('replicas: whole(8)');
  });

  test('an ordinary object beside it stays in the file that all have', () => {
    const service: KubernetesObject = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'api' }, spec: {} };
    const code = codeOf({
      a: [service, workload('Deployment', USUAL)],
      b: [service, workload('Deployment', USUAL)],
      c: [service, workload('Deployment', ODD)],
    });
    expect(filesIn(code)).toContain('shared/api.ts');
  });
});

function config(kind: string, data: Readonly<Record<string, string>>, isHashed: boolean): KubernetesObject {
  const plain: KubernetesObject = { apiVersion: 'v1', kind, metadata: { name: 'flags' }, data };
  return isHashed ? withName(plain, hashedName('flags', plain)) : plain;
}

function reading({ kind, metadata: { name } }: KubernetesObject): KubernetesObject {
  const source = kind === 'Secret' ? { secretRef: { name } } : { configMapRef: { name } };
  const spec = { containers: [{ name: 'web', image: 'web', envFrom: [source] }] };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', labels: { app: 'flags' } }, spec };
}

test.each(['ConfigMap', 'Secret'])('a %s without a hash in one overlay: the others compute theirs', (kind) => {
  const [dev, stage, prod] = [
    config(kind, { a: 'MQ==' }, true),
    config(kind, { a: 'Mg==' }, true),
    config(kind, { a: 'Mw==' }, false),
  ];
  const plan = planned({
    dev: [dev!, reading(dev!)],
    prod: [prod!, reading(prod!)],
    stage: [stage!, reading(stage!)],
  });
  const code = Object.fromEntries(filesOf(plan));
  expect(code['workloads/web.ts']).toContain('return hashInName ? withContentHash(config) : config;');
  expect(code['workloads/web.ts']).toContain('Ref: { name: flags(platform).metadata.name }');
  expect(code['workloads/web.ts']).toContain("labels: { app: 'flags' }");
  expect(code['environments/prod.ts']).toContain('hashInName: because(false,');
  expect(Object.values(code).join('')).not.toMatch(/flags-[a-z0-9]{10}/);
  const written = new Written(plan);
  try {
    expect([written.differences(), written.linterSays(), written.compilerSays()]).toEqual([[], '', '']);
  } finally {
    written.remove();
  }
});

describe('what one overlay has beside the others does not keep the rest from being one', () => {
  const inNamespace = (name: string, namespace: string): KubernetesObject => ({
    ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace } },
  });

  test('many objects of another namespace', () => {
    const more = ['a', 'b', 'c', 'd'].map((name) => inNamespace(name, 'monitoring'));
    const code = codeOf({
      dev: [workload('Deployment', USUAL, 1, 'shop-dev'), inNamespace('a', 'monitoring')],
      prod: [workload('Deployment', USUAL, 3, 'shop-prod'), ...more],
    });
    expect(filesIn(code)).toContain('workloads/web.ts');
    expect(code['environments/namespaces.ts']).toContain("{ dev: 'shop-dev', prod: 'shop-prod' }");
  });

  test('many objects of a namespace that only it has', () => {
    const more = ['a', 'b', 'c'].map((name) => inNamespace(name, 'tools'));
    const code = codeOf({
      dev: [workload('Deployment', USUAL, 1, 'shop')],
      prod: [workload('Deployment', USUAL, 3, 'shop'), ...more],
    });
    expect(filesIn(code)).toContain('workloads/web.ts');
  });

  test('a second namespace that has the name of the environment in it', () => {
    const code = codeOf({
      dev: [
        workload('Deployment', USUAL, 1, 'shop-dev'),
        inNamespace('a', 'shop-dev'),
        inNamespace('jobs', 'batch-dev'),
      ],
      prod: [
        workload('Deployment', USUAL, 1, 'shop-prod'),
        inNamespace('a', 'shop-prod'),
        inNamespace('jobs', 'batch-prod'),
      ],
    });
    expect(filesIn(code)).toEqual(['shared/a.ts', 'shared/jobs.ts', 'workloads/web.ts']);
    expect(code['shared/jobs.ts']).toContain('namespace: `batch-${environment}`');
  });

  test('an object whose name is that of another one without its prefix', () => {
    const named = (name: string): KubernetesObject => {
      const object = workload('Deployment', USUAL);
      return { ...object, metadata: { name } };
    };
    const code = codeOf({ dev: [named('dev-web'), named('web')], prod: [named('p-web')] }, { dev: 'dev-', prod: 'p-' });
    expect(filesIn(code)).toContain('workloads/web.ts');
    expect(code['workloads/web.ts']).toContain('name: `${namePrefix}web`');
  });
});
