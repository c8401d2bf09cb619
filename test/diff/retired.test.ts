import { asDelivered } from '../../diff/retired';
import { targetChange } from '../../diff/target-change';
import { worldOf } from '../checks/judging';
import { allOf } from './risks';

const TARGET = allOf(
  '{ apiVersion: v1, kind: ConfigMap, metadata: { name: a, namespace: shop } }',
  '{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }',
);
const application = (metadata = '', path = 'tree/cloud/prod') =>
  `{ apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: { name: shop, namespace: argocd${metadata} }, spec: { project: d, source: { repoURL: r, path: ${path} }, destination: { name: cloud } } }`;
const set = (spec: string, elements = '{ name: shop, path: tree/cloud/prod }') =>
  `{ apiVersion: argoproj.io/v1alpha1, kind: ApplicationSet, metadata: { name: s, namespace: argocd }, spec: { goTemplate: true, ${spec}, generators: [{ list: { elements: [${elements}] } }], template: { metadata: { name: '{{.name}}' }, spec: { project: d, source: { repoURL: r, path: '{{.path}}' }, destination: { name: cloud } } } } }`;
const flux = (spec: string) =>
  `{ apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, metadata: { name: shop, namespace: flux }, spec: { path: ./tree/cloud/prod, ${spec}, sourceRef: { kind: GitRepository, name: g } } }`;
const applySet = '{ apiVersion: strata.internal/v1, kind: ApplySet, metadata: { name: shop-prod-cloud } }';
const FINALIZER = ', finalizers: [resources-finalizer.argocd.argoproj.io]';

const told = (before: string | undefined, after = '') => {
  const world = (manifests: string) => worldOf(manifests, { complete: true });
  const change = targetChange('prod@cloud', world(TARGET), undefined);
  const handedOver = { before: before === undefined ? undefined : world(before), after: world(after) };
  return asDelivered(change, 'cloud/prod', () => handedOver).risks.map(
    ({ class: risk, change: { id }, message }) => `${risk} ${id}: ${message}`,
  );
};
const STAYS =
  'disruption Namespace/shop: it stays, with all else of the target, and nothing keeps it as it is written: ';
const deleted = expect.arrayContaining([
  expect.stringMatching(/^data-loss Namespace\/shop: everything in shop is deleted/),
]) as unknown;

describe('a target that goes', () => {
  test.each([
    ['an Application', application(), 'Argo CD deletes nothing with an Application that has not its finalizer'],
    [
      'a set that preserves',
      set('syncPolicy: { preserveResourcesOnDeletion: true }'),
      'Argo CD deletes nothing with an Application that has not its finalizer',
    ],
    [
      'a set that deletes none',
      set('syncPolicy: { applicationsSync: create-update }'),
      'Argo CD deletes no Application of its ApplicationSet',
    ],
    ['Flux without pruning', flux('prune: false'), 'Flux is told to delete nothing with its Kustomization'],
    [
      'Flux that leaves it',
      flux('prune: true, deletionPolicy: Orphan'),
      'Flux is told to delete nothing with its Kustomization',
    ],
    ['kubectl', applySet, 'kubectl prunes what leaves a target, and not a target that goes'],
    [
      'either of them',
      allOf(application(), applySet),
      'Argo CD deletes nothing with an Application that has not its finalizer, kubectl prunes what leaves a target, and not a target that goes',
    ],
  ])('stays by %s', (_, before, reason) => expect(told(before)).toEqual([STAYS + reason]));

  test.each([
    ['an Application with the finalizer', application(FINALIZER)],
    ['a set', set('goTemplateOptions: []')],
    ['Flux that prunes', flux('prune: true')],
    ['one of several', allOf(application(), flux('prune: true'))],
    ['what is not known', undefined],
    ['what delivers others', allOf(application('', 'tree/cloud/dev'), application('', 'tree/my-cloud/prod'))],
  ])('is deleted by %s', (_, before) => expect(told(before)).toEqual(deleted));

  test('that is delivered all the same is no such target', () => {
    expect(told(application(), application())).toEqual(deleted);
    expect(told(application(), application('', 'tree/cloud/dev'))).toHaveLength(1);
  });
});

test('a target that comes, or changes, is what it is', () => {
  const world = worldOf(TARGET, { complete: true });
  const change = targetChange('prod@cloud', undefined, world);
  const never = () => {
    throw new Error('nobody asks');
  };
  expect(asDelivered(change, 'cloud/prod', never)).toBe(change);
});
