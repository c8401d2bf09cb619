import type {
  ClaimTemplate,
  DeploymentOptions,
  JobOptions,
  StatefulSetOptions,
} from '../../../constructs/core/controller';
import { Controller } from '../../../constructs/core/controller';
import { podOf, rendered, workloadIn } from '../../support/render';

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
    const all: Required<DeploymentOptions> = { replicas: 3, strategy: 'recreate', revisionHistoryLimit: 2 };
    const { spec } = controlled(Controller.deployment(all)).get('Deployment');
    expect(spec).toMatchObject({ replicas: 3, revisionHistoryLimit: 2, strategy: { type: 'Recreate' } });
    // The API server refuses bounds of a rolling update beside another strategy.
    expect(spec.strategy).not.toHaveProperty('rollingUpdate');
  });

  test.each<[NonNullable<DeploymentOptions['strategy']>, object]>([
    ['surge', { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }],
    ['in-place', { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } }],
    ['recreate', { type: 'Recreate' }],
  ])('is replaced by %s as it says', (strategy, rendering) => {
    expect(controlled(Controller.deployment({ strategy })).get('Deployment').spec.strategy).toEqual(rendering);
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
      revisionHistoryLimit: 3,
    };
    const { spec } = controlled(Controller.statefulSet(all)).get('StatefulSet');
    expect(spec).toMatchObject({
      replicas: 2,
      revisionHistoryLimit: 3,
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

describe('a Job', () => {
  test('tries three more times, for ten minutes, unless it says otherwise', () => {
    expect(controlled(Controller.job()).get('Job').spec).toMatchObject({ backoffLimit: 3, activeDeadlineSeconds: 600 });
  });

  test('has what all its options say', () => {
    const all: Required<JobOptions> = { retries: 1, deadline: 60 };
    expect(controlled(Controller.job(all)).get('Job').spec).toMatchObject({
      backoffLimit: 1,
      activeDeadlineSeconds: 60,
    });
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
