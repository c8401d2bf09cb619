import type { Json } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import { selects, selectsByMap } from '../../../manifests/selector';
import { scheduleProblem, timeZoneProblem } from '../cron';
import { dnsLabel, percentage } from '../formats';
import type { FieldRule, Rule, Visit } from '../rule';
import { allUnique, atLeast, inFormat, oneOf, since, strictlyOneOf } from '../rule';

/** Labels as the server decodes them: null is empty. */
function labelsOf(value: unknown): Record<string, string> {
  const map = record(value) ?? {};
  return Object.fromEntries(
    Object.keys(map).flatMap((key) =>
      map[key] === null ? [[key, '']] : typeof map[key] === 'string' ? [[key, map[key]]] : [],
    ),
  );
}

/** The selector of a workload that keeps pods has to find them, and must say something. */
function selector(object: Json, walk: Visit, what: string): void {
  const written = record(object['selector']);
  if (!written) return;
  const given = { ...written, matchLabels: labelsOf(written['matchLabels']) };
  const empty =
    Object.keys(record(given['matchLabels']) ?? {}).length === 0 && list(written['matchExpressions']).length === 0;
  if (empty)
    return walk.fail(
      ['selector'],
      given,
      `Invalid value: {}: empty selector is invalid for ${what}`,
      'selector-matches-template',
    );
  const template = record(object['template']);
  const podLabels = labelsOf(record(template?.['metadata'])?.['labels']);
  if (selects(given, podLabels)) return;
  walk.fail(
    ['template', 'metadata', 'labels'],
    record(template?.['metadata'])?.['labels'],
    'Invalid value: `selector` does not match template `labels`',
    'selector-matches-template',
    {
      fix: 'give the template the labels of spec.selector',
    },
  );
}

function restartsAlways(object: Json, walk: Visit): void {
  const spec = record(record(object['template'])?.['spec']);
  const policy = string(spec?.['restartPolicy']);
  if (policy && policy !== 'Always' && ['OnFailure', 'Never'].includes(policy))
    walk.fail(
      ['template', 'spec', 'restartPolicy'],
      policy,
      `Unsupported value: "${policy}": supported values: "Always"`,
      'restart-policy',
    );
  const deadline = spec?.['activeDeadlineSeconds'];
  if (deadline !== undefined && deadline !== null)
    walk.fail(
      ['template', 'spec', 'activeDeadlineSeconds'],
      deadline,
      'Forbidden: activeDeadlineSeconds of a workload that restarts always is not supported',
    );
}

/** A count, or a share in percent. */
const countOrShare: FieldRule = (value) => {
  if (typeof value === 'number') return atLeast(0)(value, 0);
  if (typeof value !== 'string') return undefined;
  return percentage(value)
    ? undefined
    : "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%', or '93%')";
};

const upToAll: FieldRule = (value, minor) =>
  countOrShare(value, minor) ??
  (typeof value === 'string' && Number(value.slice(0, -1)) > 100 ? 'must not be greater than 100%' : undefined);

const isNothing = (value: unknown) => value === 0 || (typeof value === 'string' && /^0+%$/.test(value));

function rolling(object: Json, walk: Visit): void {
  if (
    isNothing(object['maxUnavailable']) &&
    (object['maxSurge'] === undefined ? false : isNothing(object['maxSurge']))
  ) {
    walk.fail(
      ['maxUnavailable'],
      object['maxUnavailable'],
      'Invalid value: may not be 0 when `maxSurge` is 0',
      'rollout-can-progress',
    );
  }
}

function strategy(object: Json, walk: Visit, update: string): void {
  if (
    object['type'] &&
    object['type'] !== update &&
    object['rollingUpdate'] !== undefined &&
    object['rollingUpdate'] !== null
  ) {
    walk.fail(
      ['rollingUpdate'],
      object['rollingUpdate'],
      `Forbidden: may not be specified when strategy \`type\` is '${String(object['type'])}'`,
    );
  }
}

// ---- Jobs --------------------------------------------------------------------------------------

function jobPods(object: Json, walk: Visit): void {
  const spec = record(record(object['template'])?.['spec']);
  if (!spec) return;
  const policy = spec['restartPolicy'];
  if (policy === undefined || policy === null || policy === '' || policy === 'Always') {
    walk.fail(
      ['template', 'spec', 'restartPolicy'],
      policy,
      'Required value: valid values: "OnFailure", "Never"',
      'restart-policy',
      { fix: 'set restartPolicy to Never or OnFailure: the default, Always, is not for Jobs' },
    );
  }
  if (record(object['podFailurePolicy']) && policy !== 'Never')
    walk.fail(
      ['template', 'spec', 'restartPolicy'],
      policy,
      `Invalid value: only "Never" is supported when podFailurePolicy is specified`,
    );
}

