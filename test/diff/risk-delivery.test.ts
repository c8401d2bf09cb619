import { allOf, classed, messagesOf, worstClass } from './risks';

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
    `generators: [{ clusters: {} }], template: { metadata: { name: a }, spec: { source: { ${SOURCE}, targetRevision: ${revision} }, destination: { namespace: x }${more} } }`,
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

describe('delivery-unseen', () => {
  const id = 'delivery-unseen';
  const k3s = (spec: string) => of('helm.cattle.io/v1', 'HelmChart', spec);
  const values = (persistent: boolean) =>
    of(
      'helm.toolkit.fluxcd.io/v2',
      'HelmRelease',
      `interval: 1m, chart: { spec: { chart: web, version: 1.2.3, sourceRef: { kind: HelmRepository, name: a } } }, values: { persistence: ${persistent} }`,
    );
  const kustomization = (more: string) =>
    of(
      'kustomize.toolkit.fluxcd.io/v1',
      'Kustomization',
      `interval: 1m, prune: true, path: ./a, sourceRef: { kind: GitRepository, name: a }${more}`,
    );
  test.each([
    [
      'a chart of Argo CD',
      chart('1.2.3'),
      chart('2.0.0'),
      'what chart web makes in version 2.0.0, in place of 1.2.3, is not rendered here',
    ],
    [
      'its values',
      chart('1.2.3'),
      chart('1.2.3, helm: { valuesObject: { a: b } }'),
      'what chart web makes of these values',
    ],
    [
      'its parameters',
      chart('1.2.3, helm: { parameters: [{ name: a, value: b }] }'),
      chart('1.2.3, helm: { parameters: [{ name: a, value: c }] }'),
      'of these values',
    ],
    [
      'a tag of a repository',
      application('v1.4.0'),
      application('v1.5.0'),
      'what https://git.example.com/a makes in version v1.5.0',
    ],
    ['images of Kustomize', application('v1'), application('v1, kustomize: { images: [a:2] }'), ''],
    ['one of several sources', several('v1'), several('v2'), ''],
    ['a template', set('v1'), set('v2'), ''],
    [
      'what a set is made of',
      set('v1'),
      set('v1').replace('clusters: {}', 'clusters: { selector: { matchLabels: { env: prod } } }'),
      'which Applications it makes is not known here: Argo CD deletes those that it makes no more',
    ],
    ['a release', release('1.2.3'), release('1.3.0'), 'what chart web makes in version 1.3.0'],
    ['values of a release', values(true), values(false), 'what chart web makes of these values'],
    [
      'a chart of k3s',
      k3s('chart: traefik, version: 1.0.0'),
      k3s('chart: traefik, version: 2.0.0'),
      'what chart traefik makes in version 2.0.0',
    ],
    [
      'values of k3s',
      k3s('chart: traefik, valuesContent: "a: 1"'),
      k3s('chart: traefik, valuesContent: "a: 2"'),
      'of these values',
    ],
    [
      'values for a chart of k3s',
      of('helm.cattle.io/v1', 'HelmChartConfig', 'valuesContent: "a: 1"'),
      of('helm.cattle.io/v1', 'HelmChartConfig', 'valuesContent: "a: 2"'),
      'what chart a makes of these values',
    ],
    ['a tag of Flux', git('tag: v1'), git('tag: v2'), 'what https://a makes in version v2, in place of v1'],
    ['a digest of Flux', oci("digest: 'sha256:a'"), oci("digest: 'sha256:b'"), ''],
    ['patches of Flux', kustomization(''), kustomization(', patches: [{ patch: a }]'), ''],
    [
      'variables of Flux',
      kustomization(', postBuild: { substitute: { a: b } }'),
      kustomization(', postBuild: { substitute: { a: c } }'),
      'of these values',
    ],
  ])('%s', (_, before, after, message) => {
    expect(classed(id, before, after)).toHaveLength(1);
    expect(messagesOf(id, before, after)[0]).toContain(message);
    expect(worstClass(before, after)).toBe('unknown');
  });
  test('values in a ConfigMap or a Secret', () => {
    const by = (kind: string, more = '') =>
      of(
        'helm.toolkit.fluxcd.io/v2',
        'HelmRelease',
        `interval: 1m, chartRef: { kind: OCIRepository, name: a }, valuesFrom: [{ kind: ${kind}, name: v${more} }]`,
      );
    const map = (kind: string, text: string, key = 'values.yaml') =>
      `{ apiVersion: v1, kind: ${kind}, metadata: { name: v, namespace: argocd }, ${kind === 'Secret' ? 'stringData' : 'data'}: { ${key}: '${text}' } }`;
    for (const kind of ['ConfigMap', 'Secret']) {
      const [before, after] = [allOf(by(kind), map(kind, 'a: 1')), allOf(by(kind), map(kind, 'a: 2'))];
      expect(messagesOf(id, before, after)).toEqual(['what HelmRelease a makes of these values is not rendered here']);
      expect(classed('configuration-unread', before, after)).toEqual([]);
    }
    const other = (text: string) => allOf(by('ConfigMap', ', valuesKey: prod'), map('ConfigMap', text));
    expect(classed(id, other('a: 1'), other('a: 2'))).toEqual([]);
    const substituted = (text: string) =>
      allOf(
        kustomization(', postBuild: { substituteFrom: [{ kind: ConfigMap, name: v }] }'),
        map('ConfigMap', text, 'a'),
      );
    expect(classed(id, substituted('1'), substituted('2'))).toHaveLength(1);
  });
  const inOrder = (list: string, make: (entries: string) => string, [one, other]: readonly [string, string]) =>
    [`${list}: [${one}, ${other}]`, `${list}: [${other}, ${one}]`].map(make) as [string, string];
  const FILES = ['a.yaml', 'b.yaml'] as const;
  const MAPS = ['{ kind: ConfigMap, name: a }', '{ kind: ConfigMap, name: b }'] as const;
  const PATCHES = ['{ patch: a }', '{ patch: b }'] as const;
  const PARAMETERS = ['{ name: a, value: x }', '{ name: b, value: y }'] as const;
  const SOURCES = [
    "{ repoURL: 'https://a', path: a, targetRevision: v1 }",
    "{ repoURL: 'https://b', path: b, targetRevision: v1 }",
  ] as const;
  const helm = (more: string) => chart(`1.2.3, helm: { ${more} }`);
  const flux = (more: string) => release('1.2.3').replace('interval: 1m', `interval: 1m, ${more}`);
  const sources = (more: string) => of('argoproj.io/v1alpha1', 'Application', `${more}, destination: { namespace: x }`);
  test.each([
    ['files of values', inOrder('valueFiles', helm, FILES)],
    ['objects with values', inOrder('valuesFrom', flux, MAPS)],
    ['values themselves', inOrder('a', (list) => flux(`values: { ${list} }`), FILES)],
    ['sources', inOrder('sources', sources, SOURCES)],
    ['patches', inOrder('patches', (list) => kustomization(`, ${list}`), PATCHES)],
    ['components', inOrder('components', (list) => kustomization(`, ${list}`), FILES)],
    ['variables', inOrder('substituteFrom', (list) => kustomization(`, postBuild: { ${list} }`), MAPS)],
  ])('%s in another order, of which the last one wins', (_, [before, after]) => {
    expect(classed(id, before, after)).toHaveLength(1);
    expect(worstClass(before, after)).toBe('unknown');
  });
  test('and not parameters, which have names', () => {
    const [before, after] = inOrder('parameters', helm, PARAMETERS);
    expect(classed(id, before, after)).toEqual([]);
  });
  test('no version is the newest one', () => {
    expect(messagesOf(id, release('1.2.3'), release(''))).toEqual([
      'what chart web makes in version the newest, in place of 1.2.3, is not rendered here',
    ]);
  });
  test('a chart that comes, and no folder of a repository', () => {
    expect(messagesOf(id, '', release('1.2.3'))).toEqual(['what chart web makes is not rendered here']);
    expect(worstClass('', k3s('chart: traefik'))).toBe('unknown');
    expect(classed(id, '', application('v1'))).toEqual([]);
  });
  test.each([
    ['how often it is looked for', release('1.2.3'), release('1.2.3').replace('interval: 1m', 'interval: 5m')],
    ['how it is synced', application('v1'), application('v1', ', syncPolicy: { automated: {} }')],
    [
      'another kind of that name',
      of('example.com/v1', 'HelmChart', 'version: 1'),
      of('example.com/v1', 'HelmChart', 'version: 2'),
    ],
  ])('not %s', (_, before, after) => {
    expect(classed(id, before, after)).toEqual([]);
  });
  test('a chart of k3s that goes is uninstalled, and another folder of Flux is pruned', () => {
    expect(worstClass(k3s('chart: traefik'), '')).toBe('data-loss');
    const moved = (field: string, other: string, prunes = true) => {
      const before = kustomization('').replace('prune: true', `prune: ${prunes}`);
      return worstClass(before, before.replace(field, other));
    };
    expect(moved('path: ./a', 'path: ./b')).toBe('data-loss');
    expect(moved('name: a }', 'name: b }')).toBe('data-loss');
    expect(moved('interval: 1m', 'interval: 1m, targetNamespace: x')).toBe('data-loss');
    expect(moved('path: ./a', 'path: ./b', false)).toBe('disruption');
    expect(moved('interval: 1m', 'interval: 2m')).toBe('in-place');
  });
});

