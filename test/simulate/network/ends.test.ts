import { endNames, gateway, isCalled, readWanted, serviceEnds, workloadEnds } from '../../../simulate/network/ends';
import { flowsOf } from '../../../simulate/network/flows';
import { networkOf } from '../../../simulate/network/network';
import { all, namespace, service, workload, worldOf } from '../../world/support';

describe('an end is asked for', () => {
  test.each([
    ['web', 'name', 'web'],
    ['Deployment/shop/web', 'name', 'Deployment/shop/web'],
    ['pods', 'pods', 'pods'],
    ['outside', 'outside', 'outside'],
    ['internet', 'outside', 'internet'],
    ['nodes', 'nodes', 'nodes'],
    ['gateway', 'gateway', 'gateway'],
    ['gateways', 'gateway', 'gateways'],
    ['services', 'services', 'services'],
    ['constructor', 'name', 'constructor'],
    ['Pods', 'name', 'Pods'],
    ['1.2.3.4', 'address', '1.2.3.4'],
    ['10.0.0.0/8', 'address', '10.0.0.0/8'],
    ['2001:db8::1', 'address', '2001:db8::1'],
    ['2001:db8::/32', 'address', '2001:db8::/32'],
    ['fe80::53/128', 'address', 'fe80::53/128'],
    // An IPv6 address has a port only in brackets: its last part is none.
    ['2001:db8::1:443', 'address', '2001:db8::1:443'],
    ['2001:db8::1:443/tcp', 'name', '2001:db8::1:443/tcp'],
    ['::1:53/udp', 'name', '::1:53/udp'],
  ])('by a name, a word or an address: %s', (given, is, text) => {
    const wanted = readWanted(given);
    expect(wanted).toMatchObject({ is, text });
    expect(wanted).not.toHaveProperty('port');
    expect(wanted).not.toHaveProperty('protocol');
    expect(wanted.block !== undefined).toBe(is === 'address');
  });
  test.each([
    ['web:80', 'name', 'web', '80', undefined],
    ['web:http', 'name', 'web', 'http', undefined],
    ['Deployment/shop/web:8080/udp', 'name', 'Deployment/shop/web', '8080', 'UDP'],
    ['outside:443/TCP', 'outside', 'outside', '443', 'TCP'],
    ['1.2.3.4:443', 'address', '1.2.3.4', '443', undefined],
    ['10.0.0.0/8:53/sctp', 'address', '10.0.0.0/8', '53', 'SCTP'],
    ['[2001:db8::1]:53/UDP', 'address', '2001:db8::1', '53', 'UDP'],
    ['[2001:db8::/32]:53', 'address', '2001:db8::/32', '53', undefined],
    ['[::1]', 'address', '::1', undefined, undefined],
  ])('with a port and a protocol: %s', (given, is, text, port, protocol) => {
    const wanted = readWanted(given);
    expect([wanted.is, wanted.text, wanted.port, wanted.protocol]).toEqual([is, text, port, protocol]);
  });
});

describe('the ends of a world', () => {
  const world = worldOf(
    all(
      namespace,
      workload(),
      workload({ name: 'api' }),
      service('selector: { app: web }, ports: [{ port: 80 }]'),
      service('selector: { app: api }, ports: [{ port: 80 }]', 'api'),
      service('ports: [{ port: 80 }]', 'manual'),
      service('selector: { app: web }', 'portless'),
      service('type: ExternalName, externalName: example.com, selector: { app: web }, ports: [{ port: 80 }]', 'other'),
    ),
  );
  const network = networkOf(world);
  test('are its workloads, and the Services that have pods and ports', () => {
    expect(workloadEnds(world, network).map(({ name, is }) => `${is} ${name}`)).toEqual([
      'workload Deployment/shop/web',
      'workload Deployment/shop/api',
    ]);
    expect(serviceEnds(world).map(({ name, is }) => `${is} ${name}`)).toEqual([
      'service Service/shop/web',
      'service Service/shop/api',
    ]);
    expect(endNames(world, network)).toEqual([
      'Deployment/shop/web',
      'Deployment/shop/api',
      'Service/shop/web',
      'Service/shop/api',
      'any other pod',
      'outside the cluster',
    ]);
  });
  test.each([
    ['web', true],
    ['shop/web', true],
    ['Deployment/shop/web', true],
    ['blog/web', false],
    ['Web', false],
  ])('are called by a part of the name: %s', (text, called) =>
    expect(isCalled(workloadEnds(world, network)[0]!, { is: 'name', text })).toBe(called),
  );
  test('hold a gateway, which is some pod where none is among the manifests', () =>
    expect(gateway(world, network)).toMatchObject({ name: 'gateway', is: 'gateway', endpoints: [{ is: 'pod' }] }));

  const targets = (to: string) => [...new Set([...flowsOf(world, { to: readWanted(to) })].map((flow) => flow.to))];
  test.each([
    ['web', ['Deployment/shop/web']],
    ['Service/shop/web', ['Service/shop/web']],
    ['service/shop/web', ['Service/shop/web']],
    ['svc/shop/api', ['Service/shop/api']],
    ['svc/shop', ['Service/shop/web', 'Service/shop/api']],
    ['svc/blog', []],
    ['services', ['Service/shop/web', 'Service/shop/api']],
    ['shop', ['Deployment/shop/web', 'Deployment/shop/api']],
  ])('are found as targets of flows: %s', (to, expected) => expect(targets(to)).toEqual(expected));
  test('have flows of one port each, without an end of a range', () => {
    const flows = [...flowsOf(world, { to: readWanted('svc/shop/web') })];
    expect(flows.length).toBeGreaterThan(0);
    for (const flow of flows) expect(flow).not.toHaveProperty('endPort');
  });
});
