import { mountedTexts } from '../../world/configuration-files';
import { mountedFolders } from '../../world/mounted-files';
import { all, object, the, worldOf } from './support';

const config = object('v1', 'ConfigMap', 'conf', 'data: { a.conf: one, b.conf: two }');
const pod = (volume: string, mount: string) =>
  object(
    'v1',
    'Pod',
    'web',
    `spec: { volumes: [{ name: v, ${volume} }], containers: [{ name: web, image: a, volumeMounts: [{ name: v, ${mount} }] }] }`,
  );
function seen(...manifests: readonly string[]) {
  const world = worldOf(all(...manifests));
  const workload = world.workloads.find(({ resource }) => resource === the(world, 'web'))!;
  const [container] = workload.containers;
  return {
    folders: mountedFolders(world, workload, container!).map(
      ({ folder, files }) => `${folder}: ${files && [...files]}`,
    ),
    texts: [...mountedTexts(world, workload, container!)].map(([path, { text }]) => `${path}: ${text}`),
  };
}

test('a ConfigMap is mounted with every key, or with those that are listed, at their paths', () => {
  expect(seen(config, pod('configMap: { name: conf }', 'mountPath: /etc/web/'))).toEqual({
    folders: ['/etc/web: a.conf,b.conf'],
    texts: ['/etc/web/a.conf: one', '/etc/web/b.conf: two'],
  });
  const listed = 'configMap: { name: conf, items: [{ key: b.conf, path: in/other.conf }] }';
  expect(seen(config, pod(listed, 'mountPath: /etc/web'))).toEqual({
    folders: ['/etc/web: in/other.conf'],
    texts: ['/etc/web/in/other.conf: two'],
  });
});

test('one file of a volume says nothing of the folder around it', () =>
  expect(seen(config, pod('configMap: { name: conf }', 'mountPath: /etc/web.conf, subPath: a.conf'))).toEqual({
    folders: ['/etc/web.conf: undefined'],
    texts: ['/etc/web.conf: one'],
  }));

test('what the environment decides is not known', () =>
  expect(seen(config, pod('configMap: { name: conf }', 'mountPath: /etc/web, subPathExpr: $(NAME)'))).toEqual({
    folders: ['/etc/web: undefined'],
    texts: [],
  }));

test('a projected volume has the files of all its sources, if they are known', () => {
  const secret = object('v1', 'Secret', 'login', 'stringData: { password: c }');
  const projected = (...sources: readonly string[]) =>
    pod(`projected: { sources: [${sources.join(', ')}] }`, 'mountPath: /etc/web');
  expect(seen(config, secret, projected('{ configMap: { name: conf } }', '{ secret: { name: login } }'))).toEqual({
    folders: ['/etc/web: a.conf,b.conf,password'],
    texts: ['/etc/web/a.conf: one', '/etc/web/b.conf: two', '/etc/web/password: c'],
  });
  const token = projected('{ configMap: { name: conf } }', '{ serviceAccountToken: { path: token } }');
  expect(seen(config, token).folders).toEqual(['/etc/web: undefined']);
  const optional = projected('{ configMap: { name: conf, optional: true } }');
  expect(seen(config, optional).folders).toEqual(['/etc/web: undefined']);
});

test('a volume that the pod has not, and one of another kind, have no files that are known', () => {
  expect(seen(config, pod('emptyDir: {}', 'mountPath: /data'))).toEqual({ folders: ['/data: undefined'], texts: [] });
  expect(
    seen(config, pod('configMap: { name: conf }', 'mountPath: /a').replace('name: v, mountPath', 'name: w, mountPath')),
  ).toEqual({ folders: ['/a: undefined'], texts: [] });
});
