import type { Json } from '../../../manifests/resource';

export const container = { name: 'a', image: 'a:1' };
export const pod = (spec: object, own: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a' },
  spec: { containers: [{ ...container, ...own }], ...spec },
});
export const job = (spec: object) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'a' },
  spec: { template: { spec: { restartPolicy: 'Never', containers: [container] } }, ...spec },
});
const indexed = { completionMode: 'Indexed', completions: 1 };
const cronJob = (spec: object) => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'a' },
  spec: { schedule: '0 3 * * *', jobTemplate: { spec: job(spec).spec } },
});
const claim = (spec: object) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'a' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
});
/** What stands at a path, `spec.containers.0.image`. */
export const at = (object: Json, path: string) =>
  path.split('.').reduce<unknown>((inner, key) => (inner as Json | undefined)?.[key], object);

export const volume = (source: object) => pod({ volumes: [{ name: 'v', ...source }] });
const mount = { volumeMounts: [{ name: 'v', mountPath: '/v' }] };

const statefulSet = (template: object) => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'a' },
  spec: {
    serviceName: 'a',
    selector: { matchLabels: { app: 'a' } },
    template: { metadata: { labels: { app: 'a' } }, spec: { containers: [container] } },
    volumeClaimTemplates: [{ metadata: { name: 'a' }, spec: claim(template).spec }],
  },
});

/** What is written, and which minor versions keep it. */
export interface Kept {
  readonly path: string;
  readonly object: Json;
  /** The first minor version that takes it. */
  readonly known: number;
  /** The first that keeps it. */
  readonly from: number;
}

const kept = (path: string, object: Json, known: number, from: number): Kept => ({ path, object, known, from });

/** Fields of features that are off in some versions. */
export const CASES: readonly Kept[] = [
  kept('spec.hostUsers', pod({ hostUsers: true }), 28, 33),
  kept(
    'spec.containers.0.resizePolicy',
    pod({}, { resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }] }),
    28,
    33,
  ),
  kept(
    'spec.initContainers.0.restartPolicy',
    pod({ initContainers: [{ ...container, name: 'b', restartPolicy: 'Always' }] }),
    28,
    29,
  ),
  kept(
    'spec.initContainers.0.restartPolicy',
    pod({ initContainers: [{ ...container, name: 'b', restartPolicy: 'Never' }] }),
    34,
    35,
  ),
  kept('spec.containers.0.restartPolicy', pod({}, { restartPolicy: 'Never' }), 34, 35),
  kept('spec.volumes', volume({ image: { reference: 'a:1' } }), 31, 35),
  kept('spec.containers.0.volumeMounts', pod({ volumes: [{ name: 'v', image: { reference: 'a:1' } }] }, mount), 31, 35),
  kept('spec.containers.0.volumeMounts', pod({ volumes: [{ name: 'v', emptyDir: {} }] }, mount), 28, 28),
  kept('spec.resourceClaims', pod({ resourceClaims: [{ name: 'c', resourceClaimName: 'c' }] }), 28, 34),
  kept('spec.containers.0.lifecycle', pod({}, { lifecycle: { stopSignal: 'SIGUSR1' } }), 33, 99),
  kept(
    'spec.containers.0.lifecycle.preStop',
    pod({}, { lifecycle: { preStop: { sleep: { seconds: 1 } }, stopSignal: 'SIGHUP' } }),
    33,
    33,
  ),
  kept(
    'spec.containers.0.lifecycle.preStop.sleep',
    pod({}, { lifecycle: { preStop: { sleep: { seconds: 1 } } } }),
    29,
    30,
  ),
  kept(
    'spec.securityContext.supplementalGroupsPolicy',
    pod({ securityContext: { supplementalGroupsPolicy: 'Strict' } }),
    31,
    33,
  ),
  kept('spec.backoffLimitPerIndex', job({ ...indexed, backoffLimitPerIndex: 1 }), 28, 29),
  kept('spec.jobTemplate.spec.backoffLimitPerIndex', cronJob({ ...indexed, backoffLimitPerIndex: 1 }), 28, 28),
  kept('spec.managedBy', job({ managedBy: 'example.com/mine' }), 30, 32),
  kept('spec.volumeAttributesClassName', claim({ volumeAttributesClassName: 'fast' }), 29, 34),
  kept(
    'spec.dataSourceRef',
    claim({ dataSourceRef: { apiGroup: 'example.com', kind: 'A', name: 'a', namespace: 'b' } }),
    28,
    99,
  ),
  kept('spec.dataSourceRef', claim({ dataSourceRef: { apiGroup: 'example.com', kind: 'A', name: 'a' } }), 28, 28),
  kept(
    'spec.volumeClaimTemplates.0.spec.volumeAttributesClassName',
    statefulSet({ volumeAttributesClassName: 'fast' }),
    29,
    29,
  ),
];
