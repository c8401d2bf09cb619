import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checks } from '../../checks/registry';
import { runChecks } from '../../checks/run';
import { worldOf } from './judging';

const folder = join(__dirname, 'homework');
const read = (name: string) => readFileSync(join(folder, `${name}.yaml`), 'utf8');

interface Fault {
  readonly broken: string;
  readonly fixed: string;
  /** What the cluster is, for both. */
  readonly facts?: string;
  /** Each cause that must be named: the check, the object and words of the message. */
  readonly causes: readonly (readonly [check: string, object: string, words: string])[];
}

/** The faults that the course's homework and labs are about, each with its cause and nothing else. */
const FAULTS: Readonly<Record<string, Fault>> = {
  'prod drifted away from dev': {
    broken: 'drift.broken',
    fixed: 'drift.fixed',
    causes: [
      ['service-selects-workload', 'Service/guestbook-prod/guestbook', 'no pod has these labels'],
      ['configmap-exists', 'Deployment/guestbook-prod/guestbook', 'did you mean "guestbook-settings"'],
      ['configmap-key-exists', 'Deployment/guestbook-prod/guestbook', 'did you mean "REDISPORT"'],
    ],
  },
  'the metrics of the exporter are missing': {
    broken: 'exporter.broken',
    fixed: 'exporter.fixed',
    causes: [
      ['service-targetport-resolves', 'Service/guestbook/redis-exporter', 'did you mean "metrics"'],
      ['secret-key-exists', 'Deployment/guestbook/redis-exporter', 'no key redis-password'],
      ['env-expansion-resolves', 'Deployment/guestbook/redis-exporter', 'no variable REDIS_ADDR'],
      ['probe-port-declared', 'Deployment/guestbook/redis-exporter', 'no port named http'],
    ],
  },
  'the Prometheus target is down: its Service selects nothing': {
    broken: 'target-service.broken',
    fixed: 'target.fixed',
    causes: [['service-selects-workload', 'Service/guestbook/redis-exporter', 'no endpoints']],
  },
  'the Prometheus target is down: Prometheus has no configuration': {
    broken: 'target-config.broken',
    fixed: 'target.fixed',
    causes: [['volume-item-key-exists', 'Deployment/monitoring/prometheus', 'did you mean "prometheus.yml"']],
  },
  'the Prometheus target is down: the exporter lets it in elsewhere': {
    broken: 'target-policy.broken',
    fixed: 'target.fixed',
    causes: [
      ['scrape-flow-allowed', 'ConfigMap/monitoring/prometheus', 'policies do not allow Prometheus to connect to'],
      ['declared-flow-allowed', 'Deployment/monitoring/prometheus', 'policy guestbook/redis-exporter'],
    ],
  },
  'the Prometheus target is down: DNS is out of reach': {
    broken: 'target-dns.broken',
    fixed: 'target.fixed',
    causes: [['dns-egress-allowed', 'Deployment/monitoring/prometheus', 'DNS']],
  },
  'the autoscaler does not scale: no requests': {
    broken: 'hpa-requests.broken',
    fixed: 'hpa.fixed',
    facts: 'metrics.facts',
    causes: [['hpa-requests-set', 'Deployment/guestbook/guestbook', 'has no cpu request']],
  },
  'the autoscaler does not scale: no target': {
    broken: 'hpa-target.broken',
    fixed: 'hpa.fixed',
    facts: 'metrics.facts',
    causes: [['hpa-target-exists', 'HorizontalPodAutoscaler/guestbook/guestbook', 'did you mean "guestbook"']],
  },
  'a drain is blocked': {
    broken: 'drain.broken',
    fixed: 'drain.fixed',
    causes: [['pdb-allows-eviction', 'PodDisruptionBudget/guestbook/guestbook', '2 of 2 pods must stay']],
  },
  'a hog that says nothing': {
    broken: 'hog-silent.broken',
    fixed: 'hog.fixed',
    causes: [['quota-forces-requests', 'Deployment/zoo/cpu-burner', 'must specify requests.cpu']],
  },
  'a hog that takes too much': {
    broken: 'hog-greedy.broken',
    fixed: 'hog.fixed',
    causes: [['quota-fits', 'ResourceQuota/zoo/compute', 'need 3 of requests.cpu']],
  },
};

const breakage = (manifests: string, facts?: string) =>
  runChecks(worldOf(read(manifests), facts === undefined ? {} : { facts: read(facts) }), checks).filter(
    ({ severity, verdict }) => severity === 'will-break' && verdict === 'fail',
  );

describe.each(Object.entries(FAULTS))('%s', (_, { broken, fixed, facts, causes }) => {
  test('each cause is named, and nothing else is said to break', () => {
    const found = breakage(broken, facts);
    expect(
      found
        .map(({ check, object, message }) => [
          check,
          object,
          causes.find(([id, , words]) => id === check && message.includes(words))?.[2] ?? message,
        ])
        .sort(),
    ).toEqual(causes.map((cause) => [...cause]).sort());
  });
  test('fixed, nothing breaks', () => expect(breakage(fixed, facts)).toEqual([]));
});

test('an autoscaler in a cluster without metrics-server does not scale', () => {
  expect(breakage('hpa.fixed', 'no-metrics.facts').map(({ check }) => check)).toEqual(['hpa-metric-served']);
});

describe('a taint that is not tolerated', () => {
  test('without the nodes nothing is claimed', () => expect(breakage('taint.broken')).toEqual([]));
  test('the fixed one is clean with them too', () => expect(breakage('taint.fixed', 'taint.facts')).toEqual([]));
});

test('every manifest of the folder is judged', () => {
  const used = [
    ...Object.values(FAULTS).flatMap(({ broken, fixed, facts }) => [broken, fixed, facts ?? broken]),
    'taint.broken',
    'taint.fixed',
    'taint.facts',
    'no-metrics.facts',
  ];
  expect(
    readdirSync(folder)
      .map((file) => file.replace(/\.yaml$/, ''))
      .sort(),
  ).toEqual([...new Set(used)].sort());
});
