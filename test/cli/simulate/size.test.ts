import { kind as laptop } from '../../../clusters/kind';
import { composition } from '../../../composition/composition';
import { components } from '../../../constructs/app/components';
import { autoscaling, metricsServer } from '../../../features';
import { because } from '../../../model/layers';
import { Matrix, target } from '../../../model/matrix';
import { environment } from '../../../model/target';
import { course } from '../../../platform';
import { strata } from '../../../tool';
import { all, file, node, planned, workload } from './support';

/** So many readings a minute apart, each with a line for each pod. */
const use = (lines: (i: number) => readonly string[], count = 30) =>
  file(
    Array.from({ length: count }, (_, i) =>
      [`# 2030-01-31T10:${String(i).padStart(2, '0')}:00Z`, ...lines(i)].join('\n'),
    ).join('\n'),
  );
const [one, two] = ['web-5d9c7b8f4-x2x4z', 'web-5d9c7b8f4-9qw8z'];
const shop = '{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }';
const sized = (resources: string) =>
  workload('Deployment', 'web', '1', 'replicas: 2').replace(
    /resources: \{ requests: \{ cpu: '1' \} \}/,
    `resources: ${resources}`,
  );
const web = sized('{ requests: { cpu: 500m, memory: 256Mi }, limits: { memory: 512Mi } }');
const nodes = all(node('a'), node('b'));
const quiet = use(() => [`shop ${one} a 100m 60Mi`, `shop ${two} a 100m 100Mi`]);
const hpa =
  '{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, minReplicas: 2, maxReplicas: 6, metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 70 } } }] } }';
const json = (manifests: string, ...options: string[]) => {
  const { code, text } = planned('size', manifests, nodes, '--format', 'json', ...options);
  return { code, ...JSON.parse(text) };
};

test('what each container asks for, used and should ask for, over all pods', () => {
  const found = json(all(shop, web), '--use', quiet);
  expect(found.code).toBe(0);
  expect(found.containers).toEqual([
    expect.objectContaining({
      ...{ kind: 'Deployment', namespace: 'shop', name: 'web', container: 'a', pods: 2 },
      cpu: expect.objectContaining({ readings: 30, samples: 60, seconds: 1740, p90: '100m' }),
      asked: { requests: { cpu: '500m', memory: '256Mi' }, limits: { memory: '512Mi' } },
      proposed: { requests: { cpu: '115m', memory: '116Mi' }, limits: { memory: '512Mi' } },
    }),
  ]);
  expect(found.total).toEqual({
    cpu: { asked: '1', used: '200m', proposed: '230m' },
    memory: { asked: '512Mi', used: '160Mi', proposed: '232Mi' },
  });
  const { text } = planned('size', all(shop, web), nodes, '--use', quiet);
  expect(text).toContain('measured over 29 minutes: what the other hours of a day need was not seen');
  expect(text).toContain('the nodes hold all pods with what is proposed');
});

test('two files are one measurement, and the same is told twice in the same words', () => {
  const [first, second] = [use(() => [`shop ${one} a 100m 60Mi`]), use(() => [`shop ${two} a 100m 100Mi`])];
  const once = () => planned('size', all(shop, web), nodes, '--use', first, '--use', second).text;
  expect(once()).toBe(once());
  expect(once()).toBe(planned('size', all(shop, web), nodes, '--use', quiet).text);
});

test('too few readings, what was not measured and what nobody knows are told', () => {
  const few = use((i) => [
    ...(i < 19 ? [`shop ${one} a 100m 60Mi`] : []),
    'shop other-0 a 1m 1Mi',
    `shop ${two} proxy 1m 1Mi`,
  ]);
  const found = json(all(shop, web, workload('StatefulSet', 'db', '100m')), '--use', few);
  expect(found.containers[0].proposed).toBeNull();
  expect(found.unmeasured).toEqual(['StatefulSet/shop/db a']);
  expect(found.unknown).toEqual(['shop/other-0 a', `shop/${two} proxy`]);
  expect(planned('size', all(shop, web), nodes, '--use', few).text).toContain('1 with fewer than 20 readings');
});

