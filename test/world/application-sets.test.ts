import { parametersOf } from '../../world/application-generators';
import { applicationPolicyOf } from '../../world/application-policy';
import { generatedApplications } from '../../world/application-sets';
import { all, object, the, worldOf } from './support';

const setOf = (spec: string) => object('argoproj.io/v1alpha1', 'ApplicationSet', 's', `spec: { ${spec} }`, 'argocd');
const made = (spec: string) => generatedApplications(the(worldOf(setOf(spec)), 's'));
const namesOf = (spec: string) => made(spec).map(({ resource, isOne }) => `${isOne ? '' : 'every '}${resource.name}`);
const NAME = "template: { metadata: { name: '{{.a}}-{{.b}}' } }";
const list = (...elements: string[]) => `{ list: { elements: [${elements.join(', ')}] } }`;

describe('the Applications of an ApplicationSet', () => {
  test('are one for each element of a list', () => {
    const go = 'goTemplate: true, ';
    expect(namesOf(`${go}generators: [${list('{ a: x, b: 1 }', '{ a: w, b: 2 }')}], ${NAME}`)).toEqual(['x-1', 'w-2']);
    const fast = "template: { metadata: { name: '{{a}}-{{values.b}}' } }";
    expect(namesOf(`generators: [${list('{ a: x, values: { b: v } }')}], ${fast}`)).toEqual(['x-v']);
  });
  test('are of each element with each in a matrix, and the second list takes from the first', () => {
    const matrix = `{ matrix: { generators: [${list('{ a: x }', '{ a: w }')}, ${list("{ b: '{{.a}}1' }", '{ b: z }')}] } }`;
    expect(namesOf(`goTemplate: true, generators: [${matrix}], ${NAME}`)).toEqual(['x-x1', 'x-z', 'w-w1', 'w-z']);
  });
  test('are in a merge those of the first, with what the others say of them', () => {
    const merge = (more: string) =>
      `goTemplate: true, generators: [{ merge: { mergeKeys: [a], generators: [${list('{ a: x, b: 1 }', '{ a: w, b: 2 }')}, ${more}] } }], ${NAME}`;
    expect(namesOf(merge(list('{ a: w, b: 9 }', '{ a: q, b: 5 }')))).toEqual(['x-1', 'w-9']);
    expect(namesOf(merge('{ clusters: {} }'))).toEqual(['x-1', 'w-2']);
  });
  test('are of the elements that a selector takes, and of those that stand in a text', () => {
    const selected = `{ list: { elements: [{ a: x, b: 1 }, { a: w, b: 2 }], elementsYaml: '[{ a: z, b: 3 }]' }, selector: { matchExpressions: [{ key: a, operator: In, values: [w, z] }] } }`;
    expect(namesOf(`goTemplate: true, generators: [${selected}], ${NAME}`)).toEqual(['w-2', 'z-3']);
    const below = `{ matrix: { generators: [${list("{ a: x, items: [{ b: '7' }] }")}, { list: { elementsYaml: '{{ toJson .items }}' } }] } }`;
    expect(namesOf(`goTemplate: true, generators: [${below}], ${NAME}`)).toEqual(['x-7']);
  });
  test('are any number of what is found outside', () => {
    const matrix = `{ matrix: { generators: [{ clusters: { values: { c: k } } }, ${list('{ b: z }')}] } }`;
    const name = "template: { metadata: { name: '{{.name}}-{{.b}}-{{.values.c}}' } }";
    expect(namesOf(`goTemplate: true, generators: [${matrix}], ${name}`)).toEqual(['every {{.name}}-z-k']);
  });
  test('have the finalizer unless resources are preserved or the template has others', () => {
    const finalizers = (spec: string, metadata = '') =>
      made(
        `goTemplate: true, generators: [${list('{ a: x, b: 1 }')}], template: { metadata: { name: a${metadata} } }${spec}`,
      )[0]?.resource.at(['metadata', 'finalizers']);
    const FINALIZER = 'resources-finalizer.argocd.argoproj.io';
    expect(finalizers('')).toEqual([FINALIZER]);
    expect(finalizers(', syncPolicy: { preserveResourcesOnDeletion: true }')).toBeUndefined();
    expect(finalizers('', ', finalizers: [other.example.com]')).toEqual(['other.example.com']);
    expect(
      finalizers(', syncPolicy: { preserveResourcesOnDeletion: true }', `, finalizers: [${FINALIZER}/background]`),
    ).toEqual([`${FINALIZER}/background`]);
  });
  test('are patched, but for their project', () => {
    const spec = (patch: string) =>
      `goTemplate: true, generators: [${list('{ a: x, prune: true }')}], templatePatch: '${patch}', template: { metadata: { name: a }, spec: { project: p, source: { path: q, repoURL: r } } }`;
    const [patched] = made(
      spec('{ spec: { project: z, source: { path: null }, syncPolicy: { automated: { prune: {{ .prune }} } } } }'),
    );
    expect(patched?.resource.at(['spec'])).toEqual({
      project: 'p',
      source: { repoURL: 'r' },
      syncPolicy: { automated: { prune: true } },
    });
    expect(patched?.unreadPatch).toBeUndefined();
    expect(made(spec('{ spec: {{ .a | b64enc }} }'))[0]?.unreadPatch).toBe('{ spec: {{ "x" | b64enc }} }');
  });
  test("take from a generator's own template what it says", () => {
    const own = `{ list: { elements: [{ a: x, b: 1 }], template: { metadata: {}, spec: { project: '', source: { path: own } } } } }`;
    const [one] = made(
      `goTemplate: true, generators: [${own}], template: { metadata: { name: '{{.a}}' }, spec: { project: p, source: { path: set, repoURL: r } } }`,
    );
    expect(one?.resource.object).toMatchObject({
      metadata: { name: 'x', namespace: 'argocd' },
      spec: { project: 'p', source: { path: 'own', repoURL: 'r' } },
    });
  });
});

test('a text of elements that is not worked out stands for any number', () => {
  const manner = { isGo: true, failsOnMissing: true };
  expect(parametersOf({ list: { elementsYaml: '{{ .x | fromYaml }}' } }, manner)).toMatchObject([{ isOne: false }]);
  expect(parametersOf({ list: { elementsYaml: '{ a: [' } }, manner)).toMatchObject([{ isOne: false }]);
});

describe('what becomes of the Applications that are there', () => {
  const policy = (own: string, data = '') => {
    const set = setOf(own && `syncPolicy: { applicationsSync: ${own} }`);
    const config = object('v1', 'ConfigMap', 'argocd-cmd-params-cm', `data: { ${data} }`, 'argocd');
    const world = worldOf(all(set, config));
    const { updates, deletes } = applicationPolicyOf(world, the(world, 's'));
    return [updates && 'updates', deletes && 'deletes'].filter(Boolean).join(' ');
  };
  const controller = (value: string) => `applicationsetcontroller.policy: '${value}'`;
  const overrides = (value: string) => `, applicationsetcontroller.enable.policy.override: '${value}'`;
  test.each([
    ['', '', 'updates deletes'],
    ['sync', '', 'updates deletes'],
    ['create-only', '', ''],
    ['create-update', '', 'updates'],
    ['create-delete', '', 'deletes'],
    ['', controller('create-update'), 'updates'],
    ['sync', controller('create-only'), ''],
    ['sync', controller('create-only') + overrides('true'), 'updates deletes'],
    ['create-only', controller('') + overrides('false'), 'updates deletes'],
  ])('%s under %s: %s', (own, data, expected) => expect(policy(own, data)).toBe(expected));
});
