import { checks } from '../../../checks/registry';
import { runChecks } from '../../../checks/run';
import type {
  ClaimTemplate,
  CronJobOptions,
  DaemonSetOptions,
  DeploymentOptions,
  JobOptions,
  StatefulSetOptions,
} from '../../../constructs/core/controller';
import { Controller } from '../../../constructs/core/controller';
import { FlowPolicy } from '../../../constructs/core/network-policies';
import type { Rolling } from '../../../model/release';
import { recreate, rolling } from '../../../model/release';
import { toYaml } from '../../../render/yaml';
import { worldOf } from '../../checks/judging';
import { namespaceIn, podOf, refusal, rendered, workloadIn } from '../../support/render';

const controlled = (controller: Controller) => rendered((chart) => workloadIn(chart, 'shop', { controller }));

describe('a Deployment', () => {
  test('runs one pod unless it says otherwise, and a new revision is there before the old one goes', () => {
    const { spec } = controlled(Controller.deployment()).get('Deployment');
    expect(spec).toMatchObject({
      replicas: 1,
      revisionHistoryLimit: 5,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    });
  });

  test('has what all its options say', () => {
    const all: Required<DeploymentOptions> = {
      replicas: 3,
      release: recreate({ because: 'it locks its files' }),
      revisionHistoryLimit: 2,
    };
    const { spec } = controlled(Controller.deployment(all)).get('Deployment');
    expect(spec).toMatchObject({ replicas: 3, revisionHistoryLimit: 2, strategy: { type: 'Recreate' } });
    // The API server refuses bounds of a rolling update beside another strategy.
    expect(spec.strategy).not.toHaveProperty('rollingUpdate');
  });

  test.each<[Omit<Rolling, 'way'>, object]>([
    [{ surge: '25%' }, { maxSurge: '25%', maxUnavailable: 0 }],
    [
      { surge: 2, unavailable: 1 },
      { maxSurge: 2, maxUnavailable: 1 },
    ],
    [{ unavailable: 1 }, { maxSurge: 1, maxUnavailable: 1 }],
    [{ surge: 0 }, { maxSurge: 0, maxUnavailable: 1 }],
    [
      { surge: '0%', unavailable: '50%' },
      { maxSurge: '0%', maxUnavailable: '50%' },
    ],
  ])('replaces pods by %j as it says', (how, rollingUpdate) => {
    const { spec } = controlled(Controller.deployment({ replicas: 4, release: rolling(how) })).get('Deployment');
    expect(spec.strategy).toEqual({ type: 'RollingUpdate', rollingUpdate });
    expect(spec).not.toHaveProperty('minReadySeconds');
    expect(spec).not.toHaveProperty('progressDeadlineSeconds');
  });

  test('counts a pod when it has settled, and is given up in time', () => {
    const release = rolling({ settle: '20s', giveUpAfter: '5m' });
    expect(controlled(Controller.deployment({ release })).get('Deployment').spec).toMatchObject({
      minReadySeconds: 20,
      progressDeadlineSeconds: 300,
    });
  });

  test('is refused where shares of its pods are none, since Kubernetes would then take one away', () => {
    const of = (replicas: number) => () =>
      Controller.deployment({ replicas, release: rolling({ surge: '0%', unavailable: '30%' }) });
    expect(of(3)).toThrow('which of 3 pods is none');
    expect(of(4)).not.toThrow();
    expect(of(0)).not.toThrow();
    // A share of those that come is rounded up.
    const surging = rolling({ surge: '1%', unavailable: '1%' });
    expect(() => Controller.deployment({ replicas: 1, release: surging })).not.toThrow();
  });
});

describe('a StatefulSet', () => {
  const claim: Required<ClaimTemplate> = { name: 'data', size: '2Gi', storageClass: 'slow' };

  test('runs one pod without volumes unless it says otherwise', () => {
    const { spec } = controlled(Controller.statefulSet()).get('StatefulSet');
    expect(spec).toMatchObject({ replicas: 1, revisionHistoryLimit: 5 });
    expect(spec).not.toHaveProperty('volumeClaimTemplates');
    expect(spec).not.toHaveProperty('persistentVolumeClaimRetentionPolicy');
  });

  test('has what all its options say', () => {
    const all: Required<StatefulSetOptions> = {
      replicas: 2,
      claims: [claim],
      whenDeleted: 'Delete',
      peers: true,
      revisionHistoryLimit: 3,
    };
    const { spec } = controlled(Controller.statefulSet(all)).get('StatefulSet');
    expect(spec).toMatchObject({
      replicas: 2,
      revisionHistoryLimit: 3,
      serviceName: 'shop-pods',
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' },
    });
    expect(spec.volumeClaimTemplates).toMatchObject([
      {
        metadata: { name: 'data' },
        spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'slow', resources: { requests: { storage: '2Gi' } } },
      },
    ]);
  });

  test('says of its claims what the server would add, so that a second apply finds nothing to change', () => {
    expect(
      controlled(Controller.statefulSet({ claims: [claim] })).get('StatefulSet').spec.volumeClaimTemplates,
    ).toMatchObject([
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        spec: { volumeMode: 'Filesystem' },
        status: { phase: 'Pending' },
      },
    ]);
  });

  test('keeps its claims unless it says otherwise', () => {
    expect(
      controlled(Controller.statefulSet({ claims: [claim] })).get('StatefulSet').spec
        .persistentVolumeClaimRetentionPolicy,
    ).toEqual({ whenDeleted: 'Retain', whenScaled: 'Retain' });
  });

  test('stands under a headless Service of its name', () => {
    const objects = controlled(Controller.statefulSet());
    const { metadata, spec } = objects.get('Service');
    expect(objects.get('StatefulSet').spec.serviceName).toBe(metadata.name);
    expect(spec.clusterIP).toBe('None');
    expect(podOf(objects).metadata.labels).toMatchObject(spec.selector);
  });

  // With OrderedReady the controller would wait for a broken pod to become ready before it replaces it with a mended revision,
  // so a bad config can be rolled back only by deleting the pod by hand.
  test('of one pod replaces a broken revision without a hand', () => {
    expect(controlled(Controller.statefulSet()).get('StatefulSet').spec.podManagementPolicy).toBe('Parallel');
  });
});

