import type { FlowEnd } from '../../core/flow';
import { Workload } from '../../core/workload';
import type { EventMark } from './dashboard';

/**
 * What kube-state-metrics has to be told so that it exposes what marks rollouts (`--metric-annotations-allowlist`): the revision of a
 * Deployment is an annotation, and the number only moves with the pod template.
 */
const ROLLOUT_ANNOTATIONS = { deployments: ['deployment.kubernetes.io/revision'] } as const;

/** How long the beginning of a revision is marked; at longer steps of a graph marks could fall between two of them. */
const MARKED = '5m';

/**
 * The marks of rollouts, from kube-state-metrics. `kube_deployment_metadata_generation` and the generation that was observed move with each
 * scaling too, and a ReplicaSet's creation does not come again when a revision is taken back. The revision of a Deployment is counted up by
 * rollouts and rollbacks alone; that of a StatefulSet is the hash of its template. A DaemonSet is never scaled, so its generation will do.
 */
export function rolloutMarks(of: { readonly matchers: string } | { readonly workload: FlowEnd }): EventMark[] {
  const kinds = [
    {
      kind: 'Deployment',
      label: 'deployment',
      name: 'Rollouts of Deployments',
      expr: (matchers: string) =>
        isNew(
          `kube_deployment_annotations{${both(matchers, 'annotation_deployment_kubernetes_io_revision!=""')}}`,
          'deployment',
          'annotation_deployment_kubernetes_io_revision',
        ),
      revision: ', revision {{annotation_deployment_kubernetes_io_revision}}',
      annotations: { objectAnnotations: ROLLOUT_ANNOTATIONS },
    },
    {
      kind: 'StatefulSet',
      label: 'statefulset',
      name: 'Rollouts of StatefulSets',
      expr: (matchers: string) =>
        isNew(`kube_statefulset_status_update_revision{${matchers}}`, 'statefulset', 'revision'),
      revision: ', revision {{revision}}',
    },
    {
      kind: 'DaemonSet',
      label: 'daemonset',
      name: 'Rollouts of DaemonSets',
      expr: (matchers: string) =>
        `max by (namespace, daemonset) (changes(kube_daemonset_metadata_generation{${matchers}}[${MARKED}])) > 0`,
      revision: '',
    },
  ];
  return kinds
    .filter(({ kind }) => 'matchers' in of || kindOf(of.workload) === kind)
    .map(({ label, name, expr, revision, annotations = {} }) => ({
      name,
      expr: expr(
        'matchers' in of ? of.matchers : `namespace="${of.workload.namespace.name}",${label}="${of.workload.app}"`,
      ),
      text: `{{namespace}}/{{${label}}} is rolled out${revision}`,
      tags: ['namespace', label],
      colour: 'blue' as const,
      ...annotations,
      mayBeEmpty: 'nothing was rolled out in these minutes',
    }));
}

/**
 * Where a series with this label is there that was not a while ago, of an object that was there already: neither a new object nor the
 * return of kube-state-metrics is a rollout.
 */
function isNew(series: string, object: string, revision: string): string {
  const each = `by (namespace, ${object}, ${revision})`;
  const there = `count by (namespace, ${object}) (${series} offset ${MARKED})`;
  return `count ${each} (${series}) unless count ${each} (${series} offset ${MARKED}) and on (namespace, ${object}) ${there}`;
}

function both(...matchers: readonly string[]): string {
  return matchers.filter(Boolean).join(',');
}

function kindOf(workload: FlowEnd): string | undefined {
  return workload instanceof Workload ? workload.controller.kind : undefined;
}
