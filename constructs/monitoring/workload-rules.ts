import type { Alert, AlertTest } from './alert';
import { stateLabel } from './object-state';
import type { RecordingRule } from './rule-groups';

/** The job of kube-state-metrics' series of objects, and that of its series of itself. */
export const STATE_JOB = 'kube-state-metrics';
export const STATE_OWN_JOB = 'kube-state-metrics-telemetry';

/** The namespaces that rules are about, where another target may be in the same cluster; undefined: all of them. */
export interface WatchedNamespaces {
  readonly namespaces: readonly string[] | undefined;
}

/** A matcher of the namespaces, none for all of them. */
export function namespaceMatchers({ namespaces }: WatchedNamespaces): string[] {
  if (namespaces === undefined) return [];
  const [first, ...others] = [...namespaces].sort();
  return [others.length === 0 ? `namespace="${first}"` : `namespace=~"${[first, ...others].join('|')}"`];
}

/** Where the tests of rules play. */
export function testedNamespace({ namespaces }: WatchedNamespaces): string {
  return namespaces === undefined ? 'shop' : [...namespaces].sort()[0]!;
}

/** What happens elsewhere is not told, where rules are about some namespaces alone. */
export function elsewhereTest(
  watched: WatchedNamespaces,
  series: Readonly<Record<string, string>>,
  at: keyof AlertTest['firing'],
): AlertTest[] {
  if (watched.namespaces === undefined) return [];
  const here = `namespace="${testedNamespace(watched)}"`;
  const moved = Object.entries(series).map(([name, values]) => [
    name.replaceAll(here, 'namespace="somebody-elses"'),
    values,
  ]);
  return [
    { name: 'it is the same in a namespace of somebody else', series: Object.fromEntries(moved), firing: { [at]: [] } },
  ];
}

const APP = 'app.kubernetes.io/name';
const APP_LABEL = stateLabel(APP);
const POD = '{{ $labels.namespace }}/{{ $labels.pod }}';
const APP_OF_POD = `{{ with $labels.${APP_LABEL} }} of {{ . }}{{ end }}`;
const PER_CONTAINER = 'by (namespace, pod, container)';

/** Without a place in a registry the kubelet knows no image; the two words take turns. */
const NO_IMAGE =
  'ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|ImageInspectError|RegistryUnavailable';
const CRASHES = 'CrashLoopBackOff';

/**
 * How many pods of a Deployment are not of its newest revision: more than none is a rollout that is under way. Neither the generation of
 * the Deployment tells it, which every scaling moves too, nor the number of its pods. One that is over between two scrapes is not seen.
 */
export const OUTDATED_PODS = 'deployment:outdated_pods:count';

export function workloadRecordings(watched: WatchedNamespaces): RecordingRule[] {
  const of = selector(watched);
  return [
    {
      record: OUTDATED_PODS,
      expr: `max by (namespace, deployment) (${of('kube_deployment_status_replicas')}) - max by (namespace, deployment) (${of('kube_deployment_status_replicas_updated')})`,
    },
  ];
}

/** What somebody has to do about workloads, by the state of their objects. */
export function workloadAlerts(watched: WatchedNamespaces): Alert[] {
  const { namespaces } = watched;
  return [
    crashLoops(watched),
    noImage(watched),
    notReady(watched),
    outOfMemory(watched),
    deploymentStuck(watched),
    statefulSetStuck(watched),
    daemonSetStuck(watched),
    jobFailed(watched),
    autoscalerAtMaximum(watched),
    // Nodes are nobody's own where several targets share them.
    ...(namespaces === undefined ? [nodeNotReady()] : []),
    ...stateUnknown(),
  ];
}

function selector(watched: WatchedNamespaces): (series: string, ...matchers: string[]) => string {
  return (series, ...matchers) =>
    `${series}{${[`job="${STATE_JOB}"`, ...namespaceMatchers(watched), ...matchers].join(',')}}`;
}

