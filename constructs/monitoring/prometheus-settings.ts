import type { Duration } from '../../model/quantity';
import { durationProblem, seconds } from '../../model/quantity';
import { bytes, choice, duration, resources, text, value } from '../../model/setting';
import type { ValuesOf } from '../../model/settings';
import { settingsOf } from '../../model/settings';

/** The shortest window of rules and dashboards (`rate(…[5m])`), and how many samples it must hold, one of them lost. Seconds. */
const SHORTEST_WINDOW = 300;
const SAMPLES = 4;

export const prometheusSettings = settingsOf('prometheus', {
  /**
   * How targets are found and rules are loaded: `minimal` asks DNS for the pods of flows; `discovery` asks the API server, and scrapes the
   * cluster's own components and annotated pods too; `operator` writes the objects of the Prometheus operator, which the cluster brings.
   */
  form: choice('minimal', 'discovery', 'operator'),
  /** How often targets are scraped and rules evaluated: 75s at most, because rules look at rates over five minutes and need four samples of them. */
  interval: value<Duration>('15s', intervalProblem),
  /** How long samples are kept, if the volume holds them. What is left of the budget of an objective is told where that is as long as its window. */
  retention: duration('30d'),
  /** Size of the volume for the samples; the oldest ones go when four fifths of it are full. */
  volume: bytes('4Gi'),
  /** What the pod asks for and may use. */
  resources: resources({ cpu: '100m', memory: '256Mi', memoryLimit: '512Mi' }),
  /** The team that answers alerts whose workload names no other: the label `owner`. */
  alertOwner: text('platform', /^[a-z0-9][a-z0-9-]{0,62}$/, 'a name of lower case letters, digits and hyphens'),
  /** Where runbooks are, such as the page that `strata alerts --format markdown` writes; `{alert}` becomes the alert's name in lower case. */
  runbooks: text(
    'https://git.example.com/platform/docs/runbooks.md#{alert}',
    /^https?:\/\/\S*\{alert\}\S*$/,
    'an address with {alert} in it',
  ),
});

declare module '../../model/settings' {
  interface Settings {
    readonly prometheus?: ValuesOf<typeof prometheusSettings>;
  }
}

function intervalProblem(given: unknown): string | undefined {
  const most = SHORTEST_WINDOW / SAMPLES;
  return (
    durationProblem(given) ??
    (seconds(given as Duration) <= most
      ? undefined
      : `more than ${most}s: rules look at rates over five minutes, and with fewer than ${SAMPLES} samples of them they do not fire, or always do`)
  );
}
