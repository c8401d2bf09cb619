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

test('a commit that changes what hands the targets over tells that', () => {
  expect(message(tree(['cloud/dev'], 80), tree(['cloud/dev'], 81), ['argocd/all.yaml'])).toContain(
    'Service/argocd/all',
  );
});