/** A series as a test gives it. */
function sample(watched: WatchedNamespaces): (series: string, labels: string) => string {
  return (series, labels) => `${series}{job="${STATE_JOB}",namespace="${testedNamespace(watched)}",${labels}}`;
}

/** Adds whose pod it is. */
function withApp(watched: WatchedNamespaces, expr: string): string {
  const labels = selector(watched)('kube_pod_labels');
  return `${expr} * on (namespace, pod) group_left (${APP_LABEL}) max by (namespace, pod, ${APP_LABEL}) (${labels})`;
}

/** Why containers wait: those that start before the others, too. */
function waiting(watched: WatchedNamespaces, reasons: string, window = ''): string {
  const of = selector(watched);
  const each = (series: string) => {
    const selected = `${of(series, `reason=~"${reasons}"`)}${window}`;
    return `max ${PER_CONTAINER} (${window === '' ? selected : `max_over_time(${selected})`})`;
  };
  return `(${each('kube_pod_container_status_waiting_reason')} or ${each('kube_pod_init_container_status_waiting_reason')})`;
}

function crashLoops(watched: WatchedNamespaces): Alert {
  const of = sample(watched);
  const place = { namespace: testedNamespace(watched), pod: 'web-1', container: 'web', [APP_LABEL]: 'web' };
  const pod = { [of('kube_pod_labels', `pod="web-1",${APP_LABEL}="web"`)]: '1x60' };
  const reason = (series: string, word: string) => of(series, `pod="web-1",container="web",reason="${word}"`);
  const main = 'kube_pod_container_status_waiting_reason';
  // Up for a minute between two pauses of five.
  const crashing = { ...pod, [reason(main, CRASHES)]: '_ 1x4 _ 1x4 _ 1x4 _ 1x4 _ _x40' };
  return {
    name: 'PodCrashLoops',
    // Not by the number of restarts: the pauses grow to five minutes, and few restarts fall into any window. The reason goes while it runs.
    expr: withApp(watched, waiting(watched, CRASHES, '[6m]')),
    objectLabels: { pods: [APP] },
    for: '10m',
    severity: 'ticket',
    summary: `${POD}: container {{ $labels.container }}${APP_OF_POD} ends again and again`,
    description: 'It runs for moments only, and the kubelet waits up to five minutes before it starts it again.',
    steps: [
      'What did it write last? kubectl logs POD -c CONTAINER --previous',
      'How did it end? kubectl describe pod: OOMKilled is memory, 137 with a failed liveness probe is the probe, 1 mostly a setting.',
      'It began with a rollout: kubectl rollout undo, or take the commit back.',
    ],
    tests: [
      { name: 'it crashes, and is mended', series: crashing, firing: { '8m': [], '18m': [place], '40m': [] } },
      {
        name: 'a container that starts before the others crashes',
        series: { ...pod, [reason('kube_pod_init_container_status_waiting_reason', CRASHES)]: '1x30' },
        firing: { '5m': [], '15m': [place] },
      },
      {
        name: 'it crashed once',
        series: { ...pod, [reason(main, CRASHES)]: '1x2 _x40' },
        firing: { '5m': [], '15m': [] },
      },
      {
        name: 'it waits for something else',
        series: { ...pod, [reason(main, 'ContainerCreating')]: '1x30' },
        firing: { '20m': [] },
      },
      ...elsewhereTest(watched, crashing, '18m'),
    ],
  };
}

