import { allOf, classed, risksBetween } from './risks';

describe('an element of a list that goes', () => {
  const set = (elements: string, spec = '', name = "'{{.cluster}}-web'") =>
    `{ apiVersion: argoproj.io/v1alpha1, kind: ApplicationSet, metadata: { name: s, namespace: argocd }, spec: { goTemplate: true${spec}, generators: [{ list: { elements: [${elements}] } }], template: { metadata: { name: ${name} }, spec: { project: default, destination: { name: x, namespace: '{{.cluster}}' }, source: { repoURL: 'https://git.example.com/web', path: ., targetRevision: v1 } } } } }`;
  const [A, B] = ['{ cluster: a, size: 1 }', '{ cluster: b }'];
  const found = (before: string, after: string) =>
    risksBetween(['delivery-removed'], before, after).map(({ class: risk, message }) => `${risk} ${message}`);
  test('takes its Application along, and what that delivered', () => {
    expect(found(set(`${A}, ${B}`), set(A))).toEqual([
      'data-loss Application b-web of it goes: Argo CD has the finalizer resources-finalizer.argocd.argoproj.io: everything that it delivered is deleted, with what is stored in it',
    ]);
    expect(found(set(A), set('{ cluster: c, size: 1 }'))).toHaveLength(1);
    expect(found(set(A), set(A, '', "'{{ .cluster }}-shop'"))).toHaveLength(1);
  });
  test('leaves it where the resources are kept', () => {
    const kept = ', syncPolicy: { preserveResourcesOnDeletion: true }';
    expect(found(set(`${A}, ${B}`, kept), set(A, kept))).toEqual([
      'disruption Application b-web of it goes: what it delivered stays, and nothing keeps it as it is written',
    ]);
    // The Application that goes has the finalizer of before: it is not brought up to date first.
    expect(found(set(`${A}, ${B}`), set(A, kept))).toEqual([expect.stringMatching(/^data-loss Application b-web/)]);
  });
  test.each([
    ['one comes', set(A), set(`${A}, ${B}`)],
    ['they change places', set(`${A}, ${B}`), set(`${B}, ${A}`)],
    ['another field of it changes', set(A), set('{ cluster: a, size: 2 }')],
    [
      'nothing is deleted',
      set(`${A}, ${B}`, ', syncPolicy: { applicationsSync: create-only }'),
      set(A, ', syncPolicy: { applicationsSync: create-only }'),
    ],
  ])('nothing where %s', (_, before, after) => {
    expect(found(before, after)).toEqual([]);
  });

  const generated = (generator: string, name: string) =>
    set('', '', name).replace('{ list: { elements: [] } }', generator);
  const listOf = (...elements: string[]) => `{ list: { elements: [${elements.join(', ')}] } }`;
  test('in a matrix, with each of the others', () => {
    const name = "'{{.cluster}}-{{.app}}'";
    const of = (...apps: string[]) =>
      generated(
        `{ matrix: { generators: [${listOf(A, B)}, ${listOf(...apps.map((app) => `{ app: ${app} }`))}] } }`,
        name,
      );
    expect(found(of('shop', 'wiki'), of('shop'))).toEqual([
      expect.stringContaining('Application a-wiki, Application b-wiki of it go'),
    ]);
    expect(found(of('shop'), of('wiki', 'shop'))).toEqual([]);
  });
  test('in a matrix with what another generator finds', () => {
    const of = (...apps: string[]) =>
      generated(
        `{ matrix: { generators: [{ clusters: {} }, ${listOf(...apps.map((app) => `{ app: ${app} }`))}] } }`,
        "'{{.name}}-{{.app}}'",
      );
    expect(found(of('shop', 'wiki'), of('shop'))).toEqual([
      expect.stringContaining('every Application {{.name}}-wiki of it goes'),
    ]);
    expect(found(of('shop'), of('shop'))).toEqual([]);
  });
  test('in a merge, by the first of its lists and what others say of it', () => {
    const of = (elements: string[], more: string[]) =>
      generated(
        `{ merge: { mergeKeys: [cluster], generators: [${listOf(...elements)}, ${listOf(...more)}] } }`,
        "'{{.cluster}}-{{.size}}'",
      );
    expect(found(of([A, B], ['{ cluster: b, size: 9 }']), of([A], ['{ cluster: b, size: 9 }']))).toEqual([
      expect.stringContaining('Application b-9 of it goes'),
    ]);
    expect(found(of([A], ['{ cluster: a, size: 3 }']), of([A], ['{ cluster: a, size: 4 }']))).toEqual([
      expect.stringContaining('Application a-3 of it goes'),
    ]);
  });
});