test('a pod is of the controller with the longer name', () => {
  const manifests = all(shop, web, workload('DaemonSet', 'web-admin', '50m', 'minReadySeconds: 0'));
  const found = json(
    manifests,
    '--use',
    use(() => ['shop web-admin-x2x4z a 10m 20Mi']),
  );
  expect(found.containers.map(({ name }: { name: string }) => name)).toEqual(['web-admin']);
});

test('what was throttled, is about to be killed, or uses more than it asks for ends with 1 where it is a fault', () => {
  const tight = sized('{ requests: { cpu: 50m, memory: 64Mi }, limits: { cpu: 100m, memory: 108Mi } }');
  const { code, text } = planned('size', all(shop, tight), nodes, '--use', quiet);
  expect(code).toBe(1);
  expect(text).toContain('Deployment/shop/web a was throttled: it used 100m of a limit of 100m');
  expect(text).toContain(
    'Deployment/shop/web a is about to be killed for its memory: it used 100Mi of a limit of 108Mi',
  );
  expect(text).toContain('Deployment/shop/web a uses more CPU than it asks for: on a full node it gets 50m');
  const loose = sized('{ requests: { cpu: 50m, memory: 64Mi }, limits: { cpu: 200m, memory: 200Mi } }');
  expect(planned('size', all(shop, loose), nodes, '--use', quiet).code).toBe(0);
});

test('a LimitRange, a quota and nodes that do not take what is proposed', () => {
  const limits =
    '{ apiVersion: v1, kind: LimitRange, metadata: { name: least, namespace: shop }, spec: { limits: [{ type: Container, min: { cpu: 200m } }] } }';
  const quota =
    '{ apiVersion: v1, kind: ResourceQuota, metadata: { name: few, namespace: shop }, spec: { hard: { requests.memory: 700Mi } } }';
  const refused = json(all(shop, web, limits), '--use', quiet);
  expect(refused.code).toBe(1);
  expect(refused.obstacles).toEqual([
    'LimitRange/least refuses Deployment/shop/web: container a requests 115m of cpu, and the minimum is 200m',
  ]);
  // Four pods of 256Mi are more than 700Mi, and of 116Mi less; of 576Mi not even two.
  expect(json(all(shop, web, quota), '--use', quiet).obstacles).toEqual([]);
  const large = use(() => [`shop ${one} a 3000m 500Mi`]);
  const found = json(all(shop, web, quota), '--use', large);
  expect(found.obstacles).toEqual([
    expect.stringMatching(/^the quota admits 1 of 2 pods of Deployment\/shop\/web: exceeded quota: few/),
  ]);
  expect(found.waiting).toEqual([expect.objectContaining({ controller: 'Deployment/shop/web', pods: 2 })]);
});

test('what an autoscaler by percent then means, and a VerticalPodAutoscaler that sets requests itself', () => {
  const vpa = (mode: string) =>
    `{ apiVersion: autoscaling.k8s.io/v1, kind: VerticalPodAutoscaler, metadata: { name: web, namespace: shop }, spec: { targetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, updatePolicy: { updateMode: '${mode}' } } }`;
  const threshold =
    'HorizontalPodAutoscaler/shop/web adds pods above 70% of cpu: that was 350m for each pod, and becomes 80.5m; 304% keeps it';
  expect(json(all(shop, web, hpa, vpa('Off')), '--use', quiet).notes).toEqual([threshold.replace('80.5m', '81m')]);
  expect(json(all(shop, web, vpa('Recreate')), '--use', quiet).notes).toEqual([
    'VerticalPodAutoscaler/shop/web (Recreate) sets the requests of Deployment/shop/web itself: what is proposed holds where it does not',
  ]);
  expect(
    json(
      all(
        shop,
        web,
        hpa
          .replace('name: cpu', 'name: cpu')
          .replace('Utilization, averageUtilization: 70', "AverageValue, averageValue: '1'"),
      ),
      '--use',
      quiet,
    ).notes,
  ).toEqual([]);
});

