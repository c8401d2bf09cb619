import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Resource } from '../../../manifests/resource';
import { istioProblems } from '../../../upstream/istio/problems';
import { istioCases } from '../../oracle/istio-cases';

const judged = (object: object) =>
  istioProblems(new Resource({ ...object }, { file: 'a.yaml', text: '' }, 0), 'shop').map(
    ({ path, message }) => `${path.join('.')} ${message}`,
  );

/** What Istio itself says of these cases (`npm run oracle:istio`): an x is refused. */
const VERDICTS = readFileSync(join(__dirname, 'verdicts.txt'), 'utf8').replace(/\s/g, '');

test('objects are refused that Istio refuses, and no others', () => {
  expect(VERDICTS).toHaveLength(4000);
  const said = istioCases(VERDICTS.length, 9).map((one) => (judged(one).length > 0 ? 'x' : '.'));
  expect(said.join('')).toBe(VERDICTS);
});

const route = (rule: object, spec: object = {}) =>
  judged({
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { hosts: ['shop.example.com'], gateways: ['edge/public'], http: [rule], ...spec },
  });
const to = (host: string, more: object = {}) => ({ destination: { host, ...more } });

test.each(['mirrorPercent', 'mirror_percent'])('%s is at most 100', (field) => {
  expect(route({ route: [to('web')], mirror: { host: 'next' }, [field]: 100 })).toEqual([]);
  expect(route({ route: [to('web')], mirror: { host: 'next' }, [field]: 101 })).toEqual([
    `spec.http.0.${field} is 101, and 100 is the most`,
  ]);
});

test('a problem says where it is and what is wrong', () => {
  expect(route({ route: [to('web')] })).toEqual([]);
  expect(route({ route: [{ ...to('web'), weight: 0 }, to('next', { subset: 'v_1', port: {} })] })).toEqual([
    'spec.http.0.route.1.destination.subset is v_1, and names of subsets are of letters, digits and inner hyphens',
    'spec.http.0.route.1.destination.port.number is missing, and a port is 1 to 65535',
    'spec.http.0.route has several destinations, and none with a weight',
  ]);
  expect(route({ redirect: { uri: '/a' }, route: [to('web')] })).toEqual([
    'spec.http.0.route stands beside redirect, and a rule has one of them',
  ]);
  expect(route({ route: [to('web')], match: [{ headers: { cookie: { regex: '(?=a)' } } }] })).toEqual([
    'spec.http.0.match.0.headers.cookie.regex is "(?=a)", which does not compile: Istio reads it as RE2 does',
  ]);
  expect(route({ route: [to('web')] }, { hosts: ['*'], gateways: ['mesh', 'edge/public'] })).toEqual([
    'spec.hosts.0 is *, which only a VirtualService that is bound to Gateways alone may have',
  ]);
});

test('kinds that Istio does not judge here have no problems', () => {
  expect(judged({ apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway', metadata: { name: 'a.b' } })).toEqual(
    [],
  );
});