describe('delivery-replaces', () => {
  const id = 'delivery-replaces';
  const sync = (options: string, make = application) => make('v1', `, syncPolicy: { syncOptions: [${options}] }`);
  const annotated = (options: string, kind = 'ConfigMap', key = 'argocd.argoproj.io/sync-options') =>
    `{ apiVersion: v1, kind: ${kind}, metadata: { name: a, namespace: x${options && `, annotations: { ${key}: '${options}' }`} } }`;
  const FORCE = 'kustomize.toolkit.fluxcd.io/force';
  const flux = (more: string) =>
    of(
      'kustomize.toolkit.fluxcd.io/v1',
      'Kustomization',
      `interval: 1m, path: ./a, sourceRef: { kind: GitRepository, name: a }${more}`,
    );
  const helm = (more: string) => release('1.2.3').replace('interval: 1m', `interval: 1m${more}`);
  test.each([
    ['all of an Application', sync('PruneLast=true'), sync('PruneLast=true, Replace=true'), 'disruption'],
    ['an Application without options', application('v1'), sync('Replace=true'), 'disruption'],
    ['a template', sync('', set), sync('Replace=true', set), 'disruption'],
    ['one object', annotated(''), annotated('Replace=true'), 'disruption'],
    ['one by force', annotated('Prune=false'), annotated('Prune=false, Force=true,Replace=true'), 'disruption'],
    [
      'a claim by force',
      annotated('Replace=true', 'PersistentVolumeClaim'),
      annotated('Replace=true,Force=true', 'PersistentVolumeClaim'),
      'data-loss',
    ],
    ['one of Flux', annotated(''), annotated('enabled', 'ConfigMap', FORCE), 'disruption'],
    ['all of Flux', flux(''), flux(', force: true'), 'disruption'],
    ['upgrades', helm(''), helm(', upgrade: { force: true }'), 'disruption'],
    ['rollbacks', helm(''), helm(', rollback: { force: true }'), 'disruption'],
    ['an upgrade that fails', helm(''), helm(', upgrade: { remediation: { strategy: uninstall } }'), 'data-loss'],
    ['another release', helm(', releaseName: a'), helm(', releaseName: b'), 'data-loss'],
    ['another namespace', helm(''), helm(', targetNamespace: b'), 'data-loss'],
    ['where Helm notes it', helm(', storageNamespace: a'), helm(', storageNamespace: b'), 'data-loss'],
    ['one of Flux, in capitals', annotated(''), annotated('Enabled', 'ConfigMap', FORCE), 'disruption'],
  ])('%s', (_, before, after, risk) => {
    expect(classed(id, before, after)).toEqual([expect.stringMatching(`^${risk} `)]);
    expect(classed(id, after, before).filter((each) => !/releaseName|Namespace$/.test(each))).toEqual([]);
  });
  test('not Force=true of an Application, which Argo CD reads of objects alone, nor namespaces and definitions', () => {
    expect(classed(id, sync(''), sync('Force=true'))).toEqual([]);
    expect(classed(id, annotated('', 'Namespace'), annotated('Replace=true', 'Namespace'))).toEqual([]);
  });
  test('an annotation for who delivers it is no mere note', () => {
    expect(worstClass(annotated(''), annotated('Prune=false'))).toBe('in-place');
    expect(worstClass(annotated(''), annotated('3', 'ConfigMap', 'argocd.argoproj.io/sync-wave'))).toBe('in-place');
    expect(worstClass(annotated(''), annotated('a', 'ConfigMap', 'argocd.argoproj.io/tracking-id'))).toBe('metadata');
  });
});

