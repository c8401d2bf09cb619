import { Config } from '../../../constructs/core/config';
import { Controller } from '../../../constructs/core/controller';
import type { AppNamespace } from '../../../constructs/core/namespace';
import type { Mount } from '../../../constructs/core/volume';
import { Volume } from '../../../constructs/core/volume';
import type { Component } from '../../../constructs/synthesis/component';
import { CONTAINER, namespaceIn, podOf, refusal, rendered, workloadIn } from '../../support/render';

/** What a pod with these mounts renders. */
function mounting(mounts: (chart: Component, namespace: AppNamespace) => Mount[]) {
  const objects = rendered((chart) => {
    const namespace = namespaceIn(chart);
    workloadIn(chart, 'shop', { namespace, container: { mounts: mounts(chart, namespace) } });
  });
  const { spec } = podOf(objects);
  return { objects, volumes: spec.volumes, mounts: spec.containers[0]?.volumeMounts };
}

test('scratch space has a bound, and a mount is read-only unless it says otherwise', () => {
  const { volumes, mounts } = mounting(() => [
    Volume.scratch('tmp', '16Mi').at('/tmp', { writable: true }),
    Volume.scratch('in', '1Mi').at('/in'),
  ]);
  expect(volumes).toEqual([
    { name: 'tmp', emptyDir: { sizeLimit: '16Mi' } },
    { name: 'in', emptyDir: { sizeLimit: '1Mi' } },
  ]);
  expect(mounts).toEqual([
    { name: 'tmp', mountPath: '/tmp' },
    { name: 'in', mountPath: '/in', readOnly: true },
  ]);
});

test('a ConfigMap becomes files, under the name that does not change with its content', () => {
  const { objects, volumes } = mounting((chart, namespace) => [
    Volume.config(new Config(chart, 'words', { namespace, data: { a: '1' } })).at('/words'),
  ]);
  expect(volumes).toEqual([{ name: 'words', configMap: { name: objects.get('ConfigMap').metadata.name } }]);
});

test('only the keys that are asked for become files', () => {
  const { volumes } = mounting((chart, namespace) => [
    Volume.config(new Config(chart, 'words', { namespace, data: { a: '1', b: '2' } }), ['b']).at('/words'),
  ]);
  expect(volumes?.[0]?.configMap?.items).toEqual([{ key: 'b', path: 'b' }]);
});

test("the files of a Secret are read by the pod's group and nobody else", () => {
  const { objects, volumes } = mounting((chart, namespace) => [
    Volume.config(new Config(chart, 'keys', { namespace, data: { a: '1' }, secret: true }), ['a']).at('/keys'),
    Volume.secret('foreign', 'made-elsewhere', ['b']).at('/foreign'),
  ]);
  expect(volumes).toEqual([
    {
      name: 'keys',
      secret: { secretName: objects.get('Secret').metadata.name, defaultMode: 0o440, items: [{ key: 'a', path: 'a' }] },
    },
    { name: 'foreign', secret: { secretName: 'made-elsewhere', defaultMode: 0o440, items: [{ key: 'b', path: 'b' }] } },
  ]);
});

test('one file of a volume is mounted by its path in it', () => {
  const { mounts } = mounting(() => [Volume.scratch('etc', '1Mi').at('/etc/shop.conf', { subPath: 'shop.conf' })]);
  expect(mounts).toEqual([{ name: 'etc', mountPath: '/etc/shop.conf', subPath: 'shop.conf', readOnly: true }]);
});

test('containers of a pod share a volume', () => {
  const shared = Volume.scratch('shared', '1Mi').at('/shared', { writable: true });
  const { spec } = podOf(
    rendered((chart) =>
      workloadIn(chart, 'shop', {
        container: { mounts: [shared] },
        pod: { sidecars: [{ ...CONTAINER, name: 'side', mounts: [shared] }] },
      }),
    ),
  );
  expect(spec.volumes).toHaveLength(1);
});

test('the volume of a claim comes from the StatefulSet, not from the pod', () => {
  const objects = rendered((chart) =>
    workloadIn(chart, 'shop', {
      controller: Controller.statefulSet({ claims: [{ name: 'data', size: '1Gi', storageClass: 'slow' }] }),
      container: { mounts: [Volume.claim('data').at('/data', { writable: true })] },
    }),
  );
  const { spec } = podOf(objects);
  expect(spec).not.toHaveProperty('volumes');
  expect(spec.containers[0]?.volumeMounts).toEqual([{ name: 'data', mountPath: '/data' }]);
});

// The second of two volumes of one name would replace the first: the sidecar here would find the other's key.
// Refused, but while the object is serialized: cdk8s makes an Error of it that has lost place and fixes.
test('two different volumes of one name in one pod are refused', () => {
  const mount = (key: string) => Volume.secret('keys', 'made-elsewhere', [key]).at('/keys');
  const act = () =>
    rendered((chart) =>
      workloadIn(chart, 'shop', {
        container: { mounts: [mount('web')] },
        pod: { sidecars: [{ ...CONTAINER, name: 'side', mounts: [mount('exporter')] }] },
      }),
    );
  expect(refusal(act).message).toContain('mounts two different volumes of the name keys');
});