test('the patch of manifests is a strategic merge patch of what changes', () => {
  const { text } = planned('size', all(shop, web), nodes, '--use', quiet, '--format', 'patch');
  expect(text).toMatch(
    /^# a: measured over 29 minutes, 30 readings of 2 pods: CPU p90 100m, at most 100m; memory at most 100Mi\n/,
  );
  expect(JSON.parse(text.replace(/^#.*\n/, ''))).toEqual({
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' } },
    spec: {
      template: {
        spec: {
          containers: [
            { name: 'a', resources: { requests: { cpu: '115m', memory: '116Mi' }, limits: { memory: '512Mi' } } },
          ],
        },
      },
    },
  });
  const right = sized('{ requests: { cpu: 115m, memory: 116Mi }, limits: { memory: 512Mi } }');
  expect(planned('size', all(shop, right), nodes, '--use', quiet, '--format', 'patch').text).toBe(
    '# Nothing to change',
  );
});

test('without a file of what was used, or with a bad one, it says what to give', () => {
  expect(() => planned('size', all(shop, web), nodes)).toThrow('strata plan size: needs to know what was used');
  const bad = file('shop web-0 a 1m\n');
  expect(() => planned('size', all(shop, web), nodes, '--use', bad)).toThrow(`${bad}:1`);
});

describe('of a target', () => {
  const { settings: _, ...kind } = laptop;
  const trial = environment('trial', { ephemeral: true, elsewhere: 'a test' });
  const of = (settings: object) =>
    composition({
      ...course,
      matrix: new Matrix(components, target(trial, kind, [metricsServer, autoscaling], { settings })),
    });
  const asked = { web: { resources: because({ cpu: '200m', memory: '64Mi', memoryLimit: '300Mi' }, 'a guess') } };
  const name = 'trial@kind';
  const readings = use(() => [`course-trial ${one} web 60m 100Mi`, 'course-trial redis-0 redis 10m 20Mi']);
  const size = async (settings: object, ...words: string[]) => {
    const lines: string[] = [];
    const print = (line: string) => lines.push(line);
    const platform = of(settings);
    const host = { env: {}, composition: () => platform as never, print, printError: print };
    const code = await strata.run(['plan', 'size', name, '--use', readings, ...words], host);
    return { code, text: lines.join('\n') };
  };
  const containersOf = (settings: object) => {
    const platform = of(settings);
    const objects = platform.compose(platform.matrix.targets([name])[0]! as never).flatMap((each) => each.objects);
    const deployment = objects.find((each) => each.kind === 'Deployment' && each.metadata?.name === 'web');
    return (deployment as never as { spec: { template: { spec: { containers: { resources: object }[] } } } }).spec
      .template.spec.containers;
  };

  test('the patch of settings, pasted, renders just what is proposed, and then there is nothing to change', async () => {
    const { text } = await size(asked, '--format', 'patch');
    const pasted = new Function('because', `return { ${text.replace(/^\/\/.*$/gm, '')} }.settings`)(because);
    expect(Object.keys(pasted)).toEqual(['web']);
    expect(pasted.web.resources.value).toEqual({ cpu: '70m', memory: '116Mi', memoryLimit: '300Mi' });
    expect(pasted.web.resources.reason).toBe(
      'measured over 29 minutes, 30 readings of 1 pod: CPU p90 60m, at most 60m; memory at most 100Mi',
    );
    expect(text).toMatch(/\/\/ Over target, .*: a guess\n/);
    expect(containersOf(pasted)[0]!.resources).toEqual({
      requests: { cpu: '70m', memory: '116Mi' },
      limits: { memory: '300Mi' },
    });
    expect((await size(pasted, '--format', 'patch')).text).toContain('// Nothing to change');
  });

  test('a setting that decides more than requests is told, and not in the patch', async () => {
    const { text } = await size(asked);
    expect(text).toMatch(
      /redis\.resources gives StatefulSet\/course-trial\/redis redis more than what it asks for \(.*StatefulSet\/redis.*\): it is not in the patch/,
    );
  });
});
