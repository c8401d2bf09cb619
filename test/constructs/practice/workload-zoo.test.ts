import { cloud } from '../../../clusters/cloud';
import { kind } from '../../../clusters/kind';
import { Platform } from '../../../composition/platform';
import type { WorkloadZooProps } from '../../../constructs/practice/workload-zoo';
import { WorkloadZoo } from '../../../constructs/practice/workload-zoo';
import { synthesize } from '../../../constructs/synthesis/synthesis';
import { dev } from '../../../environments/dev';
import { networkPolicies, workloadZoo } from '../../../features';
import { because } from '../../../model/layers';
import { onPool } from '../../../model/placement-check';
import { course } from '../../../platform';
import { resolved } from '../../model/support';
import { podSecurityViolations } from '../../support/pod-security';
import { namespaceIn, platformOf, refusal, rendered } from '../../support/render';

type Props = Omit<WorkloadZooProps, 'namespace'>;
const zoo = (props: Props = {}, imagePullSecrets: string[] = []) =>
  rendered((chart) => new WorkloadZoo(chart, 'zoo', { namespace: namespaceIn(chart, { imagePullSecrets }), ...props }));
const objects = zoo();
const podOf = (name: string) => objects.get('Deployment', name).spec.template.spec;
const mebibytes = (quantity = '') => Number(/^(\d+)Mi$/.exec(quantity)?.[1]);

test('all of it meets the restricted standard', () => {
  expect(objects.pods).toHaveLength(4);
  for (const { template } of objects.pods) expect(podSecurityViolations(template.spec, 'restricted')).toEqual([]);
});

test('the CPU burner wants more than it may have', () => {
  const [container] = podOf('cpu-burner').containers;
  expect(container?.args).toEqual(expect.arrayContaining(['--cpu', '1']));
  expect(container?.resources?.limits?.['cpu']).toBe('200m');
});

test('the memory hog holds most of what it may, and two of it never run at once', () => {
  const [container] = podOf('memory-hog').containers;
  const held = Number(/^(\d+)M$/.exec(container?.args?.[container.args.indexOf('--vm-bytes') + 1] ?? '')?.[1]);
  expect(held).toBeGreaterThan(mebibytes(container?.resources?.limits?.['memory']) / 2);
  expect(held).toBeLessThan(mebibytes(container?.resources?.limits?.['memory']));
  expect(objects.get('Deployment', 'memory-hog').spec.strategy.type).toBe('Recreate');
});

describe('the idle web servers', () => {
  const pod = podOf('idle-web');

  test('are two, and keep apart', () => {
    expect(objects.get('Deployment', 'idle-web').spec.replicas).toBe(2);
    const [term] = pod.affinity?.podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    expect(term?.podAffinityTerm).toEqual({
      topologyKey: 'kubernetes.io/hostname',
      labelSelector: objects.get('Deployment', 'idle-web').spec.selector,
    });
  });

  test('have a native sidecar that shares the log with them', () => {
    const [sidecar] = pod.initContainers ?? [];
    expect(sidecar).toMatchObject({ name: 'access-log', restartPolicy: 'Always' });
    for (const container of [sidecar, pod.containers[0]])
      expect(container?.volumeMounts).toContainEqual({ name: 'logs', mountPath: '/logs' });
  });

  test('are configured by one file of a ConfigMap, and write only where they may', () => {
    const [nginx] = pod.containers;
    expect(nginx?.volumeMounts).toContainEqual({
      name: 'idle-web-config',
      mountPath: '/etc/nginx/nginx.conf',
      subPath: 'nginx.conf',
      readOnly: true,
    });
    const conf = objects.get('ConfigMap').data['nginx.conf']!;
    const written = [...conf.matchAll(/(?:pid|access_log|\w+_temp_path) (\/\w+)/g)].map(([, folder]) => folder);
    for (const folder of written)
      expect(nginx?.volumeMounts).toContainEqual({ name: folder!.slice(1), mountPath: folder });
    expect(conf).toContain('listen 8080');
    expect(nginx?.ports).toEqual([{ name: 'http', containerPort: 8080 }]);
  });

  test('finish what is in flight', () => {
    expect(pod.containers[0]?.lifecycle?.preStop?.exec?.command).toEqual(['nginx', '-s', 'quit']);
  });

  // A shell that is process 1 ignores SIGTERM unless it traps it: each pod would take its whole grace period to end.
  test('end as soon as they are done: their sidecar heeds SIGTERM', () => {
    expect(pod.initContainers?.[0]?.command?.join(' ')).toMatch(/trap .*TERM/);
  });
});

test('the burners burn on: stress-ng would end after a day by itself', () => {
  for (const name of ['cpu-burner', 'memory-hog'])
    expect(podOf(name).containers[0]?.args?.join(' ')).toMatch(/(--timeout|-t) 0\b/);
});

const all: Required<Props> = {
  burnerResources: { cpu: '1', memory: '64Mi', cpuLimit: '2' },
  hogMemory: '1.5Gi',
  idleReplicas: 3,
  idleResources: { cpu: '20m', memory: '32Mi' },
  batchCompletions: 6,
  batchParallelism: 3,
  batchOperations: 500,
  batchResources: { cpu: '250m', memory: '48Mi' },
  batchPlacement: {
    requires: { pool: 'batch' },
    tolerates: [{ key: 'workload', value: 'batch', effect: 'NoSchedule' }],
  },
};

