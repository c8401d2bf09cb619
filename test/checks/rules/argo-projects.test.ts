import argoProjectPermits from '../../../checks/rules/gitops/argo-project-permits';
import { runChecks } from '../../../checks/run';
import { readSources } from '../../../manifests/reading/read';
import { Facts } from '../../../world/facts';
import { World } from '../../../world/world';
import { all, configMap, findings, messages, workload } from '../judging';

const id = 'argo-project-permits';
const REPOSITORY = 'https://git.example.com/shop/manifests.git';
const HERE = 'https://kubernetes.default.svc';
const app = ({ path = 'apps/shop', place = 'argocd', more = '', source = '', kind = 'Application' } = {}) => {
  const spec = `project: shop, source: { repoURL: '${REPOSITORY}', path: ${path}${source} }, destination: { server: '${HERE}', namespace: shop }${more}`;
  return `{ apiVersion: argoproj.io/v1alpha1, kind: ${kind}, metadata: { name: shop, namespace: ${place} }, spec: { ${kind === 'Application' ? spec : `template: { spec: { ${spec} } }`} } }`;
};
const project = (spec: string) =>
  `{ apiVersion: argoproj.io/v1alpha1, kind: AppProject, metadata: { name: shop, namespace: argocd }, spec: { sourceRepos: ['*'], destinations: [{ server: '${HERE}', namespace: shop }]${spec ? `, ${spec}` : ''} } }`;
const role = (name: string) =>
  `{ apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: { name: ${name} }, rules: [] }`;

/** What is said of files, by their names. */
function judged(files: Readonly<Record<string, string>>) {
  const { resources, unreadable } = readSources(Object.entries(files).map(([file, text]) => ({ file, text })));
  expect(unreadable).toEqual([]);
  return runChecks(new World(resources, new Facts([])), [argoProjectPermits]);
}
const told = (files: Readonly<Record<string, string>>) =>
  judged(files).map(({ verdict, object, path }) => `${verdict} ${object} ${path}`);
/** A folder of one Application. */
const folder = (spec: string, ...objects: readonly string[]) => ({
  'repo/argocd/apps.yaml': all(app(), project(spec)),
  'repo/apps/shop/all.yaml': all(...objects),
});

describe('kinds of the cluster', () => {
  test.each([
    ['', ['fail ClusterRole/reader kind']],
    ["clusterResourceWhitelist: [{ group: '*', kind: '*' }]", []],
    ['clusterResourceWhitelist: [{ group: rbac.authorization.k8s.io, kind: ClusterRole }]', []],
    ["clusterResourceWhitelist: [{ group: 'rbac.*', kind: Cluster* }]", []],
    ["clusterResourceWhitelist: [{ group: '', kind: ClusterRole }]", ['fail ClusterRole/reader kind']],
    ['clusterResourceWhitelist: []', ['fail ClusterRole/reader kind']],
    [
      "clusterResourceWhitelist: [{ group: '*', kind: '*' }], clusterResourceBlacklist: [{ group: rbac.authorization.k8s.io, kind: '*' }]",
      ['fail ClusterRole/reader kind'],
    ],
    // Lists of one scope say nothing of the other.
    ["namespaceResourceWhitelist: [{ group: '*', kind: '*' }]", ['fail ClusterRole/reader kind']],
  ])('%s', (spec, expected) => {
    expect(told(folder(spec, role('reader'), workload()))).toEqual(expected);
  });
  test('one finding for all objects of a kind, which says what follows', () => {
    const [finding, ...others] = judged(folder('', role('a'), role('b'), role('c')));
    expect(others).toEqual([]);
    expect(finding?.message).toBe(
      'Application shop applies repo/apps/shop, and its AppProject shop does not permit the kind ClusterRole.rbac.authorization.k8s.io: the sync fails and nothing is applied (2 more of them)',
    );
  });
});

describe('kinds of namespaces', () => {
  test.each([
    ['', []],
    ['namespaceResourceWhitelist: []', ['fail ConfigMap/shop/settings kind', 'fail Deployment/shop/web kind']],
    ["namespaceResourceWhitelist: [{ group: apps, kind: '*' }]", ['fail ConfigMap/shop/settings kind']],
    ["namespaceResourceBlacklist: [{ group: '', kind: ConfigMap }]", ['fail ConfigMap/shop/settings kind']],
    ['namespaceResourceBlacklist: [{ group: apps, kind: ConfigMap }]', []],
    ["namespaceResourceBlacklist: [{ group: '', kind: '[CS]*' }]", []],
  ])('%s', (spec, expected) => {
    expect(told(folder(spec, configMap('settings', 'a: b'), workload()))).toEqual(expected);
  });
});

test('the namespaces of objects are destinations', () => {
  const elsewhere = configMap('settings', 'a: b').replace('namespace: shop', 'namespace: kube-system');
  expect(told(folder('', elsewhere, configMap('own', 'a: b')))).toEqual([
    'fail ConfigMap/kube-system/settings metadata.namespace',
  ]);
  // Without one, an object goes to the namespace of the Application.
  expect(told(folder('', configMap('own', 'a: b').replace(', namespace: shop', '')))).toEqual([]);
  const wide = project('').replace('namespace: shop }]', "namespace: '*' }]");
  expect(told({ 'apps.yaml': all(app(), wide), 'apps/shop/a.yaml': elsewhere })).toEqual([]);
});

