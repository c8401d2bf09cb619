import { all, messages, namespace, verdicts } from '../../judging';

const ID = 'istio-subset-exists';
const pods = (version: string) =>
  `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: web, namespace: shop }, spec: { selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web, version: ${version} } }, spec: { containers: [{ name: web, image: web }] } } } }`;
const service =
  '{ apiVersion: v1, kind: Service, metadata: { name: web, namespace: shop }, spec: { selector: { app: web }, ports: [{ port: 80 }] } }';
const rule = (labels: string, name = 'web') =>
  `{ apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: { name: ${name}, namespace: shop }, spec: { host: web, subsets: [{ name: v1${labels && `, labels: { ${labels} }`} }] } }`;
const route = (weight = '') =>
  `{ apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: web, namespace: shop }, spec: { hosts: [web], http: [{ route: [{ destination: { host: web.shop.svc.cluster.local, subset: v1 }${weight} }] }] } }`;
const PATH = 'spec.http[0].route[0].destination.subset';

describe('the pods of a subset', () => {
  test.each([
    ['have its labels', [pods('v1'), rule('version: v1')], []],
    ['have other ones', [pods('v2'), rule('version: v1')], [`fail ${PATH}`]],
    ['need none', [pods('v2'), rule('')], []],
    [
      'are those of one of several rules of the host',
      [pods('v1'), rule('version: v9', 'other'), rule('version: v1')],
      [],
    ],
    ['are not asked for by a weight of 0', [pods('v2'), rule('version: v1'), route(', weight: 0')], []],
  ])('%s', (_, objects, found) => {
    const own = objects.some((each) => each.includes('VirtualService')) ? [] : [route()];
    expect(verdicts(ID, all(namespace, service, ...objects, ...own))).toEqual(found);
  });
  test('may stand elsewhere where the namespace is not here as a whole, and are not asked for where no pod is', () => {
    expect(verdicts(ID, all(service, pods('v2'), rule('version: v1'), route()))).toEqual([`unknown ${PATH}`]);
    expect(messages(ID, all(service, pods('v2'), rule('version: v1'), route()))[0]).toContain(
      'unless other pods have them',
    );
    expect(verdicts(ID, all(namespace, service, rule('version: v1'), route()))).toEqual([]);
    expect(verdicts(ID, all(namespace, pods('v2'), rule('version: v1'), route()))).toEqual([]);
  });
});
