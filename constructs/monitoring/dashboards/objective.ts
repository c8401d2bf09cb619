import {
  BUDGET_LEFT,
  budget,
  errorsOver,
  isBudgetRecorded,
  OBJECTIVE,
  ratioOver,
  recordedWindows,
  requestsOver,
  type Slo,
  sloMatchers,
  toldBurnRates,
} from '../slo';
import type { Dashboard, DashboardPanel } from './dashboard';
import { uidOf } from './dashboard';
import { rolloutMarks } from './rollouts';
import type { Watched } from './watched';
import { measured } from './watched';

const NOBODY_ASKS = 'nobody asks, so no share of the requests is bad';

/** What is left of the budget of a service level objective, and how fast it burns. */
export function objectiveDashboard(slo: Slo, watched: Watched): Dashboard {
  const { name, of, objective, window = '30d' } = slo;
  const { retention } = watched;
  const matchers = sloMatchers(slo);
  const windows = recordedWindows(retention);
  const what =
    'availability' in slo.indicator
      ? 'are answered without a failure'
      : `are answered within ${slo.indicator.answeredWithinSeconds} s`;
  const left: DashboardPanel[] = isBudgetRecorded(slo, retention)
    ? [
        {
          kind: 'figure',
          title: 'Budget left',
          description: `What of the requests of ${window} may still be bad. Below 0 the objective is missed.`,
          unit: 'percentunit',
          queries: [
            {
              expr: `${BUDGET_LEFT}{${matchers}}`,
              legend: 'left',
              mayBeEmpty: 'nobody has asked, so nothing is spent',
            },
          ],
          limits: [0.25, 0],
          lowIsBad: true,
        },
      ]
    : [];
  return {
    uid: uidOf('objective', name),
    title: `Objective: ${name}`,
    description: `${objective} % of the requests to ${of.app} of ${window} ${what}: the budget for the others, and how fast it burns.${left.length > 0 ? '' : ` What is left of it is not shown: that takes the samples of ${window}, and they are kept for ${retention}.`}`,
    variables: [],
    marks: measured(watched).objects ? rolloutMarks({ workload: of }) : [],
    rows: [
      {
        title: 'Budget',
        panels: [
          {
            kind: 'figure',
            title: 'Objective',
            description: `The share of the requests that ${what}, as it was agreed.`,
            unit: 'percentunit',
            queries: [{ expr: `${OBJECTIVE}{${matchers}}`, legend: 'objective' }],
          },
          ...left,
          {
            kind: 'figure',
            title: 'Burn rate',
            description:
              'Bad requests of the last hour as a multiple of what the budget allows: at 1 it is gone exactly when the window ends.',
            unit: 'short',
            queries: [
              {
                expr: `${ratioOver('1h')}{${matchers}} / ${budget(objective)}`,
                legend: '1h',
                mayBeEmpty: NOBODY_ASKS,
              },
            ],
            limits: toldBurnRates(slo, retention).slice(0, 2).toReversed(),
          },
          {
            kind: 'figure',
            title: 'Alerts',
            description: 'Alerts of this objective that fire.',
            unit: 'short',
            queries: [{ expr: `count(ALERTS{alertstate="firing",${matchers}}) or vector(0)`, legend: 'firing' }],
            limits: [1],
          },
          {
            kind: 'graph',
            title: 'Burn rates',
            description: `By window. Somebody is told at ${toldBurnRates(slo, retention).join(', ')} times what the budget allows, if a shorter window says the same.`,
            unit: 'short',
            width: 24,
            queries: windows.map((over) => ({
              expr: `${ratioOver(over)}{${matchers}} / ${budget(objective)}`,
              legend: over,
              mayBeEmpty: NOBODY_ASKS,
            })),
            limits: toldBurnRates(slo, retention).toReversed(),
          },
        ],
      },
      {
        title: 'Requests',
        panels: [
          {
            kind: 'graph',
            title: 'Requests that count',
            description:
              'All that count for the objective, over five minutes: with few of them one bad one is a large share.',
            unit: 'reqps',
            queries: [{ expr: `${requestsOver('5m')}{${matchers}}`, legend: 'all' }],
          },
          {
            kind: 'graph',
            title: 'Bad requests',
            description: `Those of them that do not count as good: they are not ones that ${what}.`,
            unit: 'reqps',
            queries: [{ expr: `${errorsOver('5m')}{${matchers}}`, legend: 'bad' }],
          },
          ...(left.length > 0
            ? [
                {
                  ...left[0]!,
                  kind: 'graph' as const,
                  title: 'Budget left over time',
                  width: 24,
                  limits: [0],
                },
              ]
            : []),
        ],
      },
    ],
  };
}