function noImage(watched: WatchedNamespaces): Alert {
  const of = sample(watched);
  const place = { namespace: testedNamespace(watched), pod: 'web-1', container: 'web', [APP_LABEL]: 'web' };
  const reason = (word: string) =>
    of('kube_pod_container_status_waiting_reason', `pod="web-1",container="web",reason="${word}"`);
  const turns = {
    [of('kube_pod_labels', `pod="web-1",${APP_LABEL}="web"`)]: '1x60',
    [reason('ErrImagePull')]: '1x2 _x2 1x2 _x2 1x2 _x2 1 _x40',
    [reason('ImagePullBackOff')]: '_x3 1x1 _x4 1x1 _x3 1x4 _x40',
  };
  return {
    name: 'ImageCannotBePulled',
    expr: withApp(watched, waiting(watched, NO_IMAGE, '[2m]')),
    objectLabels: { pods: [APP] },
    for: '10m',
    severity: 'ticket',
    summary: `${POD}: the image of container {{ $labels.container }}${APP_OF_POD} cannot be pulled`,
    description: 'The pod does not start, and a rollout does not go on.',
    steps: [
      'What does the registry answer? kubectl describe pod names it under Events.',
      'Not found: is the tag there, and for this machine’s architecture? Was it deleted by a rule of the registry?',
      'Denied: is the Secret with the credentials in this namespace, and still valid?',
    ],
    tests: [
      {
        name: 'both reasons take turns, and then it is there',
        series: turns,
        firing: { '8m': [], '14m': [place], '40m': [] },
      },
      {
        name: 'it is pulled for long, and nothing is wrong',
        series: {
          [of('kube_pod_labels', `pod="web-1",${APP_LABEL}="web"`)]: '1x60',
          [reason('ContainerCreating')]: '1x60',
        },
        firing: { '30m': [] },
      },
      ...elsewhereTest(watched, turns, '14m'),
    ],
  };
}

function notReady(watched: WatchedNamespaces): Alert {
  const of = selector(watched);
  const at = sample(watched);
  const place = { namespace: testedNamespace(watched), pod: 'web-1', [APP_LABEL]: 'web' };
  const pod = (ready: string, phase = 'Running') => ({
    [at('kube_pod_labels', `pod="web-1",${APP_LABEL}="web"`)]: '1x90',
    [at('kube_pod_status_ready', 'pod="web-1",condition="true"')]: ready,
    [at('kube_pod_status_phase', `pod="web-1",phase="${phase}"`)]: '1x90',
  });
  const broken = pod('1x2 0x30 1x30');
  const bare = 'max by (namespace, pod)';
  return {
    name: 'PodNotReady',
    // What crashes or has no image is not ready either: its own alert tells more.
    expr: withApp(
      watched,
      `((${bare} (${of('kube_pod_status_ready', 'condition="true"')}) == 0 and ${bare} (${of('kube_pod_status_phase', 'phase=~"Pending|Running|Unknown"')}) > 0) unless on (namespace, pod) ${waiting(watched, `${CRASHES}|${NO_IMAGE}`, '[6m]')})`,
    ),
    objectLabels: { pods: [APP] },
    for: '15m',
    severity: 'ticket',
    summary: `${POD}${APP_OF_POD} has not been ready for a quarter of an hour`,
    description: 'It gets no requests, and what it should do is done by fewer pods, or by none.',
    steps: [
      'Pending: kubectl describe pod says why no node takes it; `npx strata simulate schedule` says the same beforehand.',
      'Running: its readiness probe fails; what it answers stands under Events. What does it wait for?',
      'Its node is gone: kubectl get nodes; the pod is made anew elsewhere, unless its volume cannot follow.',
    ],
    tests: [
      { name: 'its probe fails, then it does not', series: broken, firing: { '10m': [], '20m': [place], '40m': [] } },
      { name: 'it is pending', series: pod('0x60', 'Pending'), firing: { '10m': [], '20m': [place] } },
      { name: 'it has done its work', series: pod('0x60', 'Succeeded'), firing: { '30m': [] } },
      {
        name: 'it crashes, which is told by another alert',
        series: {
          ...pod('0x60'),
          [at('kube_pod_container_status_waiting_reason', `pod="web-1",container="web",reason="${CRASHES}"`)]: '1x60',
        },
        firing: { '30m': [] },
      },
      ...elsewhereTest(watched, broken, '20m'),
    ],
  };
}

