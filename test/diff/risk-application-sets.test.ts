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
