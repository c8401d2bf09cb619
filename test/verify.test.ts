import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { verifyManifests } from '../verify';
import { newFolder } from './render/support';

const config = (name: string, value: string) =>
  `{ apiVersion: v1, kind: ConfigMap, metadata: { name: ${name}, namespace: shop }, data: { A: '${value}' } }\n`;
const tree = (files: Record<string, string>) => {
  const folder = newFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
};
const index = JSON.stringify({ targets: { 'kind/dev': { objects: [] }, 'cloud/prod': { objects: [] } } });
const rendered = {
  'index.json': index,
  'kind/dev/10-web.yaml': config('web', 'dev'),
  'cloud/prod/10-web.yaml': config('web', 'prod'),
};
const twice = (report: ReturnType<typeof verifyManifests>) =>
  report.findings.filter(({ check }) => check === 'duplicate-object').map(({ file, object }) => [file, object]);

test('each target of a rendered tree is judged by itself', () => {
  const folder = tree(rendered);
  const report = verifyManifests({ paths: [folder] });
  expect([report.summary.objects, twice(report)]).toEqual([2, []]);
  expect(twice(verifyManifests({ paths: [join(folder, 'kind'), join(folder, 'cloud')] }))).toHaveLength(1);
});

test('a text and objects belong to what stands beside such a tree', () => {
  const folder = tree({ ...rendered, 'argocd/apps.yaml': config('apps', 'x') });
  const report = verifyManifests({
    paths: [folder],
    text: `${config('apps', 'y')}---\n${config('web', 'z')}`,
    objects: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'more', namespace: 'shop' }, data: { A: '1' } }],
  });
  expect(report.summary.objects).toBe(6);
  expect(twice(report).map(([, object]) => object)).toEqual(['ConfigMap/shop/apps']);
});

test('where nothing stands beside it, they are judged by themselves', () => {
  const report = verifyManifests({ paths: [tree(rendered)], text: config('web', 'z') });
  expect([report.summary.objects, twice(report)]).toEqual([3, []]);
});

test('what cannot be read makes nothing certain in its own set alone', () => {
  const missing = `
{ apiVersion: v1, kind: Pod, metadata: { name: web, namespace: shop }, spec: { containers: [{ name: web, image: 'web:1', envFrom: [{ configMapRef: { name: confg } }] }] } }
---
${config('config', '1')}`;
  const verdicts = (broken: Record<string, string>) =>
    verifyManifests({ paths: [tree({ ...rendered, 'kind/dev/20-pod.yaml': missing, ...broken })] })
      .findings.filter(({ check }) => check === 'configmap-exists')
      .map(({ verdict }) => verdict);
  expect(verdicts({})).toEqual(['fail']);
  expect(verdicts({ 'kind/dev/30-broken.yaml': 'kind: [\n' })).toEqual(['unknown']);
  expect(verdicts({ 'cloud/prod/30-broken.yaml': 'kind: [\n' })).toEqual(['fail']);
});
