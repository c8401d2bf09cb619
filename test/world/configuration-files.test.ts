import { configFileOf, filesIn, mountedFiles } from '../../world/configuration-files';
import { all, configMap, the, workload, workloadOf, worldOf } from './support';

const two = 'a: 1\n---\nb: 2\n';
const broken = 'a: [';
const secret = (fields: string) =>
  `{ apiVersion: v1, kind: Secret, metadata: { name: files, namespace: shop }, ${fields} }`;
const base64 = (text: string) => Buffer.from(text).toString('base64');
const within = (manifest: string) => [...filesIn(the(worldOf(manifest), 'files'))];

describe('the files of an object', () => {
  test('have their place, their content and what is wrong with it', () => {
    const map = configMap('files', `a.yml: 'a: 1', two.yml: ${JSON.stringify(two)}, broken.yml: '${broken}'`);
    expect(within(map).map(([name, { path, content, ignoresRest }]) => [name, path, content, ignoresRest])).toEqual([
      ['a.yml', ['data', 'a.yml'], { a: 1 }, undefined],
      ['two.yml', ['data', 'two.yml'], { a: 1 }, true],
      ['broken.yml', ['data', 'broken.yml'], undefined, undefined],
    ]);
    expect(within(map).map(([, { problem }]) => problem !== undefined)).toEqual([false, false, true]);
  });
  test('of a Secret are encoded, unless they stand in stringData, which wins', () => {
    const place = (manifest: string) => within(manifest).map(([name, { path, text }]) => [name, path.join('.'), text]);
    expect(place(secret(`stringData: { a: x }, data: { a: ${base64('y')}, b: ${base64('zz')} }`))).toEqual([
      ['a', 'stringData.a', 'x'],
      ['b', 'data.b', 'zz'],
    ]);
    expect(place(secret("data: { a: '#' }"))).toEqual([]);
    expect(place(configMap('files', `a: ${base64('y')}`))).toEqual([['a', 'data.a', base64('y')]]);
  });
});

describe('the files that a container sees', () => {
  const seen = (volume: string, mount: string, ...objects: string[]) => {
    const world = worldOf(
      all(
        workload({
          pod: `volumes: [{ name: v, ${volume} }]`,
          container: `volumeMounts: [{ name: v, ${mount} }]`,
        }),
        ...objects,
      ),
    );
    const web = workloadOf(world, 'web');
    return [...mountedFiles(world, web, web.containers[0]!)].map(([at, { path, ignoresRest }]) =>
      [at, path.join('.'), ...(ignoresRest ? ['more'] : [])].join(' '),
    );
  };
  const map = configMap('files', `a.yml: 'a: 1', two.yml: ${JSON.stringify(two)}`);
  test('stand at the path of the mount, each by its key or by the name that the volume gives to it', () => {
    expect(seen('configMap: { name: files }', 'mountPath: /etc/a', map)).toEqual([
      '/etc/a/a.yml data.a.yml',
      '/etc/a/two.yml data.two.yml more',
    ]);
    const items = 'configMap: { name: files, items: [{ key: a.yml, path: b.yml }] }';
    expect(seen(items, 'mountPath: /etc/a', map)).toEqual(['/etc/a/b.yml data.a.yml']);
  });
  test('or one of them alone, by its subPath', () => {
    expect(seen('configMap: { name: files }', 'mountPath: /etc/one.yml, subPath: a.yml', map)).toEqual([
      '/etc/one.yml data.a.yml',
    ]);
    expect(seen('configMap: { name: files }', 'mountPath: /etc/one.yml, subPath: gone', map)).toEqual([]);
    expect(seen('configMap: { name: files }', 'mountPath: /etc/one.yml, subPathExpr: a.yml', map)).toEqual([]);
  });
  test('come from Secrets and projected volumes, too, and from no object that is not here', () => {
    const from = secret(`data: { s: ${base64('a: 1')} }`);
    expect(seen('secret: { secretName: files }', 'mountPath: /etc/a', from)).toEqual(['/etc/a/s data.s']);
    const both = 'projected: { sources: [{ configMap: { name: files } }, { secret: { name: files } }] }';
    expect(seen(both, 'mountPath: /etc/a', map, from)).toEqual([
      '/etc/a/a.yml data.a.yml',
      '/etc/a/two.yml data.two.yml more',
      '/etc/a/s data.s',
    ]);
    expect(seen('configMap: { name: gone }', 'mountPath: /etc/a', map)).toEqual([]);
    expect(seen('emptyDir: {}', 'mountPath: /etc/a', map)).toEqual([]);
  });
});

test.each([
  ['args', "'--config.file=/etc/a.yml'", '/etc/a.yml'],
  ['command', "'--config.file=/etc/a.yml'", '/etc/a.yml'],
  ['args', "'-config.file', '/etc/a.yml'", '/etc/a.yml'],
  ['args', "'--config.file'", ''],
  ['args', "'--config.file='", ''],
  ['args', "'--config.files=/etc/a.yml'", '/etc/default.yml'],
  ['args', '', '/etc/default.yml'],
])('%s [%s]: the configuration is %s', (field, words, expected) => {
  const world = worldOf(workload({ container: `${field}: [${words}]` }));
  expect(configFileOf(workloadOf(world, 'web').containers[0]!, '/etc/default.yml')).toBe(expected);
});
