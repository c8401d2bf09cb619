import { all, file, node, planned, workload } from './support';

const hpa = (
  more = '',
  metrics = '[{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 70 } } }]',
  target = 'web',
) =>
  `{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: ${target}, namespace: shop }, spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: ${target} }, minReplicas: 2, maxReplicas: 6, metrics: ${metrics}${more && `, ${more}`} } }`;
const web = (resources = '{ requests: { cpu: 250m }, limits: { cpu: 500m } }', spec = 'replicas: 2', name = 'web') =>
  workload('Deployment', name, '1', spec).replace(
    /resources: \{ requests: \{ cpu: '1' \} \}/,
    `resources: ${resources}`,
  );
const shop = '{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }';
const quota = (pods: number) =>
  `{ apiVersion: v1, kind: ResourceQuota, metadata: { name: few, namespace: shop }, spec: { hard: { pods: '${pods}' } } }`;
const roomy = all(node('a', '', '4'), node('b', '', '4'));
const quiet = ['--curve', 'day:20..150', '--takes', 'cpu=5m+10m', '--spike', '1'];

test('a day that is served ends with 0, and is told hour by hour', () => {
  const { code, text } = planned('scale', all(shop, web(), hpa()), roomy, 'web', ...quiet);
  const lines = text.split('\n');
  expect(lines.slice(0, 3)).toEqual([
    'Deployment/shop/web: 2 to 6 pods by HorizontalPodAutoscaler/shop/web',
    '  cpu resource utilization (percentage of request) of 70%',
    '  a pod is ready after 30 s, and serves up to 98',
  ]);
  expect(text).toMatch(/\n04:00 +2\d(\.\d)? +2 +#+\n/);
  expect(text).toMatch(/\n15:00 +150 +5 +####################\n/);
  expect(text).toContain(
    'the load is highest at 16:00: 150\nthe maximum of 6 is never too little\nthe ready pods always serve the load\n',
  );
  expect(text).toContain(
    'no quota is in the way of 6 pods and 2 of a rollout\nthe nodes hold 6 pods\nthe nodes hold 6 pods and 2 of a rollout\nthe nodes hold 6 pods without a, the fullest node of a',
  );
  expect(code).toBe(0);
});

test('the same is told twice in the same words', () => {
  const once = () => planned('scale', all(shop, web(), hpa()), roomy, ...quiet, '--format', 'json').text;
  expect(once()).toBe(once());
});

test('when the maximum is too little, and what of the load is not served', () => {
  const { code, text } = planned(
    'scale',
    all(shop, web(), hpa()),
    roomy,
    '--curve',
    'office:20..900',
    '--takes',
    'cpu=5m+10m',
  );
  expect(text).toMatch(/\nthe maximum of 6 is too little for \d+ h .*: 08:14-17:46:45\n/);
  expect(text).toMatch(/\nthe ready pods serve less than comes for \d+ h .*: 08:.*: at worst 34\.7% is not served\n/);
  expect(code).toBe(1);
});

test('a sudden load: how long it is not served', () => {
  const json = (...more: readonly string[]) =>
    JSON.parse(
      planned(
        'scale',
        all(shop, web(), hpa()),
        roomy,
        '--curve',
        'flat:80',
        '--takes',
        'cpu=5m',
        '--format',
        'json',
        ...more,
      ).text,
    ).spike;
  const spike = json('--spike', '3@12:00');
  expect(spike).toMatchObject({
    factor: 3,
    at: '12:00',
    load: { before: 80, after: 240 },
    pods: { before: 3, most: 6 },
    hitsMaximum: true,
    isMet: true,
  });
  expect(spike.untilMost).toBeGreaterThan(30);
  expect(spike.untilMost).toBeLessThan(180);
  expect(json('--spike', '30@12:00').isMet).toBe(false);
  // Three pods serve 300 as it is.
  expect(spike.shortSeconds).toBe(0);
  const late = json('--spike', '3@12:00', '--serves', '45', '--ready', '120');
  expect(late.untilMost).toBe(spike.untilMost);
  expect(late.shortSeconds).toBeGreaterThan(120);
  expect(json('--spike', '3@12:00', '--serves', '45', '--ready', '30').shortSeconds).toBeLessThan(late.shortSeconds);
  expect(json('--spike', '3@23:59').at).toBe('23:29');
  expect(json('--spike', '1.5').load).toEqual({ before: 80, after: 120 });
});

test('room: a quota below the maximum and a rollout, and nodes that hold it only together', () => {
  const small = all(node('a', '', '1'), node('b', '', '1'));
  const { code, text } = planned('scale', all(shop, web(), hpa(), quota(7)), small, ...quiet);
  expect(text).toContain(
    'the quota admits 7 pods, not 6 pods and 2 of a rollout: exceeded quota: few, requested: pods=1, used: pods=7, limited: pods=7',
  );
  expect(text).toContain('the nodes hold 6 pods\n');
  expect(text).toMatch(
    /\nthe nodes do not hold 6 pods without a, the fullest node of a: 2 of Deployment\/shop\/web wait \(0\/1 nodes are available: 1 Insufficient cpu.*\)\n/,
  );
  expect(code).toBe(1);
});

test('room: pods that wait already wait at the maximum, too, and others that wait are not told', () => {
  const others = all(workload('Deployment', 'large', '9'), shop);
  const tiny = all(node('a', '', '300m'), node('b', '', '300m'));
  const { text } = planned('scale', all(others, web(undefined, 'replicas: 5'), hpa()), tiny, 'web', ...quiet);
  expect(text).toMatch(/\nthe nodes do not hold 6 pods: 4 of Deployment\/shop\/web wait \([^;]*\)\n/);
  expect(text).toMatch(
    /\nthe nodes do not hold 6 pods without a, the fullest node of a: 5 of Deployment\/shop\/web wait \([^;]*\)\n/,
  );
});

test('room: less important pods that go are told', () => {
  const classes = '{ apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: { name: high }, value: 1000 }';
  const important = web().replace(
    "containers: [{ name: a, image: 'a:1', resources: { requests: { cpu: 250m }",
    "priorityClassName: high, containers: [{ name: a, image: 'a:1', resources: { requests: { cpu: 250m }",
  );
  const low = workload('Deployment', 'low', '500m');
  const { text, code } = planned(
    'scale',
    all(shop, classes, important, hpa(), low),
    all(node('a', '', '1'), node('b', '', '1')),
    'web',
    ...quiet,
  );
  expect(text).toMatch(
    /\nthe nodes do not hold 6 pods and 2 of a rollout: .*1 of Pod\/shop\/low-0 wait \(it goes for a pod of Deployment\/shop\/web, which is more important\)/,
  );
  expect(text).toContain('\nthe nodes hold 6 pods\n');
  expect(code).toBe(1);
});

test('without nodes only that is not known', () => {
  const { code, text } = planned('scale', all(shop, web(), hpa()), shop, ...quiet);
  expect(text).toMatch(/\nwhether the nodes hold them is not known: name the cluster, --cluster NAME or FILE$/);
  expect(code).toBe(0);
});

test('a metric that says nothing is told with the words of the controller', () => {
  const { code, text } = planned('scale', all(shop, web('{}'), hpa()), roomy, ...quiet);
  expect(text).toContain(
    '\n  says nothing, and nothing scales down: failed to get cpu utilization: missing request for cpu in container a of Pod web\n',
  );
  expect(text).toContain('and serves as much as comes: it has no CPU limit, and --serves says nothing');
  expect(code).toBe(1);
});

test('a request that a LimitRange gives is one', () => {
  const limits =
    '{ apiVersion: v1, kind: LimitRange, metadata: { name: l, namespace: shop }, spec: { limits: [{ type: Container, defaultRequest: { cpu: 250m }, default: { cpu: 500m } }] } }';
  const day = (...texts: readonly string[]) =>
    JSON.parse(planned('scale', all(shop, ...texts), roomy, ...quiet, '--format', 'json').text).day;
  expect(day(web('{}'), limits, hpa())).toEqual(day(web(), hpa()));
});

test('the version of the cluster decides: before 1.35 there is no tolerance of its own', () => {
  const of = (version: string) =>
    JSON.parse(
      planned(
        'scale',
        all(shop, web(), hpa('behavior: { scaleUp: { tolerance: 2 } }')),
        roomy.replaceAll('v1.35.0', version),
        ...quiet,
        ...['--format', 'json'],
      ).text,
    ).day.most;
  expect([of('v1.35.0'), of('v1.34.0'), of('v1.37.0')]).toEqual([2, 5, 2]);
});

test('a limit of the whole pod is one for what it serves', () => {
  const whole = web('{ requests: { cpu: 250m } }').replace(
    'containers:',
    'resources: { limits: { cpu: 310m } }, containers:',
  );
  expect(JSON.parse(planned('scale', all(shop, whole, hpa()), roomy, ...quiet, '--format', 'json').text).serves).toBe(
    60,
  );
  const both = web().replace('containers:', 'resources: { limits: { cpu: 310m } }, containers:');
  expect(JSON.parse(planned('scale', all(shop, both, hpa()), roomy, ...quiet, '--format', 'json').text).serves).toBe(
    60,
  );
});

test('a load from a file', () => {
  const load = file('00:00 10\n12:00 90\n');
  const { text } = planned('scale', all(shop, web(), hpa()), roomy, '--load', load, '--takes', 'cpu=5m');
  expect(text).toContain('the load is highest at 12:00: 90');
});

const refusal = (manifests: string, ...options: readonly string[]) => {
  try {
    planned('scale', manifests, roomy, ...options);
  } catch (error) {
    return (error as Error).message.replace(/\S*simulate-[^:]*/g, 'FILE');
  }
  throw new Error('it is not refused');
};
const one = all(shop, web(), hpa());
/** A CronJob that sets the fewest pods of web. */
function clockJob(name: string, schedule: string, pods: number, more = '') {
  return `{ apiVersion: batch/v1, kind: CronJob, metadata: { name: ${name}, namespace: shop }, spec: { schedule: '${schedule}', timeZone: Europe/Berlin, ${more}jobTemplate: { spec: { template: { spec: { restartPolicy: Never, containers: [{ name: kubectl, image: 'registry.k8s.io/kubectl:v1.35.4', args: [patch, horizontalpodautoscaler, web, --type=merge, '--patch={"spec":{"minReplicas":${pods}}}'], resources: { requests: { cpu: 10m } } }] } } } } } }`;
}
const scaledObject =
  '{ apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { name: web }, triggers: [] } }';

test.each<readonly [string, string, readonly string[], string]>([
  [
    'no load',
    one,
    ['--takes', 'cpu=5m'],
    'strata plan scale: needs to know the load\n  fix: give the load of a day in a file: --load FILE',
  ],
  ['two loads', one, [...quiet, '--load', 'x'], '--load, --curve: are two loads for one day'],
  [
    'a minimum above the maximum',
    one.replace('minReplicas: 2', 'minReplicas: 9'),
    quiet,
    'HorizontalPodAutoscaler/shop/web: minReplicas is 9, more than maxReplicas, 6\n  fix: lower minReplicas to at most 6, or raise maxReplicas to at least 9',
  ],
  [
    'a target of nothing',
    one.replace('averageUtilization: 70', 'averageUtilization: 0'),
    quiet,
    'HorizontalPodAutoscaler/shop/web: the target of cpu is 0, and has to be above 0',
  ],
  [
    'an autoscaler that is switched off',
    one.replace('replicas: 2', 'replicas: 0'),
    quiet,
    'Deployment/shop/web has replicas: 0, which switches its autoscaler off\n  fix: leave replicas out, or write at least 1',
  ],
  [
    'no cost',
    one,
    ['--curve', 'flat:1'],
    'FILE:5:104: HorizontalPodAutoscaler/shop/web scales by cpu, and nobody says what of it a unit of the load takes\n  fix: write --takes cpu=AMOUNT',
  ],
  [
    'a cost of nothing it scales by',
    one,
    ['--curve', 'flat:1', '--takes', 'cpu=5m,queue=1'],
    '--takes: HorizontalPodAutoscaler/shop/web does not scale by queue\n  fix: name what it scales by: cpu',
  ],
  [
    'a cost that is none',
    one,
    ['--curve', 'flat:1', '--takes', 'cpu=much'],
    '--takes cpu=much: is not what a unit of the load takes of a metric\n  fix: write NAME=AMOUNT',
  ],
  ['a cost below nothing', one, ['--curve', 'flat:1', '--takes', 'cpu=-5m'], '--takes cpu=-5m: is not'],
  [
    'a misspelled workload',
    one,
    ['wbe', ...quiet],
    'strata plan scale: no autoscaler scales a workload wbe\n  fix: write web',
  ],
  [
    'two workloads in place of one',
    one,
    ['web', 'api', ...quiet],
    'strata plan scale: is about one workload of one target, folder or file',
  ],
  [
    'several that are scaled',
    all(one, web(undefined, undefined, 'api'), hpa('', undefined, 'api')),
    quiet,
    'strata plan scale: is about one workload, and autoscalers scale 2\n  fix: name one of api, web',
  ],
  ['none that is scaled', all(shop, web()), quiet, 'strata plan scale: finds no workload that an autoscaler scales'],
  [
    'one that KEDA scales',
    all(shop, web(), scaledObject),
    quiet,
    'ScaledObject/shop/web is not simulated: it has no trigger, and KEDA refuses it\n  fix: give the HorizontalPodAutoscaler that KEDA makes in place of it',
  ],
  [
    'one that KEDA scales by what is not known here',
    all(shop, web(), scaledObject.replace('[]', '[{ type: rabbitmq, metadata: {} }]')),
    quiet,
    'ScaledObject/shop/web is not simulated: what KEDA makes of a trigger of type rabbitmq is not known here',
  ],
  [
    'a day that is none',
    all(one, clockJob('start', '0 8 * * 1-5', 4)),
    [...quiet, '--date', 'today'],
    '--date today: is no date\n  fix: write one such as --date 2026-01-05',
  ],
  [
    'more pods by the clock than there may be',
    all(one, clockJob('start', '0 8 * * 1-5', 9)),
    quiet,
    'a CronJob sets its minReplicas to 9, more than maxReplicas, 6: the API server refuses that\n  fix: raise maxReplicas to at least 9',
  ],
  [
    'one that two scale',
    all(one, hpa().replace('name: web, namespace', 'name: other, namespace')),
    quiet,
    'scale the same workload: the controller stops both\n  fix: keep one of them',
  ],
  ['seconds that are none', one, [...quiet, '--ready', 'soon'], '--ready soon: is no number of seconds'],
  ['what a pod serves', one, [...quiet, '--serves', 'many'], '--serves many: is no number of units of the load'],
  ['a spike that is none', one, [...quiet.slice(0, 4), '--spike', '0.5'], '--spike 0.5: is no spike'],
  ['a spike at no time', one, [...quiet.slice(0, 4), '--spike', '3@noon'], '--spike 3@noon: is no spike'],
])('%s: the error names the place and the fix', (_, manifests, options, expected) => {
  expect(refusal(manifests, ...options)).toContain(expected);
});

describe('by the clock', () => {
  const jobs = all(clockJob('start', '0 8 * * 1-5', 5), clockJob('end', '0 18 * * 1-5', 2));
  const keda =
    "{ apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { name: web }, minReplicaCount: 2, maxReplicaCount: 6, triggers: [{ type: cpu, metricType: Utilization, metadata: { value: '70' } }, { type: cron, metadata: { timezone: Europe/Berlin, start: 0 8 * * 1-5, end: 0 18 * * 1-5, desiredReplicas: '5' } }] } }";
  const calm = ['--curve', 'flat:10', '--takes', 'cpu=5m+10m', '--spike', '1'];
  const hours = (text: string) =>
    text
      .split('\n')
      .filter((line) => /^(07|08|09|17|18|19):00 /.test(line))
      .map((line) => line.split(/ +/).slice(0, 3).join(' '));
  test('CronJobs set the fewest pods of an autoscaler', () => {
    const { code, text } = planned('scale', all(one, jobs), roomy, 'web', ...calm);
    expect(text.split('\n').slice(0, 3)).toEqual([
      'Deployment/shop/web: 2 to 6 pods by HorizontalPodAutoscaler/shop/web',
      '  cpu resource utilization (percentage of request) of 70%',
      '  5 pods from 08:00 to 18:00 on 2026-01-05, by the clock of Europe/Berlin',
    ]);
    expect(hours(text)).toEqual(['07:00 10 2', '08:00 10 5', '09:00 10 5', '17:00 10 5', '18:00 10 2', '19:00 10 2']);
    expect(code).toBe(0);
  });
  test('a trigger of KEDA asks for them', () => {
    const { code, text } = planned('scale', all(shop, web(), keda), roomy, 'web', ...calm);
    expect(text.split('\n').slice(0, 3)).toEqual([
      'Deployment/shop/web: 2 to 6 pods by ScaledObject/shop/web',
      '  cpu resource utilization (percentage of request) of 70%',
      '  5 pods from 08:00 to 18:00 on 2026-01-05, by the clock of Europe/Berlin',
    ]);
    expect(hours(text)).toEqual([
      '07:00 10 2',
      '08:00 10 4-5',
      '09:00 10 5',
      '17:00 10 5',
      '18:00 10 2-5',
      '19:00 10 2',
    ]);
    expect(code).toBe(0);
  });
  test('what KEDA asks Prometheus for is called as KEDA calls it', () => {
    const of = (metricType: string, threshold: string, takes: string) => {
      const asking = keda.replace(
        "{ type: cpu, metricType: Utilization, metadata: { value: '70' } }",
        `{ type: prometheus, metricType: ${metricType}, metadata: { threshold: '${threshold}' } }`,
      );
      const options = ['--curve', 'flat:40', '--takes', takes, '--spike', '1', '--date', '2026-01-04'];
      return planned('scale', all(shop, web(), asking), roomy, 'web', ...options).text;
    };
    const shared = of('AverageValue', '10', 's0-prometheus=1');
    expect(shared).toContain('\n  external metric s0-prometheus(nil) of 10 for each pod\n');
    expect(hours(shared)[0]).toBe('07:00 40 4');
    // Held at a value, which pods do not change here: as many as there may be.
    const held = of('Value', '10', 's0-prometheus=1');
    expect(held).toContain('\n  external metric s0-prometheus(nil) of 10\n');
    expect(hours(held)[0]).toBe('07:00 40 6');
  });
  test('on another day, and of a CronJob that is suspended', () => {
    const sunday = planned('scale', all(one, jobs), roomy, 'web', ...calm, '--date', '2026-01-04').text;
    expect(sunday).toContain('\n  no hours of more pods on 2026-01-04, by the clock of Europe/Berlin\n');
    expect(hours(sunday)[1]).toBe('08:00 10 2');
    const off = all(clockJob('start', '0 8 * * 1-5', 5, 'suspend: true, '), clockJob('end', '0 18 * * 1-5', 2));
    expect(hours(planned('scale', all(one, off), roomy, 'web', ...calm).text)[1]).toBe('08:00 10 2');
  });
  test('at night nobody answers where KEDA takes the last pod away', () => {
    const idle = keda.replace('minReplicaCount: 2', 'minReplicaCount: 2, idleReplicaCount: 0');
    const { code, text } = planned('scale', all(shop, web(), idle), roomy, 'web', ...calm);
    expect(hours(text)).toEqual([
      '07:00 10 0',
      '08:00 10 2-5',
      '09:00 10 5',
      '17:00 10 5',
      '18:00 10 0-5',
      '19:00 10 0',
    ]);
    expect(text).toMatch(/\nthe ready pods serve less than comes for 13 h .* at worst 100% is not served\n/);
    expect(code).toBe(1);
  });
  test('the same as JSON', () => {
    const json = (...more: readonly string[]) =>
      JSON.parse(planned('scale', all(one, jobs), roomy, 'web', ...calm, '--format', 'json', ...more).text).hours;
    expect(json()).toEqual({
      ...{ date: '2026-01-05', zone: 'Europe/Berlin' },
      windows: [{ from: '08:00', to: '18:00', pods: 5 }],
    });
    expect(JSON.parse(planned('scale', one, roomy, 'web', ...calm, '--format', 'json').text).hours).toBeNull();
  });
});
