import type { Host, Project } from '../../cli/command';
import { publishedChanges } from '../../cli/published-change';
import type { PublishedTree } from '../../publish/branch-plan';
import { newFolder } from '../render/support';

const service = (name: string, namespace: string, port: number) =>
  `{ apiVersion: v1, kind: Service, metadata: { name: ${name}, namespace: ${namespace} }, spec: { selector: { app: web }, ports: [{ port: ${port} }] } }`;

/** A tree with a Service for each of these targets, and one that stands beside them. */
function tree(targets: readonly string[], port: number): PublishedTree {
  const files = new Map<string, string>([
    ...targets.map((path) => [`${path}/web.yaml`, service('web', 'shop', 80)] as const),
    ['argocd/all.yaml', service('all', 'argocd', port)] as const,
  ]);
  const objects = [{ file: 'web.yaml', kind: 'Service', namespace: 'shop', name: 'web' }];
  const index = {
    targets: Object.fromEntries(targets.map((path) => [path, { objects }])),
    delivery: ['argocd/all.yaml'],
  };
  return { index: index as unknown as PublishedTree['index'], text: (path) => files.get(path), read: () => undefined };
}

function message(before: PublishedTree, after: PublishedTree, files: readonly string[]): string {
  const project = { root: newFolder(), matrix: { targets: () => [], clusters: [] } } as unknown as Project<unknown>;
  return publishedChanges(project, { 'fail-on': undefined, accepted: undefined }, {} as Host).message(
    before,
    after,
    files,
  );
}

test('a commit that takes a target away says so', () => {
  expect(message(tree(['cloud/dev', 'cloud/prod'], 80), tree(['cloud/dev'], 80), ['cloud/prod/web.yaml'])).toContain(
    'target prod@cloud is gone: 1 object',
  );
});

test('a commit that brings a target says so', () => {
  expect(message(tree([], 80), tree(['cloud/dev'], 80), ['cloud/dev/web.yaml'])).toContain('target dev@cloud is new');
});

test('a first commit tells the class of each target, and counts what hands them over as none', () => {
  const none = { ...tree([], 80), index: undefined };
  const text = message(none, tree(['cloud/dev', 'cloud/prod'], 80), [
    'argocd/all.yaml',
    'cloud/dev/web.yaml',
    'cloud/prod/web.yaml',
  ]);
  expect(text.split('\n')).toEqual([
    'dev@cloud, prod@cloud and delivery: 2 changes, in-place',
    '',
    'in-place: targets dev@cloud, prod@cloud are new: 1 object each',
    'in-place: delivery is new: 1 object',
    '',
    'The way back: revert this commit',
  ]);
});

test('what a file held that cannot be read any more is not told as new', () => {
  const whole = tree(['cloud/dev'], 80);
  const broken = { ...whole, text: (path: string) => (path === 'cloud/dev/web.yaml' ? 'kind: [' : whole.text(path)) };
  const files = ['cloud/dev/web.yaml'];
  const text = message(broken, whole, files);
  expect(text).toContain('not known: whether Service/shop/web is new');
  expect(text).not.toContain('new: Service');
  const refusal = publishedChanges(
    { root: newFolder(), matrix: { targets: () => [], clusters: [] } } as unknown as Project<unknown>,
    { 'fail-on': 'data-loss', accepted: undefined },
    { printError: () => {} } as unknown as Host,
  ).refuse(broken, whole, files);
  expect(refusal?.message).toContain('cannot tell what changes: a file in the repository cannot be read');
});

test('a commit that changes what hands the targets over tells that', () => {
  expect(message(tree(['cloud/dev'], 80), tree(['cloud/dev'], 81), ['argocd/all.yaml'])).toContain(
    'Service/argocd/all',
  );
});