test('a zoo with all props has the sizes that they say', () => {
  const objects = zoo(all);
  const resourcesOf = (kind: 'Deployment' | 'Job', name?: string) =>
    objects.get(kind, name).spec.template.spec.containers[0]?.resources;
  expect(resourcesOf('Deployment', 'cpu-burner')).toEqual({
    requests: { cpu: '1', memory: '64Mi' },
    limits: { cpu: '2', memory: '64Mi' },
  });
  expect(objects.get('Deployment', 'memory-hog').spec.template.spec.containers[0]?.args).toContain('1536M');
  expect(resourcesOf('Deployment', 'memory-hog')?.limits).toEqual({ memory: '1600Mi' });
  expect(objects.get('Deployment', 'idle-web').spec.replicas).toBe(3);
  expect(resourcesOf('Deployment', 'idle-web')?.requests).toEqual({ cpu: '20m', memory: '32Mi' });
  expect(objects.get('Job').spec).toMatchObject({ completions: 6, parallelism: 3 });
  expect(objects.get('Job').spec.template.spec.containers[0]?.args).toContain('500');
  expect(resourcesOf('Job')?.requests).toEqual({ cpu: '250m', memory: '48Mi' });
});

test('every pod says its tier, to be looked at by, and none is selected by it', () => {
  const tiers = objects.pods.map(({ owner, template }) => {
    expect(owner.metadata.labels?.['tier']).toBe(template.metadata.labels['tier']);
    expect(JSON.stringify(owner['spec'])).not.toMatch(/"matchLabels":\{[^}]*"tier"/);
    return [template.metadata.labels['app.kubernetes.io/name'], template.metadata.labels['tier']];
  });
  expect(Object.fromEntries(tiers)).toEqual({
    'cpu-burner': 'backend',
    'memory-hog': 'backend',
    'idle-web': 'frontend',
    batch: 'batch',
  });
});

test('a size that is none is refused where it stands', () => {
  expect(refusal(() => zoo({ batchParallelism: 0 })).place).toBe('workloadZoo.batchParallelism');
});

describe('in a namespace of its own', () => {
  const own = { workloadZoo: { namespace: because('own' as const, 'a test') } };
  const objects = platformOf(dev, kind, [workloadZoo, networkPolicies], own);

  test('are all its objects, and none of the app', () => {
    const zooed = objects.all.filter(({ metadata }) => metadata.namespace === 'course-dev-zoo');
    expect(
      zooed
        .filter(({ kind }) => kind !== 'NetworkPolicy')
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(['ConfigMap', 'Deployment', 'Deployment', 'Deployment', 'Job']);
    expect(objects.get('Deployment', 'web').metadata.namespace).toBe('course-dev');
  });

  test('its pods are held to the restricted standard, and reach nothing', () => {
    const labels = objects.get('Namespace', 'course-dev-zoo').metadata.labels;
    expect(labels?.['pod-security.kubernetes.io/enforce']).toBe('restricted');
    const policies = objects.of('NetworkPolicy').filter(({ metadata }) => metadata.namespace === 'course-dev-zoo');
    expect(policies.map(({ metadata }) => metadata.name).sort()).toEqual(['allow-dns', 'default-deny']);
  });
});

describe('the batch Job', () => {
  test('runs pods in parallel until enough have succeeded', () => {
    expect(objects.get('Job').spec).toMatchObject({ completions: 4, parallelism: 2 });
  });

  test('must find a node for as many pods as run at a time', () => {
    const apart = { over: 'node', strength: 'required' } as const;
    const placed = (batchParallelism: number) =>
      platformOf(dev, kind, [workloadZoo], {
        workloadZoo: {
          batchPlacement: because({ ...onPool(kind, 'batch'), apart }, 'a test'),
          batchParallelism: because(batchParallelism, 'a test'),
        },
      });
    expect(() => placed(1)).not.toThrow();
    expect(refusal(() => placed(2)).place).toBe('dev@kind, workloadZoo.batchPlacement');
  });

  test('ends, one way or the other', () => {
    const { spec } = objects.get('Job');
    expect(spec.template.spec.restartPolicy).toBe('Never');
    expect(spec.template.spec.containers[0]?.args).toContain('--cpu-ops');
    expect(spec).toMatchObject({ backoffLimit: 2, activeDeadlineSeconds: 600 });
  });

  test('runs where it is placed', () => {
    const { spec } = zoo(all).get('Job').spec.template;
    expect(spec.nodeSelector).toEqual({ pool: 'batch' });
    expect(spec.tolerations).toHaveLength(1);
  });

  test("of another template is another Job, because a Job's template cannot change", () => {
    expect(zoo(all).get('Job').metadata.name).not.toBe(objects.get('Job').metadata.name);
    expect(objects.get('Job').metadata.name).toMatch(/^batch-[0-9a-f]{10}$/);
    expect(zoo().get('Job').metadata.name).toBe(objects.get('Job').metadata.name);
  });

  test('is another Job also where the cluster changed what all pods get', () => {
    expect(zoo({}, ['registry']).get('Job').metadata.name).not.toBe(objects.get('Job').metadata.name);
  });
});

// Argo CD waits for a wave to be healthy, and a Job is healthy when it is done: a Job that fails, or waits for a node, would
// keep the app from being synced.
test('nothing of the app waits for the zoo', () => {
  const waves = new Map(
    synthesize(new Platform(resolved(dev, cloud, [workloadZoo]), course).app).map(({ name, wave }) => [name, wave]),
  );
  const { 'workload-zoo': zooWave, ...others } = Object.fromEntries(waves);
  expect(zooWave).toBeGreaterThan(Math.max(...Object.values(others)));
});
