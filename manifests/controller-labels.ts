import { ROLLOUT_HASH } from '../model/marks';
import type { Resource } from './resource';
import { number, record, string, strings } from './resource';

/** A label that a controller sets on each pod of a workload: its values differ from pod to pod, or are made up at run time. */
export interface ControllerLabel {
  /** Whether some pod may have this value. */
  readonly fits: (value: string) => boolean;
  /** The only value there is, the same for every pod. @default - not known */
  readonly value?: string;
  /** All that there are, where they are known. @default - they are made up at run time */
  readonly values?: readonly string[];
  /** Which of the workload's pods has this value; labels that number the pods agree on it. @default - it numbers no pods */
  readonly ordinalOf?: (value: string) => number | undefined;
}

export type ControllerLabels = ReadonlyMap<string, ControllerLabel>;

const JOB_NAME = ['job-name', 'batch.kubernetes.io/job-name'];
const CONTROLLER_UID = ['controller-uid', 'batch.kubernetes.io/controller-uid'];
const COMPLETION_INDEX = 'batch.kubernetes.io/job-completion-index';
const POD_NAME = 'statefulset.kubernetes.io/pod-name';
const POD_INDEX = 'apps.kubernetes.io/pod-index';

/** Every label that a controller of Kubernetes or Argo Rollouts sets on pods. */
export const CONTROLLER_LABEL_NAMES: ReadonlySet<string> = new Set([
  ...JOB_NAME,
  ...CONTROLLER_UID,
  COMPLETION_INDEX,
  POD_NAME,
  POD_INDEX,
  'pod-template-hash',
  'controller-revision-hash',
  'pod-template-generation',
  ROLLOUT_HASH,
]);

const NONE: ControllerLabels = new Map();
/** What hashes are made of, and more. */
const HASH = /^[a-z0-9]+$/;
const ORDINAL = /^(0|[1-9]\d*)$/;

/**
 * The labels that the controller of a workload sets on its pods (pkg/controller/job, statefulset, deployment, daemon;
 * argoproj/argo-rollouts).
 */
export function controllerLabelsOf(resource: Resource): ControllerLabels {
  switch (resource.kind) {
    case 'Job':
      return jobLabels(resource, resource.at(['spec']), resource.at(['metadata', 'uid']), jobName(resource));
    case 'CronJob':
      // Its Jobs are named after it and the minute they are for; somebody may make one by hand, `kubectl create job --from`.
      return jobLabels(resource, resource.at(['spec', 'jobTemplate', 'spec']), undefined, {
        fits: (value) => value.startsWith(`${resource.name}-`),
      });
    case 'StatefulSet':
      return statefulSetLabels(resource);
    case 'Deployment':
      return new Map([['pod-template-hash', { fits: (value) => HASH.test(value) }]]);
    case 'DaemonSet':
      return new Map([
        ['controller-revision-hash', { fits: (value) => HASH.test(value) }],
        ['pod-template-generation', { fits: (value) => /^\d+$/.test(value) }],
      ]);
    case 'Rollout':
      return new Map<string, ControllerLabel>([
        ...roleLabels(resource),
        [ROLLOUT_HASH, { fits: (value) => HASH.test(value) }],
      ]);
    default:
      return NONE;
  }
}

/** What the strategy of a Rollout sets on the pods of the version of now, and on those of the next one, while there are two. */
function roleLabels(resource: Resource): Map<string, ControllerLabel> {
  const values = new Map<string, string[]>();
  for (const [strategy, role] of [
    ...['activeMetadata', 'previewMetadata'].map((field) => ['blueGreen', field] as const),
    ...['stableMetadata', 'canaryMetadata'].map((field) => ['canary', field] as const),
  ])
    for (const [key, value] of Object.entries(strings(resource.at(['spec', 'strategy', strategy, role, 'labels']))))
      values.set(key, [...(values.get(key) ?? []), value]);
  return new Map([...values].map(([key, own]) => [key, { fits: (value: string) => own.includes(value), values: own }]));
}

/** A name that the server makes up is known by its beginning only. */
function jobName({ object, name }: Resource): ControllerLabel {
  return string(record(object['metadata'])?.['name']) === undefined
    ? { fits: (value) => value.startsWith(name) && value.length > name.length }
    : { fits: (value) => value === name, value: name };
}

function jobLabels(resource: Resource, job: unknown, uid: unknown, name: ControllerLabel): ControllerLabels {
  const own: ControllerLabel =
    typeof uid === 'string' && resource.isPrinted
      ? { fits: (value) => value === uid, value: uid }
      : { fits: (value) => value !== '' };
  const labels = new Map<string, ControllerLabel>([
    ...JOB_NAME.map((key) => [key, name] as const),
    ...CONTROLLER_UID.map((key) => [key, own] as const),
  ]);
  const spec = record(job) ?? {};
  if (spec['completionMode'] === 'Indexed')
    labels.set(COMPLETION_INDEX, numbered({ first: 0, count: number(spec['completions']), prefix: '' }));
  return labels;
}

function statefulSetLabels(resource: Resource): ControllerLabels {
  const first = number(resource.at(['spec', 'ordinals', 'start'])) ?? 0;
  // Where no number of replicas stands, something else sets it.
  const count = number(resource.at(['spec', 'replicas']));
  return new Map([
    [POD_NAME, numbered({ first, count, prefix: `${resource.name}-` })],
    [POD_INDEX, numbered({ first, count, prefix: '' })],
    [
      'controller-revision-hash',
      { fits: (value) => value.startsWith(`${resource.name}-`) && HASH.test(value.slice(resource.name.length + 1)) },
    ],
  ]);
}

function numbered({
  first,
  count,
  prefix,
}: {
  readonly first: number;
  readonly count: number | undefined;
  readonly prefix: string;
}): ControllerLabel {
  const ordinalOf = (value: string) => {
    const ordinal = value.startsWith(prefix) ? value.slice(prefix.length) : '';
    return ORDINAL.test(ordinal) ? Number(ordinal) : undefined;
  };
  const fits = (value: string) => {
    const ordinal = ordinalOf(value);
    return ordinal !== undefined && ordinal >= first && (count === undefined || ordinal < first + count);
  };
  return { fits, ordinalOf, ...(count === 1 ? { value: `${prefix}${first}` } : {}) };
}