describe('a DaemonSet', () => {
  test('has a pod on each node, and replaces that of one node at a time unless it says otherwise', () => {
    const objects = controlled(Controller.daemonSet());
    expect(objects.get('DaemonSet').spec).toMatchObject({
      revisionHistoryLimit: 5,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
    });
    expect(objects.get('DaemonSet').spec).not.toHaveProperty('replicas');
    expect(podOf(objects).spec).not.toHaveProperty('affinity');
  });

  test('has what all its options say', () => {
    const all: Required<DaemonSetOptions> = { maxUnavailable: '10%', revisionHistoryLimit: 2 };
    expect(controlled(Controller.daemonSet(all)).get('DaemonSet').spec).toMatchObject({
      revisionHistoryLimit: 2,
      updateStrategy: { rollingUpdate: { maxUnavailable: '10%' } },
    });
  });

  test.each<DaemonSetOptions>([{ maxUnavailable: 0 }, { maxUnavailable: '0%' }, { maxUnavailable: '101%' }])(
    'with %j never gets a new revision, or is nothing that the server takes',
    (options) => {
      expect(refusal(() => Controller.daemonSet(options)).place).toBe('daemon set, maxUnavailable');
    },
  );

  test('cannot be spread: a pod is on each node', () => {
    const act = () =>
      rendered((chart) =>
        workloadIn(chart, 'shop', { controller: Controller.daemonSet() }).spreadOver('zone', 'preferred'),
      );
    expect(refusal(act).message).toContain('has a pod on each node, which nothing can spread');
  });
});

describe('a Job', () => {
  test('tries three more times, for ten minutes, unless it says otherwise', () => {
    expect(controlled(Controller.job()).get('Job').spec).toMatchObject({ backoffLimit: 3, activeDeadlineSeconds: 600 });
  });

  test('has what all its options say', () => {
    const all: Required<JobOptions> = { retries: 1, deadline: 60, completions: 6, parallelism: 3 };
    expect(controlled(Controller.job(all)).get('Job').spec).toMatchObject({
      backoffLimit: 1,
      activeDeadlineSeconds: 60,
      completions: 6,
      parallelism: 3,
    });
  });

  test('of other completions is another Job, because they cannot change; parallelism can', () => {
    const name = (options: JobOptions) => controlled(Controller.job(options)).get('Job').metadata.name;
    expect(name({ completions: 3 })).not.toBe(name({ completions: 2 }));
    expect(name({ completions: 3 })).not.toBe(name({}));
    expect(name({ completions: 1 })).toBe(name({}));
    expect(name({ completions: 9, parallelism: 3 })).toBe(name({ completions: 9, parallelism: 2 }));
  });

  test('of several pods at a time keeps them apart', () => {
    const affinityOf = (options: JobOptions) => podOf(controlled(Controller.job(options))).spec.affinity;
    expect(affinityOf({ completions: 4, parallelism: 2 })?.podAntiAffinity).toBeDefined();
    for (const alone of [{}, { completions: 4 }, { parallelism: 4 }]) expect(affinityOf(alone)).toBeUndefined();
  });

  test.each([{ completions: 0 }, { parallelism: 0 }, { completions: 1.5 }])('of %j is refused', (options) => {
    expect(refusal(() => Controller.job(options)).place).toBe(`job, ${Object.keys(options)[0]}`);
  });

  test('stays when it is done, so that a second apply finds it', () => {
    expect(controlled(Controller.job()).get('Job').spec).not.toHaveProperty('ttlSecondsAfterFinished');
  });

  test('has pods that the API server takes: they restart on failure or never', () => {
    expect(podOf(controlled(Controller.job())).spec.restartPolicy).toBe('Never');
    const retrying = rendered((chart) =>
      workloadIn(chart, 'shop', { controller: Controller.job(), pod: { restartPolicy: 'OnFailure' } }),
    );
    expect(podOf(retrying).spec.restartPolicy).toBe('OnFailure');
  });
});

