import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { filesInArchive } from '../../../constructs/inputs/archive';
import { filesAt } from '../../../constructs/inputs/files';
import { givenIn } from '../../../constructs/inputs/given';
import { refuseMadeUp } from '../../../constructs/inputs/made-up';
import { podsMadeBy, servicesLeadingTo } from '../../../constructs/inputs/pods';
import { prepared } from '../../../constructs/inputs/prepare';
import { leftOver } from '../../../constructs/inputs/without';
import type { KubernetesObject } from '../../../model/kubernetes';
import { patch } from '../../../model/patch';
import { refusal } from '../../support/render';
import { folderOf } from './support';

const map = (name: string, more: object = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  ...more,
});
const given = (...objects: readonly KubernetesObject[]) =>
  objects.map((object, i) => ({ object, place: `a.yaml:${i + 1}` }));

describe('what two readings of an input do not agree on', () => {
  const between = (first: KubernetesObject, second: KubernetesObject) => () =>
    refuseMadeUp(given(first), given(second));
  test.each([
    ['a value', map('a', { data: { k: '1' } }), map('a', { data: { k: '2' } }), 'data.k'],
    ['a field of the first alone', map('a', { data: { k: '1' } }), map('a', { data: {} }), 'data.k'],
    ['a field of the second alone', map('a', { data: {} }), map('a', { data: { k: '1' } }), 'data.k'],
    ['an item of a list', map('a', { list: ['x', 'y'] }), map('a', { list: ['x', 'z'] }), 'list.1'],
    ['an item more', map('a', { list: ['x'] }), map('a', { list: ['x', 'y'] }), 'list.1'],
    ['a list for a map', map('a', { data: [] }), map('a', { data: {} }), 'data'],
  ])('%s is told with its path', (_, first, second, path) =>
    expect(refusal(between(first, second)).found).toMatch(new RegExp(`^ConfigMap/a, ${path}: is another one with`)),
  );
  test('the rest is no trouble', () => expect(between(map('a'), map('a'))).not.toThrow());
});

describe('the Services that lead to pods', () => {
  const pods = podsMadeBy({
    ...map('web', { kind: 'Pod' }),
    metadata: { name: 'web', labels: { app: 'web' } },
    spec: { containers: [{ ports: [{ containerPort: 80 }] }] },
  } as unknown as KubernetesObject)!;
  const service = (metadata: object, spec: object = {}) =>
    ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: { app: 'web' }, ports: [{ port: 80 }], ...spec },
    }) as unknown as KubernetesObject;
  const leading = (...objects: readonly KubernetesObject[]) =>
    servicesLeadingTo(pods, 'shop', objects).map(({ name }) => name);
  test('stand in their namespace, or name none', () =>
    expect(
      leading(
        service({ name: 'own', namespace: 'shop' }),
        service({ name: 'unnamed' }),
        service({ name: 'other', namespace: 'bakery' }),
      ),
    ).toEqual(['own', 'unnamed']));
  test('and select them', () =>
    expect(
      leading(
        service({ name: 'another' }, { selector: { app: 'db' } }),
        service({ name: 'all' }, { selector: {} }),
        service({ name: 'outside' }, { type: 'ExternalName' }),
        { ...service({ name: 'knative' }), apiVersion: 'serving.knative.dev/v1' },
      ),
    ).toEqual([]));
});

describe('an archive of a chart', () => {
  /** A tar of one file; `said` is the size that its header says. */
  const tar = (content: string, said: string) => {
    const header = Buffer.alloc(512);
    header.write('chart/Chart.yaml', 0);
    header.write(said, 124);
    header.write('0', 156);
    const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
    body.write(content);
    return { header, body };
  };
  const size = (bytes: number) => bytes.toString(8).padStart(11, '0');
  const packed = (...parts: readonly Buffer[]) => gzipSync(Buffer.concat(parts));
  test('gives its files', () => {
    const { header, body } = tar('name: a\n', size(8));
    expect(filesInArchive('a.tgz', packed(header, body)).get('chart/Chart.yaml')?.toString()).toBe('name: a\n');
  });
  test('that ends within a file, or says no size, is cut off or damaged', () => {
    const whole = tar('x'.repeat(600), size(600));
    expect(refusal(() => filesInArchive('a.tgz', packed(whole.header, whole.body.subarray(0, 512)))).found).toMatch(
      /cut off or damaged/,
    );
    // All of the file is there, and nothing more.
    expect(filesInArchive('a.tgz', packed(whole.header, whole.body.subarray(0, 600))).size).toBe(1);
    const odd = tar('name: a\n', 'no number');
    expect(refusal(() => filesInArchive('a.tgz', packed(odd.header, odd.body))).found).toMatch(/cut off or damaged/);
  });
});