function job(object: Json, walk: Visit): void {
  jobPods(object, walk);
  list(record(object['podFailurePolicy'])?.['rules']).forEach((entry, i) => {
    list(record(entry)?.['onPodConditions']).forEach((condition, j) => {
      if (!string(record(condition)?.['type']))
        walk.fail(
          ['podFailurePolicy', 'rules', i, 'onPodConditions', j, 'type'],
          record(condition)?.['type'],
          'Invalid value: "": name part must be non-empty',
        );
    });
  });
  const indexed = object['completionMode'] === 'Indexed';
  const { completions, parallelism } = object;
  if (indexed && (completions === undefined || completions === null))
    walk.fail(['completions'], undefined, 'Required value: when completion mode is Indexed');
  if (!indexed && walk.minor >= 29) {
    for (const field of ['backoffLimitPerIndex', 'maxFailedIndexes'])
      if (typeof object[field] === 'number')
        walk.fail([field], object[field], `Invalid value: ${object[field]}: requires indexed completion mode`);
  }
  const names = ['containers', 'initContainers'].flatMap((field) =>
    list(record(record(object['template'])?.['spec'])?.[field]).map((entry) => record(entry)?.['name']),
  );
  list(record(object['podFailurePolicy'])?.['rules']).forEach((entry, i) => {
    const name = record(record(entry)?.['onExitCodes'])?.['containerName'];
    if (typeof name === 'string' && !names.includes(name))
      walk.fail(
        ['podFailurePolicy', 'rules', i, 'onExitCodes', 'containerName'],
        name,
        `Invalid value: "${name}": must be one of the container or initContainer names in the pod template`,
      );
    if (
      record(entry)?.['action'] === 'FailIndex' &&
      walk.minor >= 29 &&
      typeof object['backoffLimitPerIndex'] !== 'number'
    )
      walk.fail(
        ['podFailurePolicy', 'rules', i, 'action'],
        'FailIndex',
        'Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set',
      );
  });
  if (indexed && typeof parallelism === 'number' && parallelism > 100_000)
    walk.fail(
      ['parallelism'],
      parallelism,
      'Invalid value: must be less than or equal to 100000 when completion mode is Indexed',
    );
  const template = record(object['template']);
  if (object['manualSelector'] === true) {
    if (!record(object['selector']))
      walk.fail(['selector'], undefined, 'Required value: manualSelector is true', 'selector-matches-template');
    selector(object, walk, 'job');
  } else {
    const given = record(object['selector']);
    const podLabels = labelsOf(record(template?.['metadata'])?.['labels']);
    // The server adds labels of its own to both. The selector has to match the template, and to match by these labels alone.
    if (given && !(selects(given, podLabels) && selects(given, ownLabels(given, podLabels))))
      walk.fail(['selector'], given, 'Invalid value: `selector` not auto-generated', 'selector-matches-template', {
        fix: 'leave the selector out: the server makes one',
      });
  }
}

const JOB_LABELS = ['controller-uid', 'job-name'].flatMap((name) => [name, `batch.kubernetes.io/${name}`]);

/** The labels by which a Job finds its pods, as far as a manifest of it has them: a live one has all. */
function ownLabels(selector: Json, podLabels: { readonly [label: string]: string }): { [label: string]: string } {
  const written = { ...podLabels, ...labelsOf(selector['matchLabels']) };
  return Object.fromEntries(JOB_LABELS.flatMap((label) => (label in written ? [[label, written[label] ?? '']] : [])));
}

function exitCodes(object: Json, walk: Visit): void {
  const values = list(object['values']);
  values.forEach((entry, i) => {
    const value = entry ?? 0;
    if (value === 0 && object['operator'] === 'In')
      walk.fail(['values', i], value, 'Invalid value: 0: must not be 0 for the In operator');
    if (values.indexOf(value) < i) walk.fail(['values', i], value, `Duplicate value: ${String(value)}`);
    else if (i > 0 && Number(values[i - 1]) > Number(value))
      walk.fail(['values'], values, 'Invalid value: must be ordered');
  });
}

