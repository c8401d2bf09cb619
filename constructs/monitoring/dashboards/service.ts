import type { FlowEnd, RequestMetrics } from '../../core/flow';
import { Workload } from '../../core/workload';
import { ERROR_RATIO, LATENCY, REQUEST_RATE } from '../requests';
import { matchersOf } from '../series';
import type { Dashboard, DashboardPanel, DashboardRow } from './dashboard';
import { uidOf } from './dashboard';
import { podsPanels } from './pods';
import { rolloutMarks } from './rollouts';
import type { Watched } from './watched';
import { measured } from './watched';

const NOBODY_ASKS = 'nobody asks, so no share of the requests fails';

/** A workload that says how it counts requests. */
export function answersRequests(
  workload: FlowEnd,
): workload is FlowEnd & { readonly metrics: { readonly requests: RequestMetrics } } {
  return workload.metrics?.requests !== undefined;
}

/** Rate, errors and duration (RED) of a service's requests, how full its pods are, and the same of what its flows lead to. */
export function serviceDashboard(service: FlowEnd, watched: Watched): Dashboard {
  const { app } = service;
  const { objects } = measured(watched);
  const around = neighbours(service);
  return {
    uid: uidOf('service', app),
    title: `Service: ${app}`,
    description: `Requests to ${app}: how many, how many of them fail, how long they take; how full its pods are, and what it depends on.`,
    variables: [{ name: 'instance', label: 'Instance', of: `up{${matchersOf(service)}}`, values: 'instance' }],
    marks: [
      ...(objects ? rolloutMarks({ workload: service }) : []),
      {
        name: 'Alerts',
        expr: `max by (alertname, severity) (ALERTS{alertstate="firing",${matchersOf(service)}})`,
        text: '{{alertname}} fires ({{severity}})',
        tags: ['alertname', 'severity'],
        colour: 'red',
        mayBeEmpty: 'no alert fires',
      },
    ],
    rows: [
      { title: 'Requests', panels: requestPanels(service) },
      { title: 'Pods', panels: podsPanels(service, watched) },
      ...neighbourRow('What it depends on', around.servers, watched),
      ...neighbourRow('Who asks it', around.clients, watched),
    ].filter(({ panels }) => panels.length > 0),
  };
}

