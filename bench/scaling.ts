/**
 * How long days of autoscalers take: of 100 workloads, and of other numbers to see how it grows; and the plan of one, without rendering. Prints
 * seconds of CPU as JSON.
 */
import { readSources } from '../manifests/reading/read';
import { daySummary, spikeSummary } from '../simulate/scaling/day-summary';
import { headroomOf } from '../simulate/scaling/headroom';
import { readCurve } from '../simulate/scaling/load';
import { scaledDay } from '../simulate/scaling/scaled-day';
import { scaledService, scaledWorkload } from '../simulate/scaling/scaled-service';
import { factsWithNodes } from '../world/cluster-facts';
import { Facts } from '../world/facts';
import { World } from '../world/world';

const SIZES = [25, 50, 100];
const load = readCurve('--curve', 'day:20..2000');

/** A workload, its autoscaler with a behavior or without, and the nodes of a small cluster. */
function worldOf(n: number): World {
  const behavior = n % 2 === 0 ? { behavior: { scaleUp: { stabilizationWindowSeconds: n % 120 } } } : {};
  const objects = [
    ...Array.from({ length: 10 }, (_, i) => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: `node-${i}`, labels: { 'kubernetes.io/hostname': `node-${i}` } },
      status: { allocatable: { cpu: '4', memory: '16Gi', pods: '110' }, nodeInfo: { kubeletVersion: 'v1.35.4' } },
    })),
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'shop' },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: {
            containers: [
              { name: 'web', image: 'web:1', resources: { requests: { cpu: '500m' }, limits: { cpu: '1' } } },
            ],
          },
        },
      },
    },
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web', namespace: 'shop' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        minReplicas: 2,
        maxReplicas: 10 + (n % 20),
        metrics: [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 + (n % 40) } },
          },
        ],
        ...behavior,
      },
    },
  ];
  const text = objects.map((object) => JSON.stringify(object)).join('\n---\n');
  const { resources } = readSources([{ file: 'shop.yaml', text }]);
  return new World(resources, factsWithNodes(new Facts([]), resources));
}

const said = { costs: new Map([['cpu', { unit: 4, idle: 10 }]]), serves: undefined, date: undefined, readyAfter: 30 };
const serviceIn = (world: World) => scaledService(world, scaledWorkload(world, 'the bench', 'web'), said);

function timed(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function days(workloads: number): number {
  const services = Array.from({ length: workloads }, (_, n) => serviceIn(worldOf(n)));
  let changes = 0;
  const seconds = timed(() => {
    for (const service of services)
      changes += scaledDay(service, load).reasons.filter((reason) => reason !== undefined).length;
  });
  if (changes < workloads * 5) throw new Error(`${changes} changes: nothing is scaled`);
  return seconds;
}

/** What `strata plan scale` does once the manifests are read. */
function plan(n: number): number {
  const world = worldOf(n);
  return timed(() => {
    const service = serviceIn(world);
    const day = daySummary(service, scaledDay(service, load));
    spikeSummary(service, load, 3, day.highest.at);
    headroomOf(world, scaledWorkload(world, 'the bench', 'web').workload, service.spec.max);
  });
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const first = plan(0);
days(10);
console.log(
  JSON.stringify({
    first,
    plan: median([1, 2, 3, 4, 5].map(plan)),
    days: Object.fromEntries(SIZES.map((size) => [size, median([0, 1, 2].map(() => days(size)))])),
  }),
);