describe('an Application of a set is judged as if it were written down', () => {
  interface Said {
    readonly element?: string;
    readonly name?: string;
    readonly path?: string;
    readonly revision?: string;
    readonly project?: string;
    readonly destination?: string;
    readonly policy?: string;
    readonly set?: string;
    readonly generators?: string;
    readonly isGo?: boolean;
  }
  const ELEMENT =
    'cluster: a, path: prod, revision: v1, server: https://a.example.com, repo: https://git.example.com/a, prune: "true"';
  const templateOf = ({ isGo = true, ...said }: Said) => {
    const param = (name: string) => (isGo ? `{{.${name}}}` : `{{${name}}}`);
    const {
      name = `${param('cluster')}-web`,
      path = param('path'),
      revision = param('revision'),
      project = 'shop',
      destination = `server: '${param('server')}', namespace: web`,
      policy = 'automated: { prune: true }',
    } = said;
    return `{ metadata: { name: '${name}' }, spec: { project: ${project}, source: { repoURL: '${param('repo')}', path: '${path}', targetRevision: '${revision}' }, destination: { ${destination} }, syncPolicy: { ${policy} } } }`;
  };
  const set = ({ element = '', set: more = '', ...said }: Said = {}) => {
    const { generators = `[{ list: { elements: [{ ${ELEMENT}${element && `, ${element}`} }] } }]`, isGo = true } = said;
    return `{ apiVersion: argoproj.io/v1alpha1, kind: ApplicationSet, metadata: { name: s, namespace: argocd }, spec: { goTemplate: ${isGo}, generators: ${generators}${more && `, ${more}`}, template: ${templateOf(said)} } }`;
  };
  const elements = (change: Readonly<Record<string, string>>) => {
    const all = Object.entries(change).reduce(
      (text, [key, value]) => text.replace(new RegExp(`${key}: [^,]+`), `${key}: ${value}`),
      ELEMENT,
    );
    return `[{ list: { elements: [{ ${all} }] } }]`;
  };
  const RULES = [
    'delivery-removed',
    'delivery-automated',
    'delivery-unpinned',
    'delivery-replaces',
    'delivery-unseen',
    'project-changed',
  ];
  const told = (before: string, after: string) =>
    risksBetween(RULES, before, after).map(
      ({ class: risk, rule, field, message }) =>
        `${risk} ${rule} ${field?.path.map(String).join('.') ?? ''}: ${message}`,
    );

  describe.each([true, false])('goTemplate: %s', (isGo) => {
    const by = (change: Readonly<Record<string, string>>) =>
      told(set({ isGo }), set({ isGo, generators: elements(change) }));
    test('a path that moves', () => {
      expect(by({ path: 'stage' })).toEqual([
        'data-loss delivery-removed spec.generators: Application a-web of it: what it delivered from there and does not deliver any more is deleted, with what is stored in it',
      ]);
      expect(told(set({ isGo }), set({ isGo, path: 'other' }))).toEqual([
        expect.stringMatching(/^data-loss delivery-removed spec.template.spec.source.path: Application a-web of it/),
      ]);
    });
    test('a repository that moves', () => {
      expect(by({ repo: 'https://git.example.com/b' })).toEqual([expect.stringMatching(/^data-loss delivery-removed/)]);
    });
    test('a cluster that moves: what was delivered there stays', () => {
      expect(by({ server: 'https://b.example.com' })).toEqual([
        expect.stringMatching(
          /^disruption delivery-removed .*to another cluster: what it delivered to the one before stays/,
        ),
      ]);
    });
    test('a revision that is no longer pinned', () => {
      expect(by({ revision: 'main' })).toEqual([
        expect.stringMatching(
          /^privilege delivery-unpinned spec.generators: Application a-web of it: it follows main in place of v1/,
        ),
        expect.stringMatching(
          /^unknown delivery-unseen spec.generators: Application a-web of it: what https:\/\/git.example.com\/a makes in version main/,
        ),
      ]);
    });
    test('another name: one goes, and another one comes', () => {
      expect(by({ cluster: 'b' })).toEqual([
        expect.stringMatching(/^data-loss delivery-removed .*Application a-web of it goes/),
      ]);
    });
    test('nothing where a parameter is not used', () => {
      expect(told(set({ isGo }), set({ isGo, element: 'note: x' }))).toEqual([]);
    });
  });

  test('what is switched on in all of them is told once', () => {
    const two = `[{ list: { elements: [{ ${ELEMENT} }, { ${ELEMENT.replace('cluster: a', 'cluster: b')} }] } }]`;
    const at = (policy: string) => set({ generators: two, policy });
    expect(told(at('automated: {}'), at('automated: { prune: true, selfHeal: true }'))).toEqual([
      'disruption delivery-automated spec.template.spec.syncPolicy.automated.prune: Application a-web, Application b-web of it: Argo CD deletes from now on, without being asked, whatever its source does not have',
      'in-place delivery-automated spec.template.spec.syncPolicy.automated.selfHeal: Application a-web, Application b-web of it: Argo CD undoes from now on what somebody changes by hand',
    ]);
  });
  test('a switch that stands in an element, by a patch', () => {
    const patch = `templatePatch: '{ spec: { syncPolicy: { automated: { prune: {{ .prune }} } } } }'`;
    expect(
      told(set({ set: patch, policy: '', generators: elements({ prune: 'false' }) }), set({ set: patch, policy: '' })),
    ).toEqual([
      expect.stringMatching(/^disruption delivery-automated spec.generators: Application a-web of it: Argo CD deletes/),
    ]);
  });
  test('a patch that is not worked out is told as unknown', () => {
    const patch = (name: string) => `templatePatch: '{ metadata: { labels: {{ .${name} | fromJson }} } }'`;
    expect(told(set({ set: patch('path') }), set({ set: patch('repo') }))).toEqual([
      expect.stringMatching(
        /^unknown delivery-unseen spec.templatePatch: what its templatePatch says now of Application a-web/,
      ),
    ]);
    expect(told(set({ set: patch('path') }), set({ set: patch('path'), element: 'note: x' }))).toEqual([]);
  });
  test('another project', () => {
    expect(told(set(), set({ project: 'default' }))).toEqual([
      expect.stringMatching(/^privilege project-changed .*Application a-web of it: it is of project default/),
    ]);
  });
  test('Applications of what is found outside, by what the template says of each', () => {
    const of = (said: Said) => set({ generators: '[{ clusters: {} }]', name: '{{.name}}-web', path: 'a', ...said });
    expect(told(of({}), of({ path: 'b' }))).toEqual([
      expect.stringMatching(
        /^data-loss delivery-removed .*every Application {{.name}}-web of it: what it delivered from there/,
      ),
    ]);
    expect(told(of({}), of({ name: '{{.name}}-shop' }))).toEqual([
      expect.stringMatching(/^data-loss delivery-removed .*every Application {{.name}}-web of it goes/),
    ]);
    expect(told(of({}), of({ name: '{{ .name }}-web' }))).toEqual([
      expect.stringMatching(/^unknown delivery-unseen .*which Applications it makes is not known here/),
    ]);
    expect(told(of({}), of({ generators: '[{ clusters: { selector: { matchLabels: { a: b } } } }]' }))).toEqual([
      expect.stringMatching(
        /^unknown delivery-unseen spec.generators: which Applications it makes is not known here: Argo CD deletes those/,
      ),
    ]);
  });

  describe('what the set may do with them', () => {
    const sync = (policy: string) => `syncPolicy: { applicationsSync: ${policy} }`;
    const moved = (policy: string) =>
      told(set({ set: sync(policy) }), set({ set: sync(policy), generators: elements({ path: 'stage' }) }));
    test.each([
      ['create-only', 0],
      ['create-delete', 0],
      ['create-update', 1],
      ['sync', 1],
    ])('%s: a path that moves', (policy, count) => expect(moved(policy)).toHaveLength(count));
    test.each([
      ['create-only', 0],
      ['create-delete', 1],
      ['create-update', 0],
      ['sync', 1],
    ])('%s: an element that goes', (policy, count) =>
      expect(told(set({ set: sync(policy) }), set({ set: sync(policy), generators: '[]' }))).toHaveLength(count),
    );
    test.each([
      ['create-only', 'sync', ['disruption', 'in-place']],
      ['create-only', 'create-delete', ['disruption']],
      ['create-update', 'sync', ['disruption']],
      ['create-only', 'create-update', ['in-place']],
      ['sync', 'create-only', []],
      ['sync', 'create-update', []],
    ])('from %s to %s', (before, after, classes) => {
      const found = risksBetween(['delivery-automated'], set({ set: sync(before) }), set({ set: sync(after) }));
      expect(found.map((each) => each.class)).toEqual(classes);
      expect(found.every(({ field }) => field?.path.join('.') === 'spec.syncPolicy.applicationsSync')).toBe(true);
    });
    test('the setting of the controller holds for all that say nothing else', () => {
      const config = (policy: string) =>
        `{ apiVersion: v1, kind: ConfigMap, metadata: { name: argocd-cmd-params-cm, namespace: argocd }, data: { applicationsetcontroller.policy: '${policy}' } }`;
      const [held, free] = [config('create-only'), config('sync')];
      expect(told(allOf(set(), held), allOf(set({ generators: '[]' }), held))).toEqual([]);
      expect(classed('delivery-automated', allOf(set(), held), allOf(set(), free))).toEqual([
        'disruption ConfigMap/argocd/argocd-cmd-params-cm data["applicationsetcontroller.policy"]',
        'in-place ConfigMap/argocd/argocd-cmd-params-cm data["applicationsetcontroller.policy"]',
      ]);
      expect(classed('delivery-automated', allOf(set(), free), allOf(set(), held))).toEqual([]);
      // The controller's own setting stands over the field.
      expect(
        classed(
          'delivery-automated',
          allOf(set({ set: sync('create-only') }), free),
          allOf(set({ set: sync('sync') }), free),
        ),
      ).toEqual([]);
    });
  });
});

