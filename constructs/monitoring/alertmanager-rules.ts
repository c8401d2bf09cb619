import type { FlowEnd } from '../core/flow';
import type { Alert } from './alert';
import { matchersOf } from './series';

/** What Alertmanagers say of themselves: `replicas` of them belong together. */
export function alertmanagerRules(of: FlowEnd, replicas: number): Alert[] {
  return [cannotSend(of), reloadFailed(of), ...(replicas > 1 ? [outOfSync(of), incomplete(of, replicas)] : [])];
}

function cannotSend(of: FlowEnd): Alert {
  const own = matchersOf(of);
  const over = (metric: string) => `sum by (job, namespace, integration) (rate(${metric}{${own}}[5m]))`;
  const series = (metric: string) => `${metric}{${own},integration="slack",instance="a"}`;
  return {
    name: 'AlertmanagerCannotSend',
    expr: `${over('alertmanager_notifications_failed_total')} / (${over('alertmanager_notifications_total')} > 0) > 0.01`,
    for: '5m',
    severity: 'page',
    summary: 'Notifications by {{ $labels.integration }} fail in {{ $labels.namespace }}',
    description: 'Alerts fire and somebody is not told of them.',
    steps: [
      `Why? kubectl logs -n ${of.namespace.name} -l app.kubernetes.io/name=alertmanager names the receiver and the answer.`,
      'Refused: is the address or the key in the Secret of the receivers the right one? `npx strata secrets` tells what belongs there.',
      'No connection: does a policy or a firewall keep it from leaving the cluster?',
      'Until it works, look at the alerts in the page of Alertmanager: kubectl port-forward.',
    ],
    tests: [
      {
        name: 'one in ten fails, then none',
        series: {
          [series('alertmanager_notifications_failed_total')]: '0+1x20 20x20',
          [series('alertmanager_notifications_total')]: '0+10x40',
        },
        firing: { '4m': [], '12m': [{ ...labelsOf(of), integration: 'slack' }], '35m': [] },
      },
    ],
  };
}

function reloadFailed(of: FlowEnd): Alert {
  const series = `alertmanager_config_last_reload_successful{${matchersOf(of)}`;
  return {
    name: 'AlertmanagerConfigRefused',
    expr: `max_over_time(${series}}[5m]) == 0`,
    for: '10m',
    severity: 'ticket',
    summary: '{{ $labels.instance }} does not take its configuration',
    description: 'It goes on with the configuration before: changes of receivers and routes have no effect.',
    steps: [
      'The log of the pod names the line. amtool check-config says the same of the file.',
      'Take the change back, or mend it.',
    ],
    tests: [
      {
        name: 'a reload fails, the next one does not',
        series: { [`${series},instance="a"}`]: '1x2 0x20 1x10' },
        firing: { '10m': [], '20m': [{ ...labelsOf(of), instance: 'a' }], '25m': [] },
      },
    ],
  };
}

function outOfSync(of: FlowEnd): Alert {
  const series = `alertmanager_config_hash{${matchersOf(of)}`;
  return {
    name: 'AlertmanagerConfigsDiffer',
    expr: `count by (job, namespace) (count_values by (job, namespace) ("hash", ${series}})) > 1`,
    for: '20m',
    severity: 'ticket',
    summary: 'The Alertmanagers in {{ $labels.namespace }} have different configurations',
    description: 'Who is told depends on which of them tells; an alert may be told twice.',
    steps: [
      `Is a rollout stuck? kubectl get pods -n ${of.namespace.name} -l app.kubernetes.io/name=alertmanager`,
      'A pod that does not get ready: its init container says what is wrong with the new configuration.',
    ],
    tests: [
      {
        name: 'one of two has another one, then both have the same',
        series: { [`${series},instance="a"}`]: '7x60', [`${series},instance="b"}`]: '7x2 8x30 7x28' },
        firing: { '15m': [], '30m': [labelsOf(of)], '40m': [] },
      },
    ],
  };
}

function incomplete(of: FlowEnd, replicas: number): Alert {
  const series = `alertmanager_cluster_members{${matchersOf(of)}`;
  return {
    name: 'AlertmanagerClusterIncomplete',
    expr: `min by (job, namespace) (max_over_time(${series}}[5m])) < ${replicas}`,
    for: '15m',
    severity: 'ticket',
    summary: `Not all ${replicas} Alertmanagers in {{ $labels.namespace }} know each other`,
    description: 'Those that do not hear from each other tell the same alert each; silences hold at some of them only.',
    steps: [
      `Are all pods there, and ready? kubectl get pods -n ${of.namespace.name} -l app.kubernetes.io/name=alertmanager`,
      'Is port 9094 open between them, by TCP and by UDP? `strata flows why` tells.',
    ],
    tests: [
      {
        name: 'one leaves and comes back',
        series: { [`${series},instance="a"}`]: `${replicas}x5 ${replicas - 1}x30 ${replicas}x10` },
        firing: { '10m': [], '32m': [labelsOf(of)], '40m': [] },
      },
    ],
  };
}

function labelsOf({ metrics, namespace }: FlowEnd): Readonly<Record<string, string>> {
  return { job: metrics!.job, namespace: namespace.name };
}