test('a pattern of objects to leave out takes a dot, and what else an expression knows, as it is', () => {
  const all = given(map('a.b'), map('axb'), map('a+b'));
  const left = (pattern: string) => leftOver('here', all, [pattern]).map(({ object }) => object.metadata.name);
  expect(left('ConfigMap/a.b')).toEqual(['axb', 'a+b']);
  expect(left('ConfigMap/a+b')).toEqual(['a.b', 'axb']);
  expect(refusal(() => left('ConfigMap/(a')).found).toMatch(/no such object/);
});

describe('a folder of manifests', () => {
  test.each(['kustomization.yaml', 'kustomization.yml', 'Kustomization'])(
    'with a %s is one of Kustomize, wherever in it that stands',
    (name) => {
      const root = folderOf({ 'a/deep/b.yaml': '', [`a/deep/${name}`]: '' });
      const error = refusal(() => filesAt(root, 'here', 'a'));
      expect([error.place, error.fixes[0]]).toEqual([`a/deep/${name}`, "use new FromKustomize(…, { path: 'a/deep' })"]);
    },
  );
  test('with a link to itself, or to nothing, is told so', () => {
    const root = folderOf({ 'a/b.yaml': '' });
    symlinkSync('c.yaml', join(root, 'a/c.yaml'));
    expect(refusal(() => filesAt(root, 'here', 'a')).message).toMatch(
      /^a\/c\.yaml: is a symbolic link that leads back/,
    );
    const other = folderOf({ 'a/b.yaml': '' });
    symlinkSync('gone.yaml', join(other, 'a/c.yaml'));
    expect(refusal(() => filesAt(other, 'here', 'a')).message).toMatch(/^a: a\/c\.yaml is not there/);
  });
  test('has folders of itself no more than once', () => {
    const root = folderOf({ 'a/b.yaml': '' });
    mkdirSync(join(root, 'a/deep'));
    symlinkSync('..', join(root, 'a/deep/up'));
    writeFileSync(join(root, 'a/deep/c.yaml'), '');
    expect(refusal(() => filesAt(root, 'here', 'a')).found).toMatch(/leads back to itself/);
  });
});

test('an empty namespace is none, and one with a name stays', () => {
  const metadataOf = (metadata: object) =>
    givenIn([{ value: { apiVersion: 'v1', kind: 'ConfigMap', metadata }, place: 'a.yaml:1' }])[0]!.object.metadata;
  expect(metadataOf({ name: 'a', namespace: '' })).toEqual({ name: 'a' });
  expect(metadataOf({ name: 'a', namespace: null })).toEqual({ name: 'a' });
  expect(metadataOf({ name: 'a', namespace: 'shop', labels: { x: 'y' } })).toEqual({
    name: 'a',
    namespace: 'shop',
    labels: { x: 'y' },
  });
});

describe('the object without one of its patches', () => {
  const one = patch('ConfigMap/a', { data: { k: '1' } }, 'first');
  const same = patch('ConfigMap/a', { data: { k: '2' } }, 'second');
  const without = (i: number, ...patches: readonly (typeof one)[]) =>
    prepared('here', given(map('a', { data: { k: '1', l: 'x' } })), { patches }, undefined, []).patched[i]!.without();
  test('has what the others make of it', () => {
    const more = patch('ConfigMap/a', { data: { l: 'y' } }, 'more');
    expect(without(0, same, more)?.['data']).toEqual({ k: '1', l: 'y' });
    expect(without(1, same, more)?.['data']).toEqual({ k: '2', l: 'x' });
  });
  test('is not there where another patch needs it: by itself that one changes nothing', () =>
    expect(without(0, same, one)).toBeUndefined());
});