function outOfMemory(watched: WatchedNamespaces): Alert {
  const of = selector(watched);
  const at = sample(watched);
  const place = { namespace: testedNamespace(watched), pod: 'web-1', container: 'web', [APP_LABEL]: 'web' };
  const ended = (why: string) => ({
    [at('kube_pod_labels', `pod="web-1",${APP_LABEL}="web"`)]: '1x60',
    [at('kube_pod_container_status_last_terminated_reason', `pod="web-1",container="web",reason="${why}"`)]:
      '_ _ _ 1x57',
    // At the third minute.
    [at('kube_pod_container_status_last_terminated_timestamp', 'pod="web-1",container="web"')]: '_ _ _ 180x57',
  });
  return {
    name: 'ContainerOutOfMemory',
    expr: withApp(
      watched,
      `(max ${PER_CONTAINER} (${of('kube_pod_container_status_last_terminated_reason', 'reason="OOMKilled"')}) and time() - max ${PER_CONTAINER} (${of('kube_pod_container_status_last_terminated_timestamp')}) < 900)`,
    ),
    objectLabels: { pods: [APP] },
    severity: 'ticket',
    summary: `${POD}: container {{ $labels.container }}${APP_OF_POD} was killed for its memory`,
    description: 'It used more memory than its limit. Requests in flight were lost, and it happens again.',
    steps: [
      'How much does it use before it ends? container_memory_working_set_bytes of the pod.',
      'It grows without an end: find the leak. A burst: limit what it does at a time.',
      'It needs that much: raise memory and memoryLimit in its resources.',
    ],
    tests: [
      {
        name: 'it was killed once',
        series: ended('OOMKilled'),
        firing: { '2m': [], '5m': [place], '17m': [place], '19m': [] },
      },
      { name: 'it ended otherwise', series: ended('Error'), firing: { '5m': [] } },
      ...elsewhereTest(watched, ended('OOMKilled'), '5m'),
    ],
  };
}

function deploymentStuck(watched: WatchedNamespaces): Alert {
  const of = selector(watched);
  const at = sample(watched);
  const place = { namespace: testedNamespace(watched), deployment: 'web' };
  const progressing = (status: string) =>
    at(
      'kube_deployment_status_condition',
      `deployment="web",condition="Progressing",reason="ProgressDeadlineExceeded",status="${status}"`,
    );
  const stuck = { [progressing('false')]: '0x2 1x20 0x20' };
  return {
    name: 'DeploymentRolloutStuck',
    expr: `max by (namespace, deployment) (${of('kube_deployment_status_condition', 'condition="Progressing"', 'status="false"')}) == 1`,
    for: '2m',
    severity: 'ticket',
    summary: '{{ $labels.namespace }}/{{ $labels.deployment }}: the rollout does not go on',
    description:
      'No new pod became ready within progressDeadlineSeconds (ten minutes, if nothing else is said). The pods of before still answer; what was rolled out does not.',
    steps: [
      'Why are its new pods not ready? kubectl get pods, then kubectl describe pod and kubectl logs.',
      'No pods at all: kubectl describe replicaset names the quota or the policy that refuses them.',
      'Take it back: kubectl rollout undo, or the commit.',
    ],
    tests: [
      {
        name: 'its deadline passes, and it is taken back',
        series: stuck,
        firing: { '2m': [], '6m': [place], '30m': [] },
      },
      {
        name: 'it goes on, or another condition is false',
        series: {
          [progressing('true')]: '1x20',
          [at(
            'kube_deployment_status_condition',
            'deployment="web",condition="Available",reason="MinimumReplicasUnavailable",status="false"',
          )]: '1x20',
        },
        firing: { '10m': [] },
      },
      ...elsewhereTest(watched, stuck, '6m'),
    ],
  };
}

