import { StrataError } from '../../model/errors';
import type { KubernetesObject } from '../../model/kubernetes';
import { objectName, SYNC_HOOK, SYNC_WAVE } from '../../model/kubernetes';
import type { GivenManifest } from './given';
import { namesOf } from './without';

const [HOOK, WEIGHT, DELETE] = ['helm.sh/hook', 'helm.sh/hook-weight', 'helm.sh/hook-delete-policy'];
const DELETE_POLICY = 'argocd.argoproj.io/hook-delete-policy';

/** Argo CD takes install and upgrade for the same thing: a sync. */
const PHASES: Readonly<Record<string, string>> = {
  'pre-install': 'PreSync',
  'pre-upgrade': 'PreSync',
  'post-install': 'PostSync',
  'post-upgrade': 'PostSync',
  'post-delete': 'PostDelete',
};
const POLICIES: Readonly<Record<string, string>> = {
  'before-hook-creation': 'BeforeHookCreation',
  'hook-succeeded': 'HookSucceeded',
  'hook-failed': 'HookFailed',
};
/** Run by `helm test` alone. */
const TESTS: ReadonlySet<string> = new Set(['test', 'test-success', 'test-failure']);
/** A rollback is a sync of an earlier commit, and runs what a sync runs. */
const ROLLBACKS: ReadonlySet<string> = new Set(['pre-rollback', 'post-rollback']);

/** Objects with Helm's hooks as hooks of Argo CD; tests are left out, and what cannot be said is refused. */
export function withSyncHooks(given: readonly GivenManifest[]): GivenManifest[] {
  return given.flatMap(({ object, place }) => {
    const { [HOOK!]: hook, [WEIGHT!]: weight, [DELETE!]: policy, ...annotations } = object.metadata.annotations ?? {};
    const events = wordsOf(hook);
    if (hook === undefined) return [{ object, place }];
    if (events.every((event) => TESTS.has(event)) && events.length > 0) return [];
    // Helm's old way to say that it is a definition.
    if (events.length === 1 && events[0] === 'crd-install')
      return [{ object: withAnnotations(object, annotations), place }];
    const meant = events.filter((event) => !TESTS.has(event) && !ROLLBACKS.has(event));
    const odd = meant.find((event) => PHASES[event] === undefined);
    if (odd !== undefined || meant.length === 0) throw refused(object, place, odd ?? events[0] ?? '');
    const phases = [...new Set(meant.map((event) => PHASES[event]!))];
    const policies = wordsOf(policy).flatMap((word) => POLICIES[word] ?? []);
    return [
      {
        place,
        object: withAnnotations(object, {
          ...annotations,
          [SYNC_HOOK]: phases.join(','),
          ...(weight === undefined ? {} : { [SYNC_WAVE]: waveOf(object, place, weight) }),
          ...(policies.length > 0 ? { [DELETE_POLICY]: policies.join(',') } : {}),
        }),
      },
    ];
  });
}

function wordsOf(value: string | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean);
}

function waveOf(object: KubernetesObject, place: string, weight: string): string {
  if (/^[-+]?\d+$/.test(weight.trim())) return String(Number(weight));
  throw new StrataError(
    place,
    `${objectName(object)}: ${WEIGHT} is ${JSON.stringify(weight)}, and must be an integer`,
    ['correct the chart'],
  );
}

function refused(object: KubernetesObject, place: string, event: string): StrataError {
  const why =
    event === 'pre-delete'
      ? 'not every Argo CD runs something before it deletes an application, and kubectl never does'
      : ROLLBACKS.has(event)
        ? 'a rollback is a sync of an earlier commit, so nothing runs at a rollback alone'
        : 'Helm knows no such hook';
  return new StrataError(place, `${objectName(object)} is a hook for ${event || 'nothing'}: ${why}`, [
    `leave it out: without: ['${namesOf(object)[0]}']`,
    'switch it off by a value of the chart',
  ]);
}

function withAnnotations(object: KubernetesObject, annotations: Readonly<Record<string, string>>): KubernetesObject {
  const { annotations: _, ...metadata } = object.metadata;
  return {
    ...object,
    metadata: { ...metadata, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
  };
}
