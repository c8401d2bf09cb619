import { filesOf } from '../../adopt/code/project';
import { hashedName, withName } from '../../adopt/hashed';
import { planOf } from '../../adopt/plan';
import { differencesIn } from '../../adopt/proof';
import type { KubernetesObject } from '../../model/kubernetes';
import { overlay, source } from './built';

/** The code of overlays, in which each object comes from the file that is named with it. */
function codeOf(
  overlays: Readonly<Record<string, readonly KubernetesObject[]>>,
  from: (name: string) => string = () => 'base',
) {
  const built = Object.entries(overlays).map(([name, objects]) => {
    const plain = overlay(name, objects);
    return {
      ...plain,
      objects: plain.objects.map((one) => ({ ...one, from: from(`${one.object.kind}/${one.name}`) })),
    };
  });
  const plan = planOf(source(built));
  expect(plan.environments.flatMap((environment) => differencesIn(plan, environment))).toEqual([]);
  return Object.fromEntries(filesOf(plan));
}

const object = (kind: string, name: string, more: object = {}): KubernetesObject => ({
  ...{ apiVersion: 'example.com/v1', kind, metadata: { name }, ...more },
});
const config = (name: string, data: object = { a: 'b' }): KubernetesObject => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data },
});
const pods = (kind: string, name: string, container: object = {}): KubernetesObject => ({
  ...{ apiVersion: kind === 'CronJob' ? 'batch/v1' : 'apps/v1', kind, metadata: { name } },
  spec:
    kind === 'CronJob'
      ? { jobTemplate: { spec: { template: { spec: { containers: [{ name: 'main', ...container }] } } } } }
      : { template: { spec: { containers: [{ name: 'main', ...container }] } } },
});
const features = (code: Readonly<Record<string, string>>) =>
  Object.keys(code).filter((path) => path.startsWith('features/'));

describe('a feature is called', () => {
  const policy = (name: string): KubernetesObject => ({
    ...{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name }, spec: { podSelector: {} } },
  });
  const priority = (name: string): KubernetesObject => ({
    ...{ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value: 1 },
  });
  const all = [config('a')];

  test.each([
    ['as its only object and what it is', [policy('default-deny')], 'default-deny-network-policy'],
    ['as its only object, which says what it is', [policy('web-network-policy')], 'web-network-policy'],
    ['as its only object of another kind', [priority('high')], 'high-priority-class'],
    ['as what its objects are, where they are several', [policy('one'), policy('two')], 'network-policies'],
    ['as the workload that it is', [pods('Deployment', 'worker')], 'worker'],
    ['as the workload that it is, of another kind', [pods('CronJob', 'backup')], 'backup'],
  ])('%s', (_, some, name) =>
    expect(features(codeOf({ dev: all, prod: [...all, ...some] }))).toEqual([`features/${name}.ts`]),
  );
});

describe('words of the language are not called Value', () => {
  test('a feature is called one', () => {
    const namespace: KubernetesObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
    const code = codeOf({ dev: [], prod: [namespace] });
    expect(code['features/namespace.ts']).toContain('export const namespaceFeature = feature(');
  });
  test.each(['settings', 'import'])('nor is a function: %s is a config', (name) => {
    const hashed = withName(config(name), hashedName(name, config(name)));
    expect(Object.values(codeOf({ dev: [hashed] })).join('')).toContain(`export function ${name}Config(`);
  });
  test('nor is a setting: the kind says whose it is', () => {
    const code = codeOf({ dev: [object('Widget', 'a', { new: 'x' })], prod: [object('Widget', 'a', { new: 'y' })] });
    expect(code['shared/a.ts']).toContain("widgetNew: text('x')");
  });
});

describe('a text of several lines is a constant', () => {
  const TEXT = `set -e\n${'echo hello\n'.repeat(9)}`;
  test.each([
    ['an argument', pods('Deployment', 'web', { command: ['sh', '-c'], args: [TEXT] }), 'args: [SCRIPT]'],
    ['a command', pods('CronJob', 'web', { command: ['sh', '-c', TEXT] }), "command: ['sh', '-c', SCRIPT]"],
    ['an entry of another list', object('Widget', 'web', { lines: ['a', TEXT] }), "lines: ['a', LINES]"],
    ['a file whose name begins with a digit', config('web', { '001.sql': TEXT }), "data: { '001.sql': FILE_001_SQL }"],
  ])('%s has no number for a name', (_, one, text) => {
    const code = codeOf({ dev: [one] });
    expect(code['workloads/web.ts'] ?? code['shared/web.ts']).toContain(text);
  });
});

describe('a comment says where objects come from', () => {
  const all = [config('web'), pods('Deployment', 'web')];
  test.each([
    ['the file', () => 'base/web.yaml', 'ConfigMap and Deployment from base/web.yaml.'],
    [
      'the folder of several files',
      (name: string) => `apps/web/${name.slice(0, 3)}/x.yaml`,
      'ConfigMap and Deployment from apps/web.',
    ],
    [
      'nothing, where they have nothing in common',
      (name: string) => `${name.slice(0, 3)}.yaml`,
      'ConfigMap and Deployment of web.',
    ],
  ])('%s', (_, from, text) => expect(codeOf({ dev: all }, from)['workloads/web.ts']).toContain(`/** ${text} */`));
});

test('a checksum is called one', () => {
  const made = (sum: string) => {
    const template = { metadata: { annotations: { 'checksum/config': sum } }, spec: { containers: [] } };
    return { ...pods('Deployment', 'web'), spec: { template } } as KubernetesObject;
  };
  expect(codeOf({ dev: [made('1a')], prod: [made('2b')] })['workloads/web.ts']).toContain("configChecksum: text('1a')");
});

test('a setting of several objects says so', () => {
  const labelled = (name: string, env: string) => ({ ...config(name), metadata: { name, labels: { tier: env } } });
  const code = codeOf({
    dev: [labelled('a', 'x'), labelled('b', 'x')],
    prod: [labelled('a', 'y'), labelled('b', 'y')],
  });
  expect(code['shared/settings.ts']).toContain('/** ConfigMap/a and 1 more: metadata.labels.tier */');
});
