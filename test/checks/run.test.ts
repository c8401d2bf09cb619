import type { Check } from '../../checks/check';
import { check } from '../../checks/check';
import duplicateObject from '../../checks/rules/schema/duplicate-object';
import duplicateYamlKey from '../../checks/rules/schema/duplicate-yaml-key';
import { runChecks } from '../../checks/run';
import { readSources } from '../../manifests/reading/read';
import { Facts } from '../../world/facts';
import { World } from '../../world/world';

const worldOf = (...texts: string[]) => {
  const { resources, unreadable } = readSources(texts.map((text, i) => ({ file: `${'ab'[i]}.yaml`, text })));
  expect(unreadable).toEqual([]);
  return new World(resources, new Facts([]));
};
const rule = (id: string, severity: Check['severity'], judge: Check['judge']) =>
  check({
    id,
    group: 'schema',
    severity,
    description: 'd',
    needs: [],
    source: 'https://kubernetes.io/docs/concepts/',
    fix: 'mend it',
    example: { broken: '', fails: ['Pod/default/a'], fixed: '' },
    judge,
  });

test('what will break comes first, what fails before what is unknown, then by object', () => {
  const world = worldOf(
    '{apiVersion: v1, kind: Pod, metadata: {name: b}}\n---\n{apiVersion: v1, kind: Pod, metadata: {name: a}}',
  );
  const says =
    (verdict: 'fail' | 'unknown'): Check['judge'] =>
    (judged) =>
      judged.resources.map((resource) => ({
        resource,
        path: ['metadata', 'name'],
        value: resource.name,
        message: 'm',
        verdict,
      }));
  const findings = runChecks(world, [
    rule('advice', 'advice', says('fail')),
    rule('unknown', 'will-break', says('unknown')),
    rule('broken', 'will-break', says('fail')),
  ]);
  expect(findings.map(({ check: id, object }) => `${id} ${object}`)).toEqual([
    'broken Pod/default/a',
    'broken Pod/default/b',
    'unknown Pod/default/a',
    'unknown Pod/default/b',
    'advice Pod/default/a',
    'advice Pod/default/b',
  ]);
  expect(findings[0]).toMatchObject({
    file: 'a.yaml',
    line: 3,
    column: 40,
    path: 'metadata.name',
    value: 'a',
    fix: 'mend it',
  });
});

test('a document is parsed for places when the first is asked for, and once for all of them', () => {
  const world = worldOf(
    '{apiVersion: v1, kind: Pod, metadata: {name: a}}\n---\n{apiVersion: v1, kind: Pod, metadata: {name: b}}',
  );
  let reads = 0;
  const text = world.resources[0]!.source.text;
  Object.defineProperty(world.resources[0]!.source, 'text', { get: () => (reads++, text) });
  const says =
    (field: string): Check['judge'] =>
    (judged) =>
      judged.resources.map((resource) => ({ resource, path: [field], message: 'm' }));
  const [kindA, kindB, metadataA, metadataB] = runChecks(world, [
    rule('one', 'will-break', says('kind')),
    rule('two', 'advice', says('metadata')),
  ]);
  expect(reads).toBe(0);
  expect([kindA!.line, kindA!.column, kindB!.line, kindB!.column]).toEqual([1, 18, 3, 18]);
  const before = reads;
  expect(before).toBeGreaterThan(0);
  expect([metadataB!.line, metadataB!.column, metadataA!.line, metadataA!.column]).toEqual([3, 29, 1, 29]);
  expect(reads).toBe(before);
});

test('a consequence names its cause', () => {
  const [cause] = worldOf('{apiVersion: v1, kind: Pod, metadata: {name: a}}').resources;
  const world = worldOf('{apiVersion: v1, kind: Pod, metadata: {name: a}}');
  const [finding] = runChecks(world, [
    rule('r', 'advice', () => [
      { resource: world.resources[0]!, path: [], message: 'm', causedBy: { check: 'other', resource: cause! } },
    ]),
  ]);
  expect(finding).toMatchObject({ causedBy: 'other Pod/default/a', value: null, path: '' });
});

describe('duplicate-yaml-key', () => {
  const said = (text: string) =>
    runChecks(worldOf(text), [duplicateYamlKey]).map(({ path, line, message }) => ({ path, line, message }));
  test('is told once for each key, at the one that counts, with the lines of the others', () => {
    expect(said('apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  name: b\n  name: c\n')).toEqual([
      {
        path: 'metadata.name',
        line: 6,
        message: expect.stringMatching(/^metadata.name is a duplicate key and overrides the value of line 4, 5;/),
      },
    ]);
  });
});

describe('duplicate-object', () => {
  const said = (...texts: string[]) =>
    runChecks(worldOf(...texts), [duplicateObject]).map(({ object, file, line, message }) => ({
      object,
      file,
      line,
      message,
    }));
  const map = (value: number, more = '') =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a${more}}\ndata: {x: "${value}"}\n`;
  test('across files, and where one says the namespace that the other leaves out', () =>
    expect(said(map(1), map(2, ', namespace: default'))).toEqual([
      {
        object: 'ConfigMap/default/a',
        file: 'b.yaml',
        line: 3,
        message: expect.stringMatching(/also defined in a.yaml, line 3/),
      },
    ]));
  test.each([
    ['the same object twice loses nothing', [map(1), map(1)]],
    ['other namespaces', [map(1, ', namespace: x'), map(2, ', namespace: z')]],
    [
      'kinds of other groups',
      [
        'apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: a}',
        'apiVersion: v1\nkind: Service\nmetadata: {name: a}',
      ],
    ],
    [
      'names that the server makes',
      [
        '{apiVersion: v1, kind: Pod, metadata: {generateName: a}}',
        '{apiVersion: v1, kind: Pod, metadata: {generateName: a}, spec: {}}',
      ],
    ],
  ])('not: %s', (_, texts) => expect(said(...texts)).toEqual([]));
});

test('it is told which check judges how many objects', () => {
  const told: string[] = [];
  runChecks(worldOf('{apiVersion: v1, kind: Pod, metadata: {name: a}}'), [rule('one', 'advice', () => [])], (text) =>
    told.push(text),
  );
  expect(told).toEqual(['judging 1 objects: one']);
});

test('a finding in a container names it', () => {
  const world = worldOf(
    '{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: main}, {}], initContainers: [{name: first}], ephemeralContainers: [{name: debug}]}}',
  );
  const [resource] = world.resources;
  const paths = [
    ['spec', 'containers', 0, 'image'],
    ['spec', 'containers', 1],
    ['spec', 'initContainers', 0],
    ['spec', 'ephemeralContainers', 0],
    ['spec', 'containers'],
    ['spec', 'volumes', 0],
  ];
  const found = runChecks(world, [
    rule('one', 'advice', () => paths.map((path) => ({ resource: resource!, path, message: 'm' }))),
  ]);
  expect(Object.fromEntries(found.map(({ path, container }) => [path, container]))).toEqual({
    'spec.containers[0].image': 'main',
    'spec.containers[1]': undefined,
    'spec.initContainers[0]': 'first',
    'spec.ephemeralContainers[0]': 'debug',
    'spec.containers': undefined,
    'spec.volumes[0]': undefined,
  });
});