function statefulSetStuck(watched: WatchedNamespaces): Alert {
  const of = selector(watched);
  const at = sample(watched);
  const place = { namespace: testedNamespace(watched), statefulset: 'redis' };
  const per = 'by (namespace, statefulset)';
  const set = (current: Record<string, string>, update: Record<string, string>, updated: string) => ({
    ...named(current, (revision) =>
      at('kube_statefulset_status_current_revision', `statefulset="redis",revision="${revision}"`),
    ),
    ...named(update, (revision) =>
      at('kube_statefulset_status_update_revision', `statefulset="redis",revision="${revision}"`),
    ),
    [at('kube_statefulset_status_replicas_updated', 'statefulset="redis"')]: updated,
  });
  const stuck = set({ a: '1x40', b: '_x41 1x20' }, { a: '1 _x60', b: '_ 1x60' }, '1x60');
  return {
    name: 'StatefulSetRolloutStuck',
    // With one pod the newest revision counts it as soon as it exists: only the revisions tell that it never became ready.
    expr: `max ${per} (${of('kube_statefulset_status_current_revision')} unless ${of('kube_statefulset_status_update_revision')}) unless max ${per} (changes(${of('kube_statefulset_status_replicas_updated')}[10m])) > 0`,
    for: '15m',
    severity: 'ticket',
    summary: '{{ $labels.namespace }}/{{ $labels.statefulset }}: the rollout does not go on',
    description:
      'The newest of its pods does not become ready, and the others wait for it. A StatefulSet with partition or OnDelete always looks so.',
    steps: [
      'Which pod is not ready, and why? kubectl get pods, kubectl describe pod, kubectl logs.',
      'Take the commit back. A pod that never became ready must then be deleted by hand: the controller waits for it.',
    ],
    tests: [
      {
        name: 'its one pod does not become ready, then it does',
        series: stuck,
        firing: { '10m': [], '20m': [place], '50m': [] },
      },
      {
        name: 'pod after pod is replaced',
        series: set({ a: '1x40', b: '_x41 1x20' }, { a: '1 _x60', b: '_ 1x60' }, '3 0x7 1x8 2x8 3x40'),
        firing: { '20m': [], '30m': [] },
      },
      ...elsewhereTest(watched, stuck, '20m'),
    ],
  };
}

function daemonSetStuck(watched: WatchedNamespaces): Alert {
  const of = selector(watched);
  const at = sample(watched);
  const place = { namespace: testedNamespace(watched), daemonset: 'agent' };
  const per = 'by (namespace, daemonset)';
  const set = (updated: string) => ({
    [at('kube_daemonset_status_desired_number_scheduled', 'daemonset="agent"')]: '3x90',
    [at('kube_daemonset_status_updated_number_scheduled', 'daemonset="agent"')]: updated,
  });
  const stuck = set('3 0x3 1x40 3x30');
  const updated = of('kube_daemonset_status_updated_number_scheduled');
  return {
    name: 'DaemonSetRolloutStuck',
    expr: `max ${per} (${updated}) < max ${per} (${of('kube_daemonset_status_desired_number_scheduled')}) unless max ${per} (changes(${updated}[10m])) > 0`,
    for: '15m',
    severity: 'ticket',
    summary: '{{ $labels.namespace }}/{{ $labels.daemonset }}: the rollout does not go on',
    description: 'On some nodes there is still the pod of before, or none. One with OnDelete always looks so.',
    steps: [
      'Which pod is not ready, on which node, and why? kubectl get pods -o wide, kubectl describe pod.',
      'A node without room or with a taint: kubectl describe node.',
      'Take it back: kubectl rollout undo, or the commit.',
    ],
    tests: [
      {
        name: 'it stops at the first node, and goes on',
        series: stuck,
        firing: { '20m': [], '32m': [place], '60m': [] },
      },
      { name: 'node after node', series: set('3 0x6 1x7 2x7 3x60'), firing: { '15m': [], '25m': [], '40m': [] } },
      ...elsewhereTest(watched, stuck, '32m'),
    ],
  };
}