function requestPanels(service: FlowEnd): DashboardPanel[] {
  const matchers = matchersOf(service);
  const { total, failed, duration, counted } = service.metrics!.requests!;
  const chosen = [matchers, ...(counted === undefined ? [] : [counted]), 'instance=~"$instance"'].join(',');
  const rate = (by: string, more = '') => `sum by (${by}) (rate(${total}{${chosen}${more}}[$__rate_interval]))`;
  const share = {
    expr: `${ERROR_RATIO}{${matchers}}`,
    legend: 'failing',
    mayBeEmpty: NOBODY_ASKS,
  };
  const latency = `${LATENCY}{${matchers}}`;
  return [
    {
      kind: 'figure',
      title: 'Requests',
      description: 'Each second, over five minutes, of all pods.',
      unit: 'reqps',
      queries: [{ expr: `${REQUEST_RATE}{${matchers}}`, legend: 'requests' }],
    },
    {
      kind: 'figure',
      title: 'Share that fails',
      description: 'Of the requests of five minutes.',
      unit: 'percentunit',
      queries: [share],
      limits: [0.001, 0.01],
    },
    ...(duration === undefined
      ? []
      : [
          {
            kind: 'figure' as const,
            title: '95 % are answered within',
            description: 'Of the requests of five minutes, as exact as the buckets are.',
            unit: 's' as const,
            queries: [{ expr: `${LATENCY}{${matchers},quantile="0.95"}`, legend: '95 %' }],
          },
        ]),
    {
      kind: 'figure',
      title: 'Pods that answer',
      description: 'Those whose metrics could be read.',
      unit: 'short',
      queries: [{ expr: `sum(up{${matchers}})`, legend: 'pods' }],
      limits: [1],
      lowIsBad: true,
    },
    {
      kind: 'graph',
      title: `Requests by ${failed.label}`,
      description: 'Each second, of the instances that are chosen.',
      unit: 'reqps',
      queries: [{ expr: rate(failed.label), legend: `{{${failed.label}}}` }],
    },
    {
      kind: 'graph',
      title: 'Requests by instance',
      description: 'One that gets far more or far fewer than the others is not balanced.',
      unit: 'reqps',
      queries: [{ expr: rate('instance'), legend: '{{instance}}' }],
    },
    {
      kind: 'graph',
      title: 'Share of requests that fail',
      description: 'Of all pods, over five minutes.',
      unit: 'percentunit',
      queries: [share],
    },
    {
      kind: 'graph',
      title: 'Requests that fail',
      description: `Each second, those with ${failed.label} ${failed.regex}.`,
      unit: 'reqps',
      queries: [
        {
          expr: rate(failed.label, `,${failed.label}=~"${failed.regex}"`),
          legend: `{{${failed.label}}}`,
          mayBeEmpty: 'no request has failed since the pods started',
        },
      ],
    },
    ...(duration === undefined
      ? []
      : [
          {
            kind: 'graph' as const,
            title: 'How long answers take',
            description: 'Half, 95 % and 99 % of the requests of five minutes are answered within these times.',
            unit: 's' as const,
            queries: [{ expr: latency, legend: '{{quantile}}' }],
          },
          {
            kind: 'graph' as const,
            title: 'How long answers of each instance take',
            description: '95 % of its requests are answered within this time.',
            unit: 's' as const,
            queries: [
              {
                expr: `histogram_quantile(0.95, sum by (le, instance) (rate(${duration.metric}_bucket{${chosen}}[$__rate_interval])))`,
                legend: '{{instance}}',
              },
            ],
          },
        ]),
  ];
}

/** Whom its flows lead to, and who has flows to it, each once and in the order of their names. */
function neighbours(service: FlowEnd): { readonly servers: readonly FlowEnd[]; readonly clients: readonly FlowEnd[] } {
  const others = (ends: readonly FlowEnd[]) =>
    [...new Set(ends)].filter((end) => end !== service).sort((a, b) => (a.app < b.app ? -1 : 1));
  return {
    servers: others(service.connections.map(({ workload }) => workload)),
    clients: others(
      service.allPorts.flatMap(({ clients }) =>
        [...clients].filter((client): client is FlowEnd => 'connections' in client && isOfTheService(client)),
      ),
    ),
  };
}

/** What scrapes asks for metrics, and not for what the service is there for. */
function isOfTheService(client: FlowEnd): boolean {
  return answersRequests(client);
}

function neighbourRow(title: string, ends: readonly FlowEnd[], watched: Watched): DashboardRow[] {
  const panels = ends.flatMap((end) => neighbourPanels(end, watched));
  return panels.length > 0 ? [{ title, panels }] : [];
}

function neighbourPanels(end: FlowEnd, watched: Watched): DashboardPanel[] {
  if (!answersRequests(end)) return end instanceof Workload ? podsPanels(end, watched, end.app).slice(0, 2) : [];
  const matchers = matchersOf(end);
  return [
    {
      kind: 'graph',
      title: `Requests to ${end.app}`,
      description: 'Each second, over five minutes, from everybody.',
      unit: 'reqps',
      queries: [{ expr: `${REQUEST_RATE}{${matchers}}`, legend: end.app }],
    },
    {
      kind: 'graph',
      title: `Share of requests to ${end.app} that fails`,
      description: 'Of the requests of five minutes, from everybody.',
      unit: 'percentunit',
      queries: [{ expr: `${ERROR_RATIO}{${matchers}}`, legend: end.app, mayBeEmpty: NOBODY_ASKS }],
    },
  ];
}
