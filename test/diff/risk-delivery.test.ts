import { classed, messagesOf, worstClass } from './risks';

const of = (api: string, kind: string, spec: string) =>
  `{ apiVersion: ${api}, kind: ${kind}, metadata: { name: a, namespace: argocd }, spec: { ${spec} } }`;
const SOURCE = "repoURL: 'https://git.example.com/a', path: prod";
const application = (revision: string, more = '') =>
  of(
    'argoproj.io/v1alpha1',
    'Application',
    `source: { ${SOURCE}${revision && `, targetRevision: ${revision}`} }, destination: { namespace: x }${more}`,
  );
const several = (revision: string) =>
  of(
    'argoproj.io/v1alpha1',
    'Application',
    `sources: [{ repoURL: 'https://a', chart: web, targetRevision: 1.2.3 }, { ${SOURCE}, targetRevision: ${revision} }], destination: { namespace: x }`,
  );
const set = (revision: string, more = '') =>
  of(
    'argoproj.io/v1alpha1',
    'ApplicationSet',
    `generators: [], template: { metadata: { name: a }, spec: { source: { ${SOURCE}, targetRevision: ${revision} }, destination: { namespace: x }${more} } }`,
  );
const chart = (version: string) =>
  of(
    'argoproj.io/v1alpha1',
    'Application',
    `source: { repoURL: 'https://a', chart: web${version && `, targetRevision: ${version}`} }, destination: { namespace: x }`,
  );
const git = (ref: string) =>
  of('source.toolkit.fluxcd.io/v1', 'GitRepository', `url: 'https://a', interval: 1m${ref && `, ref: { ${ref} }`}`);
const oci = (ref: string) =>
  of('source.toolkit.fluxcd.io/v1', 'OCIRepository', `url: 'oci://a', interval: 1m, ref: { ${ref} }`);
const release = (version: string) =>
  of(
    'helm.toolkit.fluxcd.io/v2',
    'HelmRelease',
    `interval: 1m, chart: { spec: { chart: web, sourceRef: { kind: HelmRepository, name: a }${version && `, version: ${version}`} } }`,
  );

describe('delivery-unpinned', () => {
  const id = 'delivery-unpinned';
  test.each([
    ['a tag, HEAD', application('v1.2.3'), application('HEAD')],
    ['a tag, nothing', application('v1'), application('')],
    ['a commit, a branch', application("'4b825dc642cb6eb9a060e54bf8d69288fbee4904'"), application('main')],
    ['a tag by its whole name', application('refs/tags/a'), application('refs/heads/a')],
    ['a release, a branch of them', application('1.2.0'), application('release-1.2')],
    ['one of several sources', several('v1'), several('main')],
    ['a template', set('v1'), set('main')],
    ['a chart, a range', chart('1.2.3'), chart("'1.*'")],
    ['Flux: a tag, a branch', git('tag: v1'), git('branch: main')],
    [
      'Flux: a commit, what is there without',
      git("commit: '4b825dc642cb6eb9a060e54bf8d69288fbee4904', branch: main"),
      git('branch: main'),
    ],
    ['Flux: a commit, a range', git("commit: '4b825dc642cb6eb9a060e54bf8d69288fbee4904'"), git("semver: '>=1.0.0'")],
    ['Flux: a digest, the newest', oci("digest: 'sha256:abc'"), oci('tag: latest')],
    ['Flux: a chart', release('1.2.3'), release("'>=1.2.0'")],
    ['Flux: any chart', release('1.2.3'), release('')],
  ])('%s, and the way back', (_, before, after) => {
    expect(classed(id, before, after)).toHaveLength(1);
    expect(worstClass(before, after)).toBe('privilege');
    expect(classed(id, after, before)).toEqual([]);
  });
  test('a chart without a version, which Argo CD refuses besides: a check says so', () => {
    const [before, after] = [chart('1.2.3'), chart('')];
    expect(classed(id, before, after)).toHaveLength(1);
    expect(classed(id, after, before)).toEqual([]);
    expect(messagesOf('check-fails', before, after)).toEqual([expect.stringMatching(/targetRevision|version/)]);
    expect(worstClass(before, after)).toBe('disruption');
  });
  test.each([
    ['another tag', application('v1'), application('v2')],
    ['a commit in place of a tag', application('v1'), application("'4b825dc642cb6eb9a060e54bf8d69288fbee4904'")],
    ['another branch', application('main'), application('HEAD')],
    ['another version', release('1.2.3'), release('1.3.0-rc.1')],
  ])('nothing of %s', (_, before, after) => {
    expect(classed(id, before, after)).toEqual([]);
  });
  test('says when it is applied', () => {
    expect(messagesOf(id, application('v1'), application('main'))[0]).toContain('with the next sync');
    const automated = ', syncPolicy: { automated: {} }';
    expect(messagesOf(id, application('v1', automated), application('main', automated))[0]).toContain(
      'without being asked',
    );
  });
});