function jobFailed(watched: WatchedNamespaces): Alert {
  const of = selector(watched);
  const at = sample(watched);
  const place = { namespace: testedNamespace(watched), job_name: 'backup-1' };
  const failed = (values: string) => ({ [at('kube_job_failed', 'job_name="backup-1",condition="true"')]: values });
  const ofCronJob = {
    ...failed('_ 1x60'),
    [at('kube_job_owner', 'job_name="backup-1",owner_kind="CronJob",owner_name="backup",owner_is_controller="true"')]:
      '1x60',
    [at('kube_job_status_start_time', 'job_name="backup-1"')]: '30x60',
    // Before it: at the beginning; after it: at the twentieth minute.
    [at('kube_cronjob_status_last_successful_time', 'cronjob="backup"')]: '10x19 1200x40',
  };
  const owner = `label_replace(${of('kube_job_owner', 'owner_kind="CronJob"')}, "cronjob", "$1", "owner_name", "(.+)")`;
  const started = `max by (namespace, job_name, cronjob) (${owner} * on (namespace, job_name) group_left () ${of('kube_job_status_start_time')})`;
  const succeeded = `max by (namespace, cronjob) (${of('kube_cronjob_status_last_successful_time')})`;
  return {
    name: 'JobFailed',
    // A CronJob keeps failed Jobs: one that has succeeded since is past.
    expr: `max by (namespace, job_name) (${of('kube_job_failed', 'condition="true"')}) == 1 unless on (namespace, job_name) ${started} < on (namespace, cronjob) group_left () ${succeeded}`,
    severity: 'ticket',
    summary: '{{ $labels.namespace }}/{{ $labels.job_name }} has failed',
    description: 'What it should do was not done, and nothing tries it again.',
    steps: [
      'Why? kubectl describe job names the reason; kubectl logs job/NAME what its last pod wrote.',
      'When the cause is gone, do it again: kubectl create job --from=cronjob/NAME, or apply the Job anew.',
      'It was done by hand, or need not be: delete the Job, which ends the alert.',
    ],
    tests: [
      {
        name: 'it fails, and is deleted',
        series: failed('_ _ 1x20 _x20'),
        firing: { '1m': [], '5m': [place], '30m': [] },
      },
      { name: 'it has not failed', series: failed('0x20'), firing: { '5m': [] } },
      { name: 'its CronJob succeeds later', series: ofCronJob, firing: { '15m': [place], '25m': [] } },
      ...elsewhereTest(watched, failed('1x20'), '5m'),
    ],
  };
}

function autoscalerAtMaximum(watched: WatchedNamespaces): Alert {
  const of = selector(watched);
  const at = sample(watched);
  const place = { namespace: testedNamespace(watched), horizontalpodautoscaler: 'web' };
  const per = 'by (namespace, horizontalpodautoscaler)';
  const labels = 'horizontalpodautoscaler="web"';
  const scaler = (desired: string, limited: string, max = 4) => ({
    [at('kube_horizontalpodautoscaler_status_desired_replicas', labels)]: desired,
    [at('kube_horizontalpodautoscaler_spec_max_replicas', labels)]: `${max}x60`,
    [at('kube_horizontalpodautoscaler_status_condition', `${labels},condition="ScalingLimited",status="true"`)]:
      limited,
  });
  const short = scaler('2x4 4x30 3x20', '0x4 1x30 0x20');
  return {
    name: 'AutoscalerAtMaximum',
    // At its minimum it counts as limited, too; and what needs just the maximum is not short of anything.
    expr: `max ${per} (${of('kube_horizontalpodautoscaler_status_condition', 'condition="ScalingLimited"', 'status="true"')}) == 1 and max ${per} (${of('kube_horizontalpodautoscaler_status_desired_replicas')}) >= max ${per} (${of('kube_horizontalpodautoscaler_spec_max_replicas')})`,
    for: '15m',
    severity: 'ticket',
    summary: '{{ $labels.namespace }}/{{ $labels.horizontalpodautoscaler }} would have more pods than it may',
    description: 'The load is more than its pods are sized for: answers become slow.',
    steps: [
      'Is it load that should be there? Rate of requests by route; a client that tries again and again.',
      'Is there room for more? `npx strata plan capacity`; then raise autoscaling.max.',
      'One pod does less than before: compare with the version before.',
    ],
    tests: [
      { name: 'it needs more for a while', series: short, firing: { '15m': [], '25m': [place], '45m': [] } },
      { name: 'it stays at its minimum', series: scaler('1x40', '1x40'), firing: { '30m': [] } },
      { name: 'it needs just what it has', series: scaler('4x40', '0x40'), firing: { '30m': [] } },
      ...elsewhereTest(watched, short, '25m'),
    ],
  };
}

