/** What the API server asks others for, how custom kinds are served, and what delivery trusts. */
import { allOf, classed, messagesOf, worstClass } from './risks';

const crd = (more: string, subresources = '', versions = 2) =>
  `{ apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: { name: widgets.acme.io }, spec: { group: acme.io, scope: Namespaced, names: { kind: Widget, plural: widgets }${more}, versions: [${[
    'v1',
    'v1beta1',
  ]
    .slice(0, versions)
    .map(
      (name, i) =>
        `{ name: ${name}, served: true, storage: ${i === 0}, schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } }${i === 0 ? subresources : ''} }`,
    )
    .join(', ')}] } }`;

describe('subresource-switched', () => {
  const id = 'subresource-switched';
  const of = (subresources: string) => crd('', subresources && `, subresources: { ${subresources} }`);
  const scale = (path: string) => `scale: { specReplicasPath: ${path}, statusReplicasPath: .status.replicas }`;
  test.each([
    ['a status that goes', of('status: {}'), of(''), 'status of Widget get 404'],
    ['a status that comes', of(''), of('status: {}'), 'is dropped'],
    ['a scale that goes', of(scale('.spec.replicas')), of(''), 'scale of Widget get 404'],
    [
      'a scale elsewhere',
      of(scale('.spec.replicas')),
      of(scale('.spec.size')),
      'at .spec.size in place of .spec.replicas',
    ],
  ])('%s', (_, before, after, message) => {
    expect(messagesOf(id, before, after)).toEqual([expect.stringContaining(message)]);
    expect(worstClass(before, after)).toBe('disruption');
  });
  test('not a scale that comes, nor a version that does', () => {
    expect(classed(id, of(''), of(scale('.spec.replicas')))).toEqual([]);
    expect(classed(id, crd('', '', 1), crd('', '', 2))).toEqual([]);
  });
});

describe('conversion-switched', () => {
  const id = 'conversion-switched';
  const hook = (name: string) =>
    `, conversion: { strategy: Webhook, webhook: { conversionReviewVersions: [v1], clientConfig: { service: { name: ${name}, namespace: acme } } } }`;
  test('a webhook that comes, goes or is another one', () => {
    expect(classed(id, crd(''), crd(hook('w')))).toHaveLength(1);
    expect(messagesOf(id, crd(hook('w')), crd(hook('v')))).toEqual([
      expect.stringContaining('Service acme/v in place of Service acme/w'),
    ]);
    expect(classed(id, crd(hook('w')), crd(''))).toEqual([
      'data-loss CustomResourceDefinition/widgets.acme.io spec.conversion.strategy',
    ]);
    expect(classed(id, crd('', '', 1), crd(hook('w'), '', 1))).toEqual([]);
  });
});

describe('webhook-distrusted', () => {
  const id = 'webhook-distrusted';
  const bundle = (text: string) => (text === '' ? '' : `, caBundle: ${Buffer.from(text).toString('base64')}`);
  const hook = (text: string, policy = 'Fail', annotations = '') =>
    `{ apiVersion: admissionregistration.k8s.io/v1, kind: MutatingWebhookConfiguration, metadata: { name: w, annotations: { ${annotations} } }, webhooks: [{ name: w.acme.io, failurePolicy: ${policy}, sideEffects: None, admissionReviewVersions: [v1], clientConfig: { service: { name: w, namespace: acme }${bundle(text)} }, rules: [] }] }`;
  test.each([
    ['no bundle', hook('one'), hook(''), 'disruption'],
    ['another one', hook('one'), hook('two'), 'disruption'],
    ['none, of one that fails open', hook('one', 'Ignore'), hook('', 'Ignore'), 'privilege'],
    [
      'none, of a conversion',
      crd(
        `, conversion: { strategy: Webhook, webhook: { conversionReviewVersions: [v1], clientConfig: { service: { name: w, namespace: acme }${bundle('one')} } } }`,
      ),
      crd(
        ', conversion: { strategy: Webhook, webhook: { conversionReviewVersions: [v1], clientConfig: { service: { name: w, namespace: acme } } } }',
      ),
      'disruption',
    ],
  ])('%s', (_, before, after, worst) => {
    expect(classed(id, before, after).map((each) => each.split(' ')[0])).toEqual([worst]);
  });
  test.each([
    ['both while one takes the place of the other', hook('one'), hook('one\ntwo')],
    ['the first one', hook(''), hook('one')],
    ['what cert-manager fills in', hook('one'), hook('', 'Fail', 'cert-manager.io/inject-ca-from: acme/w')],
  ])('not %s', (_, before, after) => {
    expect(classed(id, before, after)).toEqual([]);
  });
});

describe('delivery-unverified', () => {
  const id = 'delivery-unverified';
  const source = (kind: string, verify: string) =>
    `{ apiVersion: source.toolkit.fluxcd.io/v1, kind: ${kind}, metadata: { name: s, namespace: flux-system }, spec: { url: 'https://git/x', interval: 1m${verify && `, verify: { ${verify} }`} } }`;
  const project = (keys: string) =>
    `{ apiVersion: argoproj.io/v1alpha1, kind: AppProject, metadata: { name: p, namespace: argocd }, spec: { signatureKeys: [${keys}] } }`;
  test.each([
    ['a commit', source('GitRepository', 'mode: HEAD'), source('GitRepository', ''), 'the signature of the commit is'],
    [
      'a tag',
      source('GitRepository', 'mode: TagAndHEAD'),
      source('GitRepository', 'mode: HEAD'),
      'the signature of the tag is',
    ],
    ['an image', source('OCIRepository', 'provider: cosign'), source('OCIRepository', ''), 'the signature is'],
    [
      'who signed',
      source('OCIRepository', 'provider: cosign, matchOIDCIdentity: [{ issuer: a, subject: b }]'),
      source('OCIRepository', 'provider: cosign'),
      'who signed it is',
    ],
    ['Argo CD', project('{ keyID: A }'), project(''), 'the signature of commits is'],
  ])('%s', (_, before, after, message) => {
    expect(messagesOf(id, before, after)).toEqual([expect.stringContaining(message)]);
    expect(worstClass(before, after)).toBe('privilege');
    expect(worstClass(after, before)).toBe('disruption');
  });
});

describe('project-changed', () => {
  const id = 'project-changed';
  const application = (project: string) =>
    `{ apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: { name: a, namespace: argocd }, spec: { project: ${project}, source: { repoURL: 'https://git/x', path: . }, destination: { namespace: shop } } }`;
  const project = (name: string, namespace: string) =>
    `{ apiVersion: argoproj.io/v1alpha1, kind: AppProject, metadata: { name: ${name}, namespace: argocd }, spec: { sourceRepos: ['*'], destinations: [{ namespace: '${namespace}', server: '*' }] } }`;
  const both = (name: string) => allOf(application(name), project('wide', '*'), project('narrow', 'shop'));
  test('by what the two allow', () => {
    expect(messagesOf(id, both('narrow'), both('wide'))).toEqual([
      expect.stringContaining('more than before: destinations'),
    ]);
    expect(classed(id, both('wide'), both('narrow'))).toEqual([]);
    expect(classed(id, both('narrow'), both('default'))).toEqual(['privilege Application/argocd/a spec.project']);
    expect(classed(id, both('narrow'), both('other'))).toEqual(['unknown Application/argocd/a spec.project']);
    expect(classed(id, application('team'), allOf(application('wide'), project('wide', '*')))).toHaveLength(1);
  });
});