describe('strategy-loosened, of a Rollout', () => {
  const id = 'strategy-loosened';
  const rollout = (strategy: string) =>
    of(
      'argoproj.io/v1alpha1',
      'Rollout',
      `replicas: 4, selector: { matchLabels: { app: a } }, template: { metadata: { labels: { app: a } }, spec: { containers: [{ name: a, image: a }] } }, strategy: { ${strategy} }`,
    );
  const canary = (steps: string, more = '') => rollout(`canary: { ${steps && `steps: [${steps}]`}${more} }`);
  const blue = (spec: string) => rollout(`blueGreen: { activeService: a, ${spec} }`);
  const STEPS = '{ setWeight: 10 }, { pause: {} }, { setWeight: 50 }, { pause: { duration: 10m } }';
  test.each([
    ['no steps', canary(STEPS), canary(''), 'there are no steps any more'],
    ['no pause', canary(STEPS), canary(STEPS.replace('{ pause: {} }, ', '')), 'it waits for nobody any more'],
    [
      'a pause that ends',
      canary(STEPS),
      canary(STEPS.replace('pause: {}', 'pause: { duration: 1h }')),
      'it waits for nobody any more',
    ],
    [
      'a shorter pause',
      canary(STEPS),
      canary(STEPS.replace('10m', '60s')),
      'it pauses for 60 s in all before a new revision has everything, and did for 600 s',
    ],
    [
      'a larger first step',
      canary(STEPS),
      canary(STEPS.replace('setWeight: 10', 'setWeight: 40')),
      'a new revision gets 40 % at first, and got 10 % before',
    ],
    [
      'no analysis',
      canary(`${STEPS}, { analysis: { templates: [] } }`),
      canary(STEPS),
      'fewer analyses look at a new revision',
    ],
    [
      'none beside',
      canary(STEPS, ', analysis: { templates: [] }'),
      canary(STEPS),
      'no analysis runs beside the rollout',
    ],
    ['shares by pods', canary(STEPS, ', trafficRouting: { istio: {} }'), canary(STEPS), 'by the number of pods'],
    ['blue and green', canary(STEPS), blue('previewService: b'), 'the strategy is blueGreen in place of canary'],
    ['and the other way', blue('previewService: b'), canary(STEPS), 'the strategy is canary in place of blueGreen'],
    [
      'nobody who lets it through',
      blue('autoPromotionEnabled: false'),
      blue('autoPromotionEnabled: true'),
      'and waited for somebody before',
    ],
    [
      'the same by default',
      blue('autoPromotionEnabled: false'),
      blue('previewService: b'),
      'and waited for somebody before',
    ],
    [
      'no analysis before',
      blue('prePromotionAnalysis: { templates: [] }'),
      blue('previewService: b'),
      'no analysis looks at a new revision any more (prePromotionAnalysis)',
    ],
    [
      'a shorter way back',
      blue('scaleDownDelaySeconds: 600'),
      blue('previewService: b'),
      'stop 30 s after the switch, and did after 600 s',
    ],
  ])('%s', (_, before, after, message) => {
    expect(messagesOf(id, before, after)).toEqual([expect.stringContaining(message)]);
    expect(worstClass(before, after)).toBe('disruption');
  });
  test.each([
    ['a smaller first step', canary(STEPS), canary(STEPS.replace('setWeight: 10', 'setWeight: 5'))],
    ['a longer pause', canary(STEPS), canary(STEPS.replace('10m', '2h'))],
    ['one step more', canary(STEPS), canary(`${STEPS}, { setWeight: 80 }`)],
    ['steps where there were none', canary(''), canary(STEPS)],
  ])('not %s', (_, before, after) => {
    expect(classed(id, before, after)).toEqual([]);
  });
});
