import { risksBetween } from './risks';

describe('an element of a list that goes', () => {
  const set = (elements: string, spec = '', name = "'{{.cluster}}-web'") =>
    `{ apiVersion: argoproj.io/v1alpha1, kind: ApplicationSet, metadata: { name: s, namespace: argocd }, spec: { goTemplate: true${spec}, generators: [{ list: { elements: [${elements}] } }], template: { metadata: { name: ${name} }, spec: { project: default, destination: { name: x, namespace: web }, source: { repoURL: 'https://git.example.com/web', path: ., targetRevision: v1 } } } } }`;
  const [A, B] = ['{ cluster: a, size: 1 }', '{ cluster: b }'];
  const found = (before: string, after: string) =>
    risksBetween(['delivery-removed'], before, after).map(({ class: risk, message }) => `${risk} ${message}`);
  test('takes its Application along, and what that delivered', () => {
    expect(found(set(`${A}, ${B}`), set(A))).toEqual([
      'data-loss Application b-web of it goes: Argo CD deletes what was delivered, with what is stored in it',
    ]);
    expect(found(set(A), set('{ cluster: c, size: 1 }'))).toHaveLength(1);
    expect(found(set(A), set(A, '', "'{{ .cluster }}-shop'"))).toHaveLength(1);
  });
  test('leaves it where the resources are kept', () => {
    const kept = ', syncPolicy: { preserveResourcesOnDeletion: true }';
    expect(found(set(`${A}, ${B}`, kept), set(A, kept))[0]).toMatch(/^disruption Application b-web/);
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
});
