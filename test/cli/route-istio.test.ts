import { shared } from '../../clusters/shared';
import { composition } from '../../composition/composition';
import { components } from '../../constructs/app/components';
import { prod } from '../../environments/prod';
import { autoscaling, disruptionBudgets, networkPolicies, prometheus } from '../../features';
import type { Cluster } from '../../model/cluster';
import { because } from '../../model/layers';
import { Matrix, target } from '../../model/matrix';
import type { ReleaseForm } from '../../model/release';
import { ab, canary, cookie, mirror, rolling, share } from '../../model/release';
import { course } from '../../platform';
import { strata } from '../../tool';

const { gateway: _, ...withoutGateway } = shared;
const istio: Cluster = {
  ...withoutGateway,
  istio: {
    ...{ name: 'public', namespace: 'istio-ingress', version: '1.30' as const },
    pods: {
      name: 'istio gateway',
      namespaceLabels: { 'kubernetes.io/metadata.name': 'istio-ingress' },
      podLabels: { istio: 'ingress' },
    },
  },
};
const next = { image: 'registry.example.com/course/web:2.0.0' };

/** What `strata route` prints for a target of a cluster whose routes are those of a Gateway of Istio. */
async function routed(release: ReleaseForm, method: string, path: string, ...more: string[]) {
  const settings = {
    web: {
      image: because('registry.example.com/course/web:1.0.0', 'a test'),
      replicas: because(4, 'a test'),
      release: because(release, 'a test'),
    },
  };
  const features = [prometheus, autoscaling, networkPolicies, disruptionBudgets];
  const of = composition({ ...course, matrix: new Matrix(components, target(prod, istio, features, { settings })) });
  const lines: string[] = [];
  const print = (text: string) => lines.push(...text.split('\n'));
  const url = `https://course-prod.apps.example.com${path}`;
  const code = await strata.run(['route', method, url, 'prod@shared', ...more], {
    env: {},
    composition: () => of,
    print,
    printError: print,
  });
  return { code, lines, shares: lines.filter((line) => line.includes('%')).map((line) => line.trim()) };
}

const to = (service: string, path = '/visits') =>
  `Service course-prod/${service}:80 gets course-prod.apps.example.com${path}`;

test('the Gateway of the platform team is the way in, and the rule is named', async () => {
  const { code, lines } = await routed(rolling(), 'GET', '/visits');
  expect(code).toBe(0);
  expect(lines[0]).toBe("Istio's Gateway istio-ingress/public, by the rules of Istio");
  expect(lines[1]).toMatch(/^ {2}VirtualService web spec\.http\[\d\]\.match\[\d\] {2}\(/);
  expect(lines.at(-1)).toBe(`   100 %  ${to('web')}`);
});

test.each<[string, ReleaseForm, string[], string[]]>([
  [
    'a share',
    canary({ next, steps: [share(25), share(50)], at: 25 }),
    [],
    [`75 %  ${to('web')}`, `25 %  ${to('web-next')}`],
  ],
  ['no cookie', ab({ next, when: cookie('release', 'next') }), [], [`100 %  ${to('web')}`]],
  [
    'the cookie among others',
    ab({ next, when: cookie('release', 'next') }),
    ['-H', 'Cookie: a=b; release=next'],
    [`100 %  ${to('web-next')}`],
  ],
  [
    'the cookie with another value',
    ab({ next, when: cookie('release', 'next') }),
    ['-H', 'Cookie: release=nextx'],
    [`100 %  ${to('web')}`],
  ],
])('%s', async (_, release, headers, shares) => {
  expect((await routed(release, 'GET', '/visits', ...headers)).shares).toEqual(shares);
});

test('copies of the methods that are copied', async () => {
  const release = mirror({ next, share: 25, methods: ['GET'], state: 'own' });
  const of = async (method: string) => (await routed(release, method, '/visits')).shares;
  expect(await of('GET')).toEqual([`100 %  ${to('web')}, 25 % of it copied to course-prod/web-next`]);
  expect(await of('POST')).toEqual([`100 %  ${to('web')}`]);
});

test('who is not asked for answers nobody', async () => {
  const { code, lines } = await routed(rolling(), 'GET', '/metrics');
  expect([code, lines.at(-1)]).toEqual([1, '   100 %  404: no rule matches']);
});