describe('delivery-removed: where an Application delivers', () => {
  const application = (destination: string, source = "source: { repoURL: 'https://git.example.com/a', path: a }") =>
    `{ apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: { name: a, namespace: argocd }, spec: { project: d, ${source}, destination: { ${destination} }, syncPolicy: { automated: { prune: true } } } }`;
  const sources = (...paths: string[]) =>
    `sources: [${paths.map((path) => `{ repoURL: 'https://git.example.com/a', ${path} }`).join(', ')}]`;
  const IN_CLUSTER = 'https://kubernetes.default.svc';
  test.each([
    ['another namespace', application('name: x, namespace: a'), application('name: x, namespace: b'), ['data-loss']],
    ['another cluster', application('name: x, namespace: a'), application('name: y, namespace: b'), ['disruption']],
    ['a name for an address', application('server: https://x'), application('name: y'), ['unknown']],
    ['the same cluster by its name', application(`server: ${IN_CLUSTER}`), application('name: in-cluster'), []],
    [
      'a source of several that goes',
      application('name: x', sources('path: a', 'path: b')),
      application('name: x', sources('path: a')),
      ['data-loss'],
    ],
    [
      'a source that joins',
      application('name: x', sources('path: a')),
      application('name: x', sources('path: a', 'path: b')),
      [],
    ],
    ['one that becomes several', application('name: x'), application('name: x', sources('path: a', 'ref: values')), []],
    [
      'another chart',
      application('name: x', sources('chart: a')),
      application('name: x', sources('chart: b')),
      ['data-loss'],
    ],
    [
      'files for others that go',
      application('name: x', sources('path: a', 'ref: values')),
      application('name: x', sources('path: ./a/')),
      [],
    ],
  ])('%s', (_, before, after, classes) => {
    expect(risksBetween(['delivery-removed'], before, after).map((found) => found.class)).toEqual(classes);
  });
  test('what another one delivers from now on is kept', () => {
    const [was, is] = [application('name: x'), application('name: x').replace('name: a,', 'name: b,')];
    expect(classed('delivery-removed', was, is)).toEqual([]);
    expect(classed('delivery-removed', was, '')).toEqual(['disruption Application/argocd/a']);
    const flux = (name: string, path = 'a') =>
      `{ apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, metadata: { name: ${name}, namespace: f }, spec: { interval: 5m, prune: false, path: ${path}, sourceRef: { kind: GitRepository, name: g } } }`;
    expect(classed('delivery-removed', flux('a'), flux('b'))).toEqual([]);
    expect(classed('delivery-removed', flux('a'), '')).toEqual(['disruption Kustomization/f/a']);
  });
});