function nodeNotReady(): Alert {
  const all = { namespaces: undefined };
  const series = `kube_node_status_condition{job="${STATE_JOB}",node="a",condition="Ready",status="true"}`;
  return {
    name: 'NodeNotReady',
    expr: `max by (node) (${selector(all)('kube_node_status_condition', 'condition="Ready"', 'status="true"')}) == 0`,
    for: '5m',
    severity: 'ticket',
    summary: '{{ $labels.node }} is not ready',
    description:
      'Its kubelet does not report, or says that it cannot run pods. After five minutes its pods are made anew on other nodes.',
    steps: [
      'What does it say? kubectl describe node, under Conditions: pressure, the network plugin, or nothing at all any more.',
      'Nothing any more: does the machine run? Then its kubelet: systemctl status kubelet, journalctl -u kubelet.',
      'It does not come back: kubectl drain, then replace it. Volumes that only it can reach are lost with it.',
    ],
    tests: [
      {
        name: 'its kubelet is silent, and speaks again',
        series: { [series]: '1x2 0x10 1x10' },
        firing: { '5m': [], '10m': [{ node: 'a' }], '15m': [] },
      },
    ],
  };
}

/** Rules about objects are silent where nobody says how they are. */
function stateUnknown(): Alert[] {
  const up = `up{job="${STATE_JOB}"}`;
  const failures = 'kube_state_metrics_list_total';
  return [
    {
      name: 'ObjectStateUnknown',
      expr: `absent(${up} == 1)`,
      for: '10m',
      severity: 'ticket',
      summary: 'Nobody says how the objects of the cluster are',
      description: 'No alert about pods, rollouts, Jobs and autoscalers can fire.',
      steps: [
        `Does its pod run? kubectl get pods -A -l app.kubernetes.io/name=${STATE_JOB}`,
        'It runs and is not scraped: Status > Target health in the page of Prometheus shows the error.',
      ],
      tests: [
        {
          name: 'it goes, and comes back',
          series: { [`up{job="${STATE_JOB}",instance="a"}`]: '1x2 0x3 _x12 1x10' },
          firing: { '5m': [], '15m': [{}], '22m': [] },
        },
      ],
    },
    {
      name: 'ObjectsCannotBeListed',
      expr: `sum by (job, namespace, resource) (increase(${failures}{job="${STATE_OWN_JOB}",result="error"}[10m])) > 0`,
      for: '15m',
      severity: 'ticket',
      summary: `${STATE_JOB} in {{ $labels.namespace }} cannot list {{ $labels.resource }}`,
      description: 'Alerts about these objects cannot fire, or tell how they were before.',
      steps: [
        `kubectl logs -l app.kubernetes.io/name=${STATE_JOB} names the error: forbidden is its Role, not found an API that the cluster does not serve.`,
      ],
      tests: [
        {
          name: 'a right is missing, and is given',
          series: {
            [`${failures}{job="${STATE_OWN_JOB}",namespace="shop",pod="a",resource="*v1.Pod",result="error"}`]:
              '0x2 1+1x30 31x40',
          },
          firing: { '10m': [], '25m': [{ job: STATE_OWN_JOB, namespace: 'shop', resource: '*v1.Pod' }], '60m': [] },
        },
      ],
    },
  ];
}

function named(values: Readonly<Record<string, string>>, name: (key: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, each]) => [name(key), each]));
}