describe('delivery-automated', () => {
  const id = 'delivery-automated';
  const synced = (policy: string) => application('v1', policy && `, syncPolicy: { ${policy} }`);
  const kustomization = (more: string) =>
    of(
      'kustomize.toolkit.fluxcd.io/v1',
      'Kustomization',
      `interval: 1m, path: ./a, prune: false, sourceRef: { kind: GitRepository, name: a }${more}`,
    );
  test.each([
    ['an Application', synced(''), synced('automated: {}'), 1],
    ['one that says no', synced('automated: { enabled: false }'), synced('automated: {}'), 1],
    ['a template', set('v1'), set('v1', ', syncPolicy: { automated: { prune: true } }'), 2],
    ['pruning', synced('automated: {}'), synced('automated: { prune: true }'), 1],
    ['both', synced(''), synced('automated: { prune: true }'), 2],
    [
      'an empty source',
      synced('automated: { prune: true }'),
      synced('automated: { prune: true, allowEmpty: true }'),
      1,
    ],
    ['Flux', kustomization(', suspend: true'), kustomization(''), 1],
  ])('%s, and the way back', (_, before, after, count) => {
    expect(messagesOf(id, before, after)).toHaveLength(count);
    expect(worstClass(before, after)).toBe('disruption');
    expect(messagesOf(id, after, before)).toEqual([]);
  });
  test('what heals itself is in place, and what is automated by nobody does nothing', () => {
    const healed = classed(id, synced('automated: {}'), synced('automated: { selfHeal: true }'));
    expect(healed).toEqual(['in-place Application/argocd/a spec.syncPolicy.automated.selfHeal']);
    expect(classed(id, synced(''), synced('automated: { enabled: false, prune: true }'))).toEqual([]);
  });
});

describe('argocd-widened', () => {
  const id = 'argocd-widened';
  const config = (name: string, data: string) =>
    `{ apiVersion: v1, kind: ConfigMap, metadata: { name: ${name}, namespace: argocd }, data: { a: b${data && `, ${data}`} } }`;
  const csv = (...lines: readonly string[]) => config('argocd-rbac-cm', `policy.csv: "${lines.join('\\n')}"`);
  const DEV = 'g, devs, role:dev';
  const dev = (action: string, object: string) => `p, role:dev, applications, ${action}, ${object}, allow`;
  test.each([
    ['no login', config('argocd-cm', ''), config('argocd-cm', 'users.anonymous.enabled: "true"')],
    [
      'no login at all',
      config('argocd-cmd-params-cm', ''),
      config('argocd-cmd-params-cm', 'server.disable.auth: "true"'),
    ],
    ['no TLS', config('argocd-cmd-params-cm', ''), config('argocd-cmd-params-cm', 'server.insecure: "true"')],
    ['shells', config('argocd-cm', 'exec.enabled: "false"'), config('argocd-cm', 'exec.enabled: "true"')],
    ['the first account', config('argocd-cm', 'admin.enabled: "false"'), config('argocd-cm', '')],
    ['another account', config('argocd-cm', ''), config('argocd-cm', 'accounts.ci: apiKey')],
    [
      'Applications elsewhere',
      config('argocd-cmd-params-cm', ''),
      config('argocd-cmd-params-cm', "application.namespaces: '*'"),
    ],
    [
      'everybody is an admin',
      config('argocd-rbac-cm', 'policy.default: role:readonly'),
      config('argocd-rbac-cm', 'policy.default: role:admin'),
    ],
    ['everybody may look', config('argocd-rbac-cm', ''), config('argocd-rbac-cm', 'policy.default: role:readonly')],
    ['a group', csv(DEV), csv(DEV, 'g, ops, role:admin')],
    ['another role of a group', csv(DEV, dev('get', '*/*')), csv(DEV, dev('get', '*/*'), 'g, devs, role:admin')],
    ['any action', csv(DEV, dev('sync', 'shop/*')), csv(DEV, dev('*', 'shop/*'))],
    ['any object', csv(DEV, dev('sync', 'shop/*')), csv(DEV, dev('sync', '*/*'))],
    [
      'a policy in a key of its own',
      csv(DEV),
      config('argocd-rbac-cm', `policy.csv: "${DEV}", policy.more.csv: "p, devs, repositories, create, *, allow"`),
    ],
  ])('%s, and the way back', (_, before, after) => {
    expect(classed(id, before, after)).toHaveLength(1);
    expect(classed(id, before, after)[0]).toMatch(/^privilege ConfigMap/);
    expect(classed(id, after, before)).toEqual([]);
  });
  test('what was refused', () => {
    const refused = 'p, role:dev, applications, delete, *, deny';
    expect(messagesOf(id, csv(DEV, refused), csv(DEV))).toEqual([
      'role:dev is not kept any more from this: delete applications',
    ]);
    expect(messagesOf(id, csv(DEV), csv(DEV, refused))).toEqual([]);
  });
  test.each([
    ['the same in another order', csv(DEV, dev('get', '*')), csv(dev('get', '*'), DEV)],
    ['what it may do already', csv(DEV, dev('*', '*')), csv(DEV, dev('*', '*'), dev('sync', 'shop/*'))],
    ['what a role of its own gives', csv('g, a, role:admin'), csv('g, a, role:admin', 'p, a, clusters, get, *, allow')],
    ['a ConfigMap of another name', config('other', ''), config('other', 'users.anonymous.enabled: "true"')],
    [
      'a default that is written out',
      config('argocd-cm', ''),
      config('argocd-cm', 'users.anonymous.enabled: "false", admin.enabled: "true"'),
    ],
    ['a new installation', '', config('argocd-cm', 'admin.enabled: "true"')],
  ])('nothing of %s', (_, before, after) => {
    expect(classed(id, before, after)).toEqual([]);
  });
});