describe('the contents of an Application', () => {
  const files = (application: string, name: string) => ({
    'apps.yaml': all(application, project('')),
    'apps/shop/web.yaml': configMap('own', 'a: b'),
    [name]: role('reader'),
  });
  const refused = ['fail ClusterRole/reader kind'];
  test('are the files of its folder, and of those below if it says so', () => {
    expect(told(files(app(), 'apps/shop/role.yaml'))).toEqual(refused);
    expect(told(files(app(), 'apps/shop/base/role.yaml'))).toEqual([]);
    const recursive = app({ source: ', directory: { recurse: true }' });
    expect(told(files(recursive, 'apps/shop/base/role.yaml'))).toEqual(refused);
    expect(told(files(recursive, 'apps/shopping/role.yaml'))).toEqual([]);
    expect(told(files(app({ source: ', directory: { include: "*.json" }' }), 'apps/shop/role.yaml'))).toEqual([]);
  });
  test('are what Kustomize renders, and of a chart perhaps', () => {
    const rendered = (file: string) => told({ 'apps.yaml': all(app(), project('')), [file]: role('reader') });
    expect(rendered('kustomize build repo/apps/shop')).toEqual(refused);
    expect(rendered('helm template release repo/apps/shop')).toEqual(['unknown ClusterRole/reader kind']);
    expect(rendered('kustomize build repo/apps/shop/base')).toEqual([]);
  });
  test('are not those of another repository, or of several folders of the name', () => {
    const other = app({ path: 'gone' }).replace('name: shop, namespace: argocd', 'name: other, namespace: argocd');
    expect(told({ ...files(app(), 'apps/shop/role.yaml'), 'more.yaml': other })).toEqual([]);
    expect(
      told({ 'x.yaml': all(app(), project('')), 'a/apps/shop/r.yaml': role('r'), 'b/apps/shop/r.yaml': role('s') }),
    ).toEqual([]);
  });
  test('an ApplicationSet applies them as well, and what a hook skips is not applied', () => {
    expect(told(files(app({ kind: 'ApplicationSet' }), 'apps/shop/role.yaml'))).toEqual(refused);
    const skipped = role('reader').replace(
      'name: reader',
      'name: reader, annotations: { argocd.argoproj.io/hook: Skip }',
    );
    expect(told({ ...files(app(), 'apps/shop/role.yaml'), 'apps/shop/role.yaml': skipped })).toEqual([]);
  });
  test('may be permitted by a project for all', () => {
    const settings =
      '{ apiVersion: v1, kind: ConfigMap, metadata: { name: argocd-cm, namespace: argocd }, data: { globalProjects: "- projectName: all" } }';
    expect(told({ ...files(app(), 'apps/shop/role.yaml'), 'argocd.yaml': settings })).toEqual([]);
  });
});

describe('the namespace of an Application', () => {
  const at = 'Application/team-a/shop metadata.namespace = "team-a"';
  test.each([
    ['', [`fail ${at}`]],
    ['sourceNamespaces: [team-b]', [`fail ${at}`]],
    ['sourceNamespaces: [team-*]', []],
    ["sourceNamespaces: ['/^team-[a-c]$/']", []],
    ["sourceNamespaces: ['/^team-[b-c]$/']", [`fail ${at}`]],
  ])('%s', (spec, expected) => {
    expect(findings(id, all(app({ place: 'team-a' }), project(spec)))).toEqual(expected);
  });
  test('may always be that of Argo CD, and is not known where nobody states it', () => {
    expect(findings(id, all(app(), project('')))).toEqual([]);
    const unplaced = project('').replace(', namespace: argocd', '');
    expect(findings(id, all(app({ place: 'team-a' }), unplaced))).toEqual([]);
  });
});

describe('CreateNamespace', () => {
  const creating = app({ more: ', syncPolicy: { syncOptions: [PruneLast=true, CreateNamespace=true] }' });
  const at = 'Application/argocd/shop spec.syncPolicy.syncOptions[1] = "CreateNamespace=true"';
  test('needs the kind Namespace, unless the namespace is there', () => {
    expect(findings(id, all(creating, project('')))).toEqual([`unknown ${at}`]);
    expect(messages(id, all(creating, project('')))[0]).toContain('unless namespace shop is there already');
    expect(findings(id, all(creating, project('')), { complete: true })).toEqual([`fail ${at}`]);
    const made = '{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }';
    expect(findings(id, all(creating, project('')), { declared: made })).toEqual([]);
    expect(findings(id, all(creating, project("clusterResourceWhitelist: [{ group: '', kind: Namespace }]")))).toEqual(
      [],
    );
    expect(findings(id, all(app(), project('')))).toEqual([]);
  });
});
