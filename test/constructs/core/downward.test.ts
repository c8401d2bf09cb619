import type { ContainerResource, PodFileField, ResourceOfContainer } from '../../../constructs/core/downward';
import { containerResource, podField } from '../../../constructs/core/downward';
import type { ContainerProps } from '../../../constructs/core/pod';
import { Volume } from '../../../constructs/core/volume';
import type { Resources } from '../../../model/quantity';
import { namespaceIn, podOf, refusal, rendered, workloadIn } from '../../support/render';

const podWith = (container: Partial<ContainerProps>) =>
  podOf(rendered((chart) => workloadIn(chart, 'shop', { namespace: namespaceIn(chart), container }))).spec;
const told = (resources: Resources, resource: ContainerResource, unit: string) =>
  podWith({ resources, env: { IT: containerResource(resource, unit as '1') } });
const SMALL: Resources = { cpu: '250m', memory: '64Mi', memoryLimit: '100Mi' };

test('a pod is told of itself by variables', () => {
  const env = {
    LABEL: podField("metadata.labels['app.kubernetes.io/name']"),
    CPU: containerResource('requests.cpu', '1m'),
    MEMORY: containerResource('limits.memory', '1Mi'),
  };
  expect(podWith({ resources: SMALL, env }).containers[0]?.env).toEqual([
    { name: 'LABEL', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app.kubernetes.io/name']" } } },
    { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'requests.cpu', divisor: '1m' } } },
    { name: 'MEMORY', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
  ]);
});

test('a pod is told of itself by files', () => {
  const info = Volume.podInfo('info', {
    labels: 'metadata.labels',
    team: "metadata.annotations['team']",
    memory: { container: 'shop', resource: 'requests.memory', unit: '1Ki' },
  });
  const { volumes, containers } = podWith({ resources: SMALL, mounts: [info.at('/etc/info')] });
  expect(volumes).toEqual([
    {
      name: 'info',
      downwardAPI: {
        items: [
          { path: 'labels', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.labels' } },
          { path: 'team', fieldRef: { apiVersion: 'v1', fieldPath: "metadata.annotations['team']" } },
          {
            path: 'memory',
            resourceFieldRef: { containerName: 'shop', resource: 'requests.memory', divisor: '1Ki' },
          },
        ],
      },
    },
  ]);
  expect(containers[0]?.volumeMounts).toEqual([{ name: 'info', mountPath: '/etc/info', readOnly: true }]);
});

test.each<[Partial<Resources>, ContainerResource, string]>([
  [{}, 'requests.cpu', '1m'],
  [{ cpu: '2' }, 'requests.cpu', '1'],
  [{ cpu: '0.5' }, 'requests.cpu', '1m'],
  [{ cpuLimit: '3' }, 'limits.cpu', '1'],
  [{}, 'requests.memory', '1Mi'],
  [{}, 'limits.memory', '1'],
  [{ memoryLimit: '2Gi' }, 'limits.memory', '1Gi'],
])('with %j it is told %s in units of %s', (more, resource, unit) => {
  expect(() => told({ ...SMALL, ...more }, resource, unit)).not.toThrow();
});

test.each<[Record<string, string | undefined>, ContainerResource, string, string]>([
  [{}, 'requests.cpu', '1', '250m would become 1'],
  [{ cpu: '1.5' }, 'requests.cpu', '1', '1.5 would become 2'],
  [{ cpuLimit: '1100m' }, 'limits.cpu', '1', '1100m would become 2'],
  [{}, 'requests.memory', '1Gi', '64Mi would become 1'],
  [{}, 'limits.memory', '1M', '100Mi would become 105'],
  // The limit is the request where none is set.
  [{ memoryLimit: undefined }, 'limits.memory', '1Gi', '64Mi would become 1'],
  [{}, 'limits.cpu', '1m', 'which is not set: it would be told what the whole node has'],
  [{}, 'requests.memory', '1m', 'in units of 1m, which Kubernetes does not know'],
  [{}, 'requests.cpu', '1Mi', 'in units of 1Mi, which Kubernetes does not know'],
])('with %j the resource %s in units of %s is refused: %s', (more, resource, unit, problem) => {
  const resources = { ...SMALL, ...more };
  expect(refusal(() => told(resources as Resources, resource, unit)).message).toContain(problem);
});

test('a file is held to the same, and names a container that is there', () => {
  const act = (file: PodFileField | ResourceOfContainer) =>
    refusal(() => podWith({ resources: SMALL, mounts: [Volume.podInfo('info', { it: file }).at('/etc/info')] }))
      .message;
  expect(act({ container: 'shop', resource: 'requests.cpu', unit: '1' })).toContain(
    'container shop, file it of volume info: tells requests.cpu of container shop in units of 1: 250m would become 1',
  );
  expect(act({ container: 'till', resource: 'requests.cpu', unit: '1m' })).toContain('the pod has none of that name');
});

test('the unit that Kubernetes takes where none is said is held to the same', () => {
  const act = () => podWith({ resources: SMALL, env: { IT: { resourceFieldRef: { resource: 'requests.cpu' } } } });
  expect(refusal(act).message).toContain('in units of 1: 250m would become 1');
});