describe('a CronJob', () => {
  const daily = { schedule: '0 3 * * *' } as const;

  test('runs one at a time, in a zone that does not depend on the control plane, unless it says otherwise', () => {
    const { spec } = controlled(Controller.cronJob(daily)).get('CronJob');
    expect(spec).toMatchObject({
      schedule: '0 3 * * *',
      timeZone: 'Etc/UTC',
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 300,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    });
    expect(spec.jobTemplate.spec).toMatchObject({ backoffLimit: 3, activeDeadlineSeconds: 600 });
  });

  test('has what all its options say', () => {
    const all: Required<CronJobOptions> = {
      schedule: '*/10 8-18 1,15 jan-mar mon-fri',
      timeZone: 'Europe/Zurich',
      concurrencyPolicy: 'Replace',
      startingDeadline: 60,
      deadline: 90,
      retries: 0,
      successfulRunsKept: 0,
      failedRunsKept: 2,
    };
    const { spec } = controlled(Controller.cronJob(all)).get('CronJob');
    expect(spec).toMatchObject({
      schedule: '*/10 8-18 1,15 jan-mar mon-fri',
      timeZone: 'Europe/Zurich',
      concurrencyPolicy: 'Replace',
      startingDeadlineSeconds: 60,
      successfulJobsHistoryLimit: 0,
      failedJobsHistoryLimit: 2,
    });
    expect(spec.jobTemplate.spec).toMatchObject({ backoffLimit: 0, activeDeadlineSeconds: 90 });
  });

  test('has Jobs and pods that are found by the labels of the workload, and that the API server takes', () => {
    const objects = controlled(Controller.cronJob(daily));
    const { metadata, spec } = objects.get('CronJob');
    expect(spec.jobTemplate.metadata.labels).toEqual(metadata.labels);
    expect(podOf(objects).metadata.labels).toEqual(metadata.labels);
    expect(podOf(objects).spec.restartPolicy).toBe('Never');
  });

  // A Job's name stands for its template, which cannot change; a CronJob's template can, so its history goes on under one name.
  test('keeps its name when its pods change', () => {
    const nameWith = (image: string) =>
      rendered((chart) =>
        workloadIn(chart, 'shop', { controller: Controller.cronJob(daily), container: { image } }),
      ).get('CronJob').metadata.name;
    expect([nameWith('shop:1'), nameWith('shop:2')]).toEqual(['shop', 'shop']);
  });

  test('finds what it connects to, and may connect to it', () => {
    const objects = rendered((chart) => {
      const namespace = namespaceIn(chart);
      const till = workloadIn(chart, 'till', { namespace, container: { ports: { http: 8080 } } });
      const report = workloadIn(chart, 'report', { namespace, controller: Controller.cronJob(daily) });
      report.connectsTo(till.port('http'), { as: 'TILL' });
      new FlowPolicy(report, 'policy', { workload: report });
    });
    const [container] = objects.get('CronJob').spec.jobTemplate.spec.template.spec.containers;
    expect(container?.env).toEqual([
      { name: 'TILL_HOST', value: 'till.shop.svc.cluster.local' },
      { name: 'TILL_PORT', value: '80' },
    ]);
    expect(objects.get('NetworkPolicy', 'report').spec.egress).toHaveLength(1);
  });

  test('of a name that leaves no room for those of its Jobs is refused', () => {
    const named = (length: number) =>
      rendered((chart) => workloadIn(chart, 'x'.repeat(length), { controller: Controller.cronJob(daily) }));
    expect(named(52).of('CronJob')).toHaveLength(1);
    expect(refusal(() => named(53)).message).toContain('has a name of 53 characters, and each of its Jobs adds eleven');
  });

  test.each([
    ['startingDeadline', 9, 'of 10 or more'],
    ['deadline', 0, 'of 1 or more'],
    ['retries', -1, 'of 0 or more'],
    ['successfulRunsKept', 0.5, 'of 0 or more'],
    ['failedRunsKept', Number.NaN, 'of 0 or more'],
  ] as const)('with a %s of %s is refused', (field, value, range) => {
    const error = refusal(() => controlled(Controller.cronJob({ ...daily, [field]: value })));
    expect(error.message).toContain(`cron job shop, ${field}: is ${value}, and not a whole number ${range}`);
  });

  test.each<[CronJobOptions, string]>([
    [daily, 'a day'],
    [{ ...daily, concurrencyPolicy: 'Allow' }, 'runs beside each other, which end'],
    [{ schedule: '@hourly', timeZone: 'America/New_York' }, 'a zone'],
  ])('%j is one that the verifier has nothing to say against (%s)', (options) => {
    const { all } = controlled(Controller.cronJob(options));
    const findings = runChecks(worldOf(all.map(toYaml).join('---\n')), checks);
    expect(findings.filter(({ object, verdict }) => object.startsWith('CronJob/') && verdict === 'fail')).toEqual([]);
  });
});
