import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Chart, Testing } from 'cdk8s';
import {
  ChartApplication,
  type ChartApplicationProps,
  FolderApplication,
  type FolderApplicationProps,
} from '../../../index';
import type { KubernetesObject } from '../../../model/kubernetes';
import { toYaml } from '../../../render/yaml';
import { verifyManifests } from '../../../verify';
import { refusal } from '../../support/render';

/** What stands in a Chart of anybody. */
function made(build: (chart: Chart) => void): KubernetesObject {
  const chart = new Chart(new App(), 'anybody');
  build(chart);
  const [only, ...others] = Testing.synth(chart) as KubernetesObject[];
  expect(others).toEqual([]);
  return only!;
}
const folder = (props: Partial<FolderApplicationProps> = {}) =>
  made(
    (chart) =>
      new FolderApplication(chart, 'shop', { repoUrl: 'https://git.example.com/x.git', namespace: 'shop', ...props }),
  );
const chartOf = (props: Partial<ChartApplicationProps> = {}) =>
  made(
    (chart) =>
      new ChartApplication(chart, 'redis', {
        ...{ repoUrl: 'https://charts.example.com', chart: 'redis', version: '1.2.3', namespace: 'cache' },
        ...props,
      }),
  );

const COMPLETE = [
  folder({ path: 'prod', createNamespace: true }),
  chartOf({ values: { replicas: 2 }, releaseName: 'cache' }),
];

test('an Application for a folder prunes, heals and deletes nothing of its own accord', () => {
  expect(folder()).toEqual({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name: 'shop',
      namespace: 'argocd',
      annotations: { 'argocd.argoproj.io/compare-options': 'ServerSideDiff=true' },
    },
    spec: {
      project: 'default',
      source: { repoURL: 'https://git.example.com/x.git', path: '.', targetRevision: 'HEAD' },
      destination: { name: 'in-cluster', namespace: 'shop' },
      syncPolicy: {
        automated: { prune: true, selfHeal: true },
        syncOptions: ['PruneLast=true', 'ServerSideApply=true'],
      },
    },
  });
});

test('an Application for a folder with all props', () => {
  const all: Required<FolderApplicationProps> = {
    ...{ name: 'shop-prod', argoNamespace: 'argo', project: 'shop', cluster: 'cloud', namespace: 'shop' },
    ...{ createNamespace: true, automated: true, prune: false, selfHeal: false, deletesObjects: true },
    ...{ repoUrl: 'https://git.example.com/y.git', path: 'cloud/prod', revision: 'v2' },
  };
  expect(folder(all)).toMatchObject({
    metadata: { name: 'shop-prod', namespace: 'argo', finalizers: ['resources-finalizer.argocd.argoproj.io'] },
    spec: {
      project: 'shop',
      source: { repoURL: 'https://git.example.com/y.git', path: 'cloud/prod', targetRevision: 'v2' },
      destination: { name: 'cloud', namespace: 'shop' },
      syncPolicy: {
        automated: { prune: false, selfHeal: false },
        syncOptions: ['PruneLast=true', 'ServerSideApply=true', 'CreateNamespace=true'],
      },
    },
  });
});

test('an Application for a chart names its version and its values', () => {
  expect(chartOf()).toHaveProperty('spec.source', {
    repoURL: 'https://charts.example.com',
    chart: 'redis',
    targetRevision: '1.2.3',
  });
  expect(chartOf({ releaseName: 'cache', values: { replicas: 2, nested: { a: ['b'] } } })).toHaveProperty(
    'spec.source.helm',
    { releaseName: 'cache', valuesObject: { replicas: 2, nested: { a: ['b'] } } },
  );
});

test('what nobody syncs by itself has no automated policy', () => {
  for (const application of [folder({ automated: false }), chartOf({ automated: false })])
    expect(application).not.toHaveProperty('spec.syncPolicy.automated');
});

test.each<[string, () => unknown, place: string]>([
  ['an absolute path', () => folder({ path: '/prod' }), 'application shop, path'],
  ['a name that cannot be one', () => folder({ name: 'My Shop' }), 'application shop, name'],
  [
    'an address with oci://',
    () => chartOf({ repoUrl: 'oci://registry.example.com/charts' }),
    'application redis, repoUrl',
  ],
  ['no version', () => chartOf({ version: '' }), 'application redis, version'],
])('%s is refused', (_, act, place) => expect(refusal(act).place).toBe(place));

test('the definition of Argo CD and the checks of it accept them', () => {
  const definitions = readFileSync(join(__dirname, '../../../imports/crds/argoproj.io.yaml'), 'utf8');
  const text = [definitions, ...COMPLETE.map(toYaml)].join('---\n');
  const { findings } = verifyManifests({ text }, { only: ['cr-schema', 'gitops'] });
  expect(findings.map(({ check, object, message }) => `${check} ${object}: ${message}`)).toEqual([]);
});
