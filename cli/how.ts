import { deliveryFacts } from '../model/delivered';
import type { KubernetesObject } from '../model/kubernetes';
import { isDefinition } from '../model/namespaced';
import type { Target } from '../model/target';
import { planTarget } from '../render/plan';
import type { Project } from './command';

/** How a target comes to its cluster, by who applies it: the commands, without those that the delivery has nothing for. */
export interface How {
  readonly target: string;
  readonly argocd?: readonly string[];
  readonly flux?: readonly string[];
  readonly kubectl: readonly string[];
}

/** The commands for rendered trees in `dist`. */
export function howOf<P>(project: Project<P>, targets: readonly Target<P>[]): How[] {
  return targets.map((target) => {
    const components = project.compose(target);
    const { objects } = planTarget(target, components);
    const all = components.flatMap((component) => component.objects);
    const files = new Map(
      project
        .deliver([{ target, objects, facts: deliveryFacts(all) }])
        .map(({ file, objects: made }) => [file, made] as const),
    );
    const folder = `dist/${target.path}`;
    const flux = `flux/${target.cluster.name}/flux.yaml`;
    const sets = `kubectl/${target.cluster.name}/applysets.yaml`;
    const set = files.get(sets)?.find(({ kind }) => kind === 'ApplySet')?.metadata.name;
    const definitions = all.some(isDefinition) ? [`kubectl apply --server-side -f ${folder}/0-crds.yaml`] : [];
    return {
      target: target.name,
      ...(files.has('argocd/applicationset.yaml')
        ? {
            argocd: [
              ...(files.has('argocd/settings/settings.yaml')
                ? ['kubectl apply --server-side --field-manager=strata -f dist/argocd/settings']
                : []),
              ...restartsOf(files.get('argocd/settings/settings.yaml') ?? []),
              'kubectl apply -f dist/argocd',
            ],
          }
        : {}),
      ...(files.has(flux) ? { flux: [`kubectl apply -f dist/${flux}`] } : {}),
      kubectl:
        set === undefined
          ? [...definitions, `kubectl apply --server-side -f ${folder}`]
          : [
              // Created and not applied: what it holds is kubectl's own.
              `kubectl apply -f dist/kubectl/${target.cluster.name}/definition.yaml`,
              'kubectl wait --for=condition=Established crd/applysets.strata.internal',
              `kubectl create -f dist/${sets}`,
              ...definitions,
              `KUBECTL_APPLYSET=true kubectl apply --server-side --prune --applyset=applysets.strata.internal/${set} -f ${folder}`,
            ],
    };
  });
}

/**
 * The ApplicationSet controller reads whether syncs are progressive when it starts. One that has not read it hands a commit to
 * all environments at once, so the set must not be there before.
 */
function restartsOf(settings: readonly KubernetesObject[]): string[] {
  const parameters = settings.find(({ metadata }) => metadata.name === 'argocd-cmd-params-cm');
  if (!parameters) return [];
  const which = `deployment --namespace=${parameters.metadata.namespace} --selector=app.kubernetes.io/component=applicationset-controller`;
  return [`kubectl rollout restart ${which}`, `kubectl rollout status ${which}`];
}

const NOTES = {
  argocd: 'Argo CD, once, where it runs; then it reads the repository',
  flux: 'Flux, once, in the cluster; then it reads the repository',
  kubectl: 'kubectl, in the cluster; all but the last line once',
} as const;

/** The commands as a person reads and copies them. */
export function howText(all: readonly How[]): string[] {
  return all.flatMap(({ target, ...how }, i) => [
    ...(i === 0 ? [] : ['']),
    target,
    ...(['argocd', 'flux', 'kubectl'] as const).flatMap((by) =>
      how[by] === undefined ? [] : [`  # ${noteOf(by, how[by])}`, ...how[by].map((line) => `  ${line}`)],
    ),
  ]);
}

function noteOf(by: keyof typeof NOTES, lines: readonly string[]): string {
  if (by !== 'kubectl' || lines.some((line) => line.includes('--prune'))) return NOTES[by];
  return 'kubectl, in the cluster; it deletes nothing: `kubectl: true` in the delivery lets it prune';
}