export const appsRules: Record<string, Rule> = {
  'apps.v1.DeploymentSpec': {
    fields: {
      replicas: atLeast(0),
      minReadySeconds: atLeast(0),
      revisionHistoryLimit: atLeast(0),
      progressDeadlineSeconds: atLeast(0),
    },
    object(object, walk) {
      selector(object, walk, 'deployment');
      restartsAlways(object, walk);
      const ready = typeof object['minReadySeconds'] === 'number' ? object['minReadySeconds'] : 0;
      const deadline = typeof object['progressDeadlineSeconds'] === 'number' ? object['progressDeadlineSeconds'] : 600;
      if (deadline <= ready)
        walk.fail(
          [object['progressDeadlineSeconds'] === undefined ? 'minReadySeconds' : 'progressDeadlineSeconds'],
          deadline,
          `Invalid value: ${deadline}: must be greater than minReadySeconds`,
          ready > 0 ? 'rollout-can-progress' : 'schema-valid',
        );
    },
  },
  'apps.v1.DeploymentStrategy': {
    fields: { type: oneOf('Recreate', 'RollingUpdate') },
    object: (object, walk) => strategy(object, walk, 'RollingUpdate'),
  },
  'apps.v1.RollingUpdateDeployment': { fields: { maxUnavailable: upToAll, maxSurge: countOrShare }, object: rolling },
  'apps.v1.ReplicaSetSpec': {
    fields: { replicas: atLeast(0), minReadySeconds: atLeast(0) },
    object(object, walk) {
      selector(object, walk, 'deployment');
      restartsAlways(object, walk);
    },
  },
  'apps.v1.StatefulSetSpec': {
    optional: ['serviceName'],
    fields: {
      replicas: atLeast(0),
      minReadySeconds: atLeast(0),
      serviceName: since(35, inFormat(dnsLabel)),
      podManagementPolicy: oneOf('OrderedReady', 'Parallel'),
    },
    enter(object, walk) {
      walk.claims = list(object['volumeClaimTemplates']).flatMap(
        (claim) => string(record(record(claim)?.['metadata'])?.['name']) ?? [],
      );
    },
    object(object, walk) {
      allUnique(walk.claims, walk, (i) => ['volumeClaimTemplates', i, 'metadata', 'name']);
      walk.claims = [];
      selector(object, walk, 'statefulset');
      restartsAlways(object, walk);
    },
  },
  'apps.v1.StatefulSetUpdateStrategy': {
    fields: { type: oneOf('RollingUpdate', 'OnDelete') },
    object: (object, walk) => strategy(object, walk, 'RollingUpdate'),
  },
  'apps.v1.RollingUpdateStatefulSetStrategy': { fields: { partition: atLeast(0) } },
  'apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy': {
    fields: { whenDeleted: oneOf('Retain', 'Delete'), whenScaled: oneOf('Retain', 'Delete') },
  },
  'apps.v1.DaemonSetSpec': {
    fields: { minReadySeconds: atLeast(0), revisionHistoryLimit: atLeast(0) },
    object(object, walk) {
      selector(object, walk, 'daemonset');
      restartsAlways(object, walk);
    },
  },
  'apps.v1.DaemonSetUpdateStrategy': { fields: { type: oneOf('RollingUpdate', 'OnDelete') } },
  'apps.v1.RollingUpdateDaemonSet': {
    fields: { maxUnavailable: upToAll, maxSurge: upToAll },
    object(object, walk) {
      const surge = object['maxSurge'] ?? 0;
      if (isNothing(object['maxUnavailable']) && isNothing(surge))
        walk.fail(
          ['maxUnavailable'],
          object['maxUnavailable'],
          'Required value: cannot be 0 when maxSurge is 0',
          'rollout-can-progress',
        );
      if (!isNothing(surge) && !isNothing(object['maxUnavailable'] ?? 1))
        walk.fail(['maxSurge'], surge, 'Invalid value: may not be set when maxUnavailable is non-zero');
    },
  },
  'apps.v1.StatefulSetOrdinals': { fields: { start: atLeast(0) } },
  'batch.v1.Job': {
    object(object, walk) {
      const name = string(record(object['metadata'])?.['name']) ?? '';
      const spec = record(object['spec']);
      if (name.length > 63)
        walk.fail(
          ['metadata', 'name'],
          name,
          `Invalid value: "${name}": must be no more than 63 characters, as the pods get it as a label`,
          'name-label-syntax',
        );
      else if (
        spec?.['completionMode'] === 'Indexed' &&
        typeof spec['completions'] === 'number' &&
        spec['completions'] > 0 &&
        name !== '' &&
        dnsLabel(`${name}-${spec['completions'] - 1}`)
      ) {
        walk.fail(
          ['metadata', 'name'],
          name,
          `Invalid value: "${name}": will not able to create pod with invalid DNS label: ${name}-${spec['completions'] - 1}`,
          'name-label-syntax',
        );
      }
    },
  },
  'batch.v1.CronJob': {
    object(object, walk) {
      const name = string(record(object['metadata'])?.['name']) ?? '';
      if (name.length > 52)
        walk.fail(
          ['metadata', 'name'],
          name,
          `Invalid value: "${name}": must be no more than 52 characters`,
          'name-label-syntax',
        );
    },
  },
  'batch.v1.JobSpec': {
    fields: {
      parallelism: atLeast(0),
      completions: atLeast(0),
      activeDeadlineSeconds: atLeast(0),
      backoffLimit: atLeast(0),
      ttlSecondsAfterFinished: atLeast(0),
      backoffLimitPerIndex: since(29, atLeast(0)),
      maxFailedIndexes: since(29, atLeast(0)),
      completionMode: strictlyOneOf('NonIndexed', 'Indexed'),
      podReplacementPolicy: since(29, strictlyOneOf('TerminatingOrFailed', 'Failed')),
    },
    object: job,
  },
  'batch.v1.JobTemplateSpec': {
    object(object, walk) {
      const spec = record(object['spec']);
      if (record(spec?.['selector']))
        walk.fail(
          ['spec', 'selector'],
          spec?.['selector'],
          'Invalid value: `selector` will be auto-generated',
          'selector-matches-template',
          { fix: 'leave the selector out: the server makes one' },
        );
      if (spec?.['manualSelector'] === true)
        walk.fail(['spec', 'manualSelector'], true, 'Unsupported value: true: supported values: nil, false');
    },
  },
  'batch.v1.CronJobSpec': {
    fields: {
      schedule: (value) => (typeof value === 'string' && value !== '' ? scheduleProblem(value) : undefined),
      timeZone: (value) => (typeof value === 'string' ? timeZoneProblem(value) : undefined),
      concurrencyPolicy: oneOf('Allow', 'Forbid', 'Replace'),
      startingDeadlineSeconds: atLeast(0),
      successfulJobsHistoryLimit: atLeast(0),
      failedJobsHistoryLimit: atLeast(0),
    },
    topics: { schedule: 'cron-schedule-valid', timeZone: 'cron-schedule-valid' },
  },
  'batch.v1.PodFailurePolicy': { optional: ['rules'] },
  'batch.v1.PodFailurePolicyRule': {
    optional: ['onPodConditions'],
    fields: { action: strictlyOneOf('Ignore', 'FailIndex', 'FailJob', 'Count') },
    object(object, walk) {
      const codes = record(object['onExitCodes']);
      const conditions = list(object['onPodConditions']);
      if (codes && conditions.length > 0)
        walk.fail(
          ['onPodConditions'],
          conditions,
          'Invalid value: specifying both OnExitCodes and OnPodConditions is not supported',
        );
      if (!codes && conditions.length === 0)
        walk.fail([], undefined, 'Invalid value: specifying one of OnExitCodes and OnPodConditions is required');
    },
  },
  'batch.v1.PodFailurePolicyOnExitCodesRequirement': {
    object: exitCodes,
    fields: { operator: strictlyOneOf('In', 'NotIn') },
  },
  'core.v1.ReplicationController': {
    object(object, walk) {
      const spec = record(object['spec']);
      const selected = record(spec?.['selector']);
      const template = record(spec?.['template']);
      const podLabels = labelsOf(record(template?.['metadata'])?.['labels']);
      if (selected && Object.keys(selected).length > 0 && template && !selectsByMap(labelsOf(selected), podLabels)) {
        walk.fail(
          ['spec', 'template', 'metadata', 'labels'],
          podLabels,
          'Invalid value: `selector` does not match template `labels`',
          'selector-matches-template',
        );
      }
    },
  },
  'policy.v1.PodDisruptionBudgetSpec': {
    fields: {
      minAvailable: upToAll,
      maxUnavailable: upToAll,
      unhealthyPodEvictionPolicy: strictlyOneOf('IfHealthyBudget', 'AlwaysAllow'),
    },
    object(object, walk) {
      if (
        object['minAvailable'] !== undefined &&
        object['minAvailable'] !== null &&
        object['maxUnavailable'] !== undefined &&
        object['maxUnavailable'] !== null
      ) {
        walk.fail([], undefined, 'Invalid value: minAvailable and maxUnavailable cannot be both set');
      }
    },
  },
};
