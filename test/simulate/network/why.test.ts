import { readWanted } from '../../../simulate/network/ends';
import { whyFlow } from '../../../simulate/network/why';
import { all, namespace, service, workload, worldOf } from '../../world/support';

const ports =
  'ports: [{ name: dns, containerPort: 53, protocol: UDP }, { name: dns-tcp, containerPort: 53 }, { containerPort: 8080 }]';
const world = worldOf(
  all(
    namespace,
    workload(),
    workload({ name: 'server', container: ports }),
    service('selector: { app: server }, ports: [{ name: http, port: 80, targetPort: 8080 }]', 'front'),
    '{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: p, namespace: shop }, spec: { podSelector: { matchLabels: { app: server } }, ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 53, protocol: UDP }] }] } }',
  ),
);
const why = (from: string, to: string) =>
  whyFlow(world, readWanted(from), readWanted(to)).map(
    ({ from: source, to: target, port, protocol, verdict }) => `${source} > ${target} ${port}/${protocol} ${verdict}`,
  );
const web = 'Deployment/shop/web > Deployment/shop/server';

describe('the ports that are asked for', () => {
  test.each([
    ['server:53/udp', [`${web} 53/UDP allowed`]],
    ['server:53/tcp', [`${web} 53/TCP denied`]],
    ['server:53', [`${web} 53/TCP denied`, `${web} 53/UDP allowed`]],
    ['server:dns', [`${web} 53/UDP allowed`]],
    ['server:dns-tcp', [`${web} 53/TCP denied`]],
    ['server:dns/udp', [`${web} 53/UDP allowed`]],
    // Nobody has to declare a port to be asked for it.
    ['server:9000', [`${web} 9000/TCP denied`]],
    ['server:8080/sctp', [`${web} 8080/SCTP denied`]],
    ['outside:443', ['Deployment/shop/web > outside the cluster 443/TCP allowed']],
  ])('are those of the name or number, and of the protocol: %s', (to, expected) =>
    expect(why('web', to)).toEqual(expected),
  );
  test.each([
    ['server', 'names no port'],
    ['outside', 'names no port'],
    ['server:dns/tcp', 'has no such port'],
    ['server:http', 'has no such port'],
    ['front:81', 'has no such port'],
    ['front:8080', 'has no such port'],
    ['front:80/udp', 'has no such port'],
  ])('have to be there: %s', (to, message) => expect(() => why('web', to)).toThrow(message));
  test('are told with their names where one is missing', () => {
    expect(() => why('web', 'server')).toThrow('dns-tcp (53), dns (53), 8080');
    expect(() => why('web', 'front:81')).toThrow('http (80)');
  });
});

describe('an end that is asked for', () => {
  test.each([
    ['Deployment/shop/web', 'Deployment/shop/web'],
    ['shop/web', 'Deployment/shop/web'],
    ['we', 'Deployment/shop/web'],
    ['pods', 'any other pod'],
    ['any other pod', 'any other pod'],
    ['outside', 'outside the cluster'],
    ['outside the cluster', 'outside the cluster'],
    ['nodes', 'nodes'],
    ['gateway', 'gateway'],
    ['10.0.0.1', '10.0.0.1'],
  ])('is one: %s', (from, expected) => expect(why(from, 'server:dns')[0]).toMatch(new RegExp(`^${expected} >`)));
  test('is a Service only where something connects to it', () => {
    expect(why('web', 'front:80')).toEqual(['Deployment/shop/web > Service/shop/front 80/TCP denied']);
    expect(() => why('front', 'server:dns')).toThrow('is no workload of the manifests');
  });
  test('is not one of several', () => {
    expect(() => why('shop', 'server:dns')).toThrow(
      'is the name of several: Deployment/shop/web, Deployment/shop/server',
    );
    expect(() => why('gone', 'server:dns')).toThrow('is no workload of the manifests');
  });
});
