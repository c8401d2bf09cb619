import type { Resource } from '../../manifests/resource';
import { number, string } from '../../manifests/resource';
import type { ObjectChange } from '../object-change';
import type { RiskClass } from './classes';

/** An object that whoever applies the manifests makes again, so that no update of it is refused. */
export interface MadeAnew {
  readonly class: RiskClass;
  /** What happens, in a sentence without a full stop. */
  readonly message: string;
  /** What to do about it. @default - what the rule says */
  readonly advice?: string;
  /** An earlier one may still stand in the way, which is then refused. @default false */
  readonly isUncertain?: true;
}

/** How an object is made again where an update of it would be refused; undefined: it is updated, and the API server refuses that. */
export function madeAnew({ before, after }: ObjectChange): MadeAnew | undefined {
  if (!before || !after) return undefined;
  if (isGenerated(before) || isGenerated(after))
    return { class: 'in-place', message: 'each create makes another object, and none that is there is changed' };
  return asHook(after) ?? byForce(before, after) ?? afterItsEnd(before, after);
}

/** Whether the API server makes a name of its own for each object that is created (metadata.generateName without a name). */
export function isGenerated(resource: Resource): boolean {
  const [name, prefix] = ['name', 'generateName'].map((field) => string(resource.at(['metadata', field])) ?? '');
  return name === '' && prefix !== '';
}

/** What Helm and Argo CD do with hooks: unless they are told otherwise, they delete one before they make it again. */
const HOOKS = [
  {
    who: 'Helm',
    hook: 'helm.sh/hook',
    policy: 'helm.sh/hook-delete-policy',
    before: 'before-hook-creation',
    succeeded: 'hook-succeeded',
  },
  {
    who: 'Argo CD',
    hook: 'argocd.argoproj.io/hook',
    policy: 'argocd.argoproj.io/hook-delete-policy',
    before: 'BeforeHookCreation',
    succeeded: 'HookSucceeded',
  },
] as const;

function asHook({ annotations }: Resource): MadeAnew | undefined {
  const own = HOOKS.find(({ hook }) => annotations[hook] !== undefined);
  if (!own) return undefined;
  const { who, policy, before, succeeded } = own;
  const policies = optionsIn(annotations[policy]);
  if (policies.length === 0 || policies.includes(before))
    return { class: 'in-place', message: `it is a hook: ${who} deletes it, and makes it again with the next run` };
  // One that has failed stands in the way, but then what it belongs to has failed, too.
  return policies.includes(succeeded)
    ? {
        class: 'in-place',
        isUncertain: true,
        message: `it is a hook that ${who} deletes when it has succeeded: only one that has failed stands in the way`,
      }
    : undefined;
}

const FLUX_FORCE = 'kustomize.toolkit.fluxcd.io/force';
const ARGO_OPTIONS = 'argocd.argoproj.io/sync-options';

/** What deletes an object and makes it again by itself when the API server refuses an update of it. */
function byForce(before: Resource, after: Resource): MadeAnew | undefined {
  const who = isForcedByArgo(after) ? 'Argo CD' : [before, after].some(isForcedByFlux) ? 'Flux' : undefined;
  if (who === undefined) return undefined;
  const how = who === 'Flux' ? `${FLUX_FORCE}: enabled` : 'Force=true';
  if (after.kind === 'Job')
    return {
      class: 'restart',
      message: `${who} deletes it and makes it again (${how}): a run that goes on is stopped, and the Job runs again`,
      advice: 'make sure that the Job may run twice, and be stopped in the middle',
    };
  const held = HELD[after.kind];
  return {
    class: held === undefined ? 'immutable' : 'data-loss',
    message: `${who} deletes it and makes it again (${how})${held === undefined ? '' : `: ${held}`}`,
    advice: `take the option away unless that is meant: ${who} asks nobody before it deletes`,
  };
}

/** What goes with an object of a kind that is deleted. */
const HELD: Readonly<Record<string, string>> = {
  PersistentVolumeClaim: 'what its volume holds goes with it, unless the volume is retained',
  CustomResourceDefinition: 'every object of its kind goes with it',
};

/**
 * `kubectl replace --force` does it, and `kubectl apply --force`, but no server-side apply (gitops-engine/pkg/sync/sync_context.go,
 * kubectl/pkg/cmd/apply/patcher.go); definitions are not replaced.
 */
function isForcedByArgo({ kind, annotations }: Resource): boolean {
  const options = optionsIn(annotations[ARGO_OPTIONS]);
  if (!options.includes('Force=true')) return false;
  if (options.includes('Replace=true')) return kind !== 'CustomResourceDefinition' && kind !== 'Namespace';
  return !options.includes('ServerSideApply=true');
}

/** As a label or an annotation, of what is there or of what comes (fluxcd/pkg/ssa/manager_apply.go). */
function isForcedByFlux({ labels, annotations }: Resource): boolean {
  return [labels, annotations].some((each) => each[FLUX_FORCE]?.toLowerCase() === 'enabled');
}

/** Seconds. A Job that is gone so soon after its end is not there any more when the next change is applied. */
const SOON = 3600;

/** What the TTL controller does with the Job that is there. */
function afterItsEnd(before: Resource, after: Resource): MadeAnew | undefined {
  const ttl = ttlOf(before);
  if (after.kind !== 'Job' || ttl === undefined || ttl > SOON) return undefined;
  return {
    class: 'in-place',
    isUncertain: true,
    message: `the earlier Job is removed ${ttl} s after its end, and then this one is made; until then the API server refuses it`,
  };
}

/** Seconds after its end at which a Job goes by itself; undefined: it stays. */
export function ttlOf(job: Resource): number | undefined {
  return job.kind === 'Job' ? number(job.at(['spec', 'ttlSecondsAfterFinished'])) : undefined;
}

function optionsIn(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((option) => option.trim())
    .filter((option) => option !== '');
}
