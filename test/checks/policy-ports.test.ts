import { all, namespace, service, verdicts, workload } from './judging';

const policy = (spec: string, name = 'p') =>
  `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: ${name}, namespace: shop }, spec: { ${spec} } }`;
const front = service('selector: { part: front }, ports: [{ port: 80, targetPort: 8080 }]');
const pod = (name: string) => workload({ name, labels: `app: ${name}, part: front` });
const judged = (...manifests: string[]) => verdicts('netpol-uses-pod-port', all(namespace, front, ...manifests));

describe('a policy that allows the port of a Service', () => {
  const ingress = policy('podSelector: { matchLabels: { part: front } }, ingress: [{ ports: [{ port: 80 }] }]');
  const right = (app: string) =>
    policy(`podSelector: { matchLabels: { app: ${app} } }, ingress: [{ ports: [{ port: 8080 }] }]`, app);
  test('does no harm where another one allows the port of the pods, to each of them', () => {
    expect(judged(pod('a'), pod('b'), ingress)).toEqual(['fail spec.ingress[0].ports[0].port']);
    expect(judged(pod('a'), pod('b'), ingress, right('a'))).toEqual(['fail spec.ingress[0].ports[0].port']);
    expect(judged(pod('a'), pod('b'), ingress, right('a'), right('b'))).toEqual([]);
  });

  const egress = (peer: string, own = 'app: client') =>
    policy(
      `podSelector: { matchLabels: { ${own} } }, policyTypes: [Egress], egress: [{ to: [{ ${peer} }], ports: [{ port: 80 }] }]`,
    );
  const client = workload({ name: 'client' });
  test('to whom its peers select: pods of the namespace, or all pods of namespaces', () => {
    expect(judged(pod('a'), client, egress('podSelector: { matchLabels: { part: front } }'))).toHaveLength(1);
    expect(judged(pod('a'), client, egress('podSelector: { matchLabels: { part: other } }'))).toEqual([]);
    const shop = 'namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: shop } }';
    expect(judged(pod('a'), egress(shop, 'part: none'))).toHaveLength(1);
    expect(
      judged(pod('a'), egress(`${shop}, podSelector: { matchLabels: { part: front } }`, 'part: none')),
    ).toHaveLength(1);
    expect(judged(pod('a'), egress(`${shop}, podSelector: { matchLabels: { part: other } }`, 'part: none'))).toEqual(
      [],
    );
  });
  test('is reported where the pods that it is for are not here, too', () =>
    expect(judged(pod('a'), egress('podSelector: { matchLabels: { part: front } }'))).toEqual([
      'unknown spec.egress[0].ports[0].port',
    ]));
  test('means a port of its own where one of the pods has that number, too', () => {
    const listening = workload({
      name: 'b',
      labels: 'app: b, part: front',
      container: 'ports: [{ containerPort: 80 }]',
    });
    expect(judged(pod('a'), listening, ingress)).toEqual([]);
  });
});
