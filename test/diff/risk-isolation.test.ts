import { allOf, classed, messagesOf, workloadOf } from './risks';

const web = workloadOf({ container: 'ports: [{ name: http, containerPort: 8080 }]' });
const policy = (spec: string, selector = 'matchLabels: { app: web }') =>
  `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: web, namespace: shop }, spec: { podSelector: { ${selector} }, ${spec} } }`;

describe('isolation-begins', () => {
  const id = 'isolation-begins';
  const DNS = 'policyTypes: [Egress], egress: [{ ports: [{ port: 53, protocol: UDP }] }]';
  test('a new policy for every pod closes what every workload connects to, DNS too', () => {
    const worker = workloadOf({ kind: 'StatefulSet', name: 'worker' });
    const found = messagesOf(id, allOf(web, worker), allOf(web, worker, policy('policyTypes: [Egress]', '')));
    expect(found).toEqual([
      'it is the first egress policy about Deployment/shop/web, StatefulSet/shop/worker: all other egress is closed, DNS too, so that no name resolves',
    ]);
  });
  test('one that names DNS leaves that open', () => {
    expect(messagesOf(id, web, allOf(web, policy(DNS)))).toEqual([
      'it is the first egress policy about Deployment/shop/web: all other egress is closed',
    ]);
  });
  test('who connects to pods, by a selector that is wider', () => {
    const ingress = 'policyTypes: [Ingress], ingress: [{ ports: [{ port: 8080 }] }]';
    const before = allOf(web, policy(ingress, 'matchLabels: { app: other }'));
    expect(classed(id, before, allOf(web, policy(ingress, '')))).toEqual([
      'disruption NetworkPolicy/shop/web spec.podSelector',
    ]);
  });
  test('nothing of a policy beside another one, of one that allows everything, or of pods that come with it', () => {
    const other = policy(DNS).replace('name: web', 'name: other');
    expect(classed(id, allOf(web, other), allOf(web, other, policy('policyTypes: [Egress]')))).toEqual([]);
    expect(classed(id, web, allOf(web, policy('policyTypes: [Egress], egress: [{}]')))).toEqual([]);
    expect(classed(id, '', allOf(web, policy('policyTypes: [Egress]')))).toEqual([]);
  });
});

test('a workload without ports is the end of no connection', () => {
  const job = workloadOf({ kind: 'CronJob', name: 'backup', spec: "schedule: '0 1 * * *'" });
  const found = messagesOf('flow-closes', allOf(web, job), allOf(web, job, policy('policyTypes: [Egress]')));
  expect(found.join()).not.toContain('backup');
});

describe('service-cut: a port that leads elsewhere', () => {
  const id = 'service-cut';
  const service = (target: string) =>
    `{ apiVersion: v1, kind: Service, metadata: { name: web, namespace: shop }, spec: { selector: { app: web }, ports: [{ port: 80, targetPort: ${target} }] } }`;
  const lets = policy('policyTypes: [Ingress], ingress: [{ ports: [{ port: http }] }]');
  test('at which no container is known to listen', () => {
    expect(messagesOf(id, allOf(web, service('8080')), allOf(web, service('9090')))).toEqual([
      'port 80 leads to 9090 of Deployment/shop/web, which no container has among its ports (8080): unless one listens there, connections are refused',
    ]);
  });
  test('nothing where it is the same port, one that a container has, or where no container has any', () => {
    expect(classed(id, allOf(web, lets, service('http')), allOf(web, lets, service('8080')))).toEqual([]);
    const two = workloadOf({ container: 'ports: [{ containerPort: 8080 }, { containerPort: 9090 }]' });
    expect(classed(id, allOf(two, service('8080')), allOf(two, service('9090')))).toEqual([]);
    const bare = workloadOf();
    expect(classed(id, allOf(bare, service('8080')), allOf(bare, service('9090')))).toEqual([]);
  });
});

describe('port-closed', () => {
  const id = 'port-closed';
  const FRONT = workloadOf({ name: 'front' });
  const service = (target: string) =>
    `{ apiVersion: v1, kind: Service, metadata: { name: web, namespace: shop }, spec: { selector: { app: web }, ports: [{ port: 80, targetPort: ${target} }] } }`;
  const pods = (ports: string, container = '') =>
    workloadOf({ spec: 'replicas: 2', container: `${ports && `ports: [${ports}]`}${container}` });
  const lets = (port: string | number, from = 'from: [{ podSelector: { matchLabels: { app: front } } }], ') =>
    policy(`policyTypes: [Ingress], ingress: [{ ${from}ports: [{ port: ${port} }] }]`);
  const said =
    'Deployment/shop/front cannot reach TCP 8081 of Deployment/shop/web, which is served in place of 8080: policy shop/web does not name it';
  test.each([
    ['a port with a name', pods('{ name: http, containerPort: 8080 }'), pods('{ name: http, containerPort: 8081 }')],
    ['the only port', pods('{ containerPort: 8080 }'), pods('{ containerPort: 8081 }')],
    [
      'one of several, by its name',
      pods('{ name: a, containerPort: 8080 }, { containerPort: 1 }'),
      pods('{ containerPort: 1 }, { name: a, containerPort: 8081 }'),
    ],
    ['what the program is told', pods('', 'args: [--port=8080]'), pods('', 'args: [--port=8081]')],
    [
      'the same, by a variable',
      pods('', "env: [{ name: PORT, value: '8080' }]"),
      pods('', "env: [{ name: PORT, value: '8081' }]"),
    ],
    ['the target of a Service', allOf(pods(''), service('8080')), allOf(pods(''), service('8081'))],
  ])('%s', (_, before, after) => {
    const all = (some: string, one: string) => allOf(FRONT, some, one);
    expect(messagesOf(id, all(before, lets(8080)), all(after, lets(8080)))).toEqual([said]);
    // Open before as little as after, let in as well, or by nobody closed.
    expect(classed(id, all(after, lets(8080)), all(before, lets(8080)))).toEqual([]);
    expect(classed(id, all(before, lets(8080)), all(after, lets(8081)))).toEqual([]);
    expect(classed(id, all(before, ''), all(after, ''))).toEqual([]);
  });
  test('a policy about those who connect', () => {
    const egress = (port: number) =>
      policy(`policyTypes: [Egress], egress: [{ to: [{ podSelector: {} }], ports: [{ port: ${port} }] }]`).replace(
        'app: web',
        'app: front',
      );
    const [before, after] = [pods('{ containerPort: 8080 }'), pods('{ containerPort: 8081 }')];
    expect(messagesOf(id, allOf(FRONT, before, egress(8080)), allOf(FRONT, after, egress(8080)))).toEqual([said]);
  });
  test('a policy that names the port as the container does', () => {
    const [before, after] = [pods('{ name: http, containerPort: 8080 }'), pods('{ name: http, containerPort: 8081 }')];
    expect(classed(id, allOf(FRONT, before, lets('http')), allOf(FRONT, after, lets('http')))).toEqual([]);
  });
  test('a port that comes beside the old one, and ports that have nothing in common', () => {
    const one = pods('{ name: a, containerPort: 8080 }');
    const two = pods('{ name: a, containerPort: 8080 }, { name: b, containerPort: 8081 }');
    expect(classed(id, allOf(FRONT, one, lets(8080)), allOf(FRONT, two, lets(8080)))).toEqual([]);
    const others = pods('{ name: c, containerPort: 8082 }, { name: d, containerPort: 8083 }');
    expect(classed(id, allOf(FRONT, two, lets(8080)), allOf(FRONT, others, lets(8080)))).toEqual([]);
  });
});
