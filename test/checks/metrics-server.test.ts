import { checks } from '../../checks/registry';
import { runChecks } from '../../checks/run';
import { kind } from '../../clusters/kind';
import { shared } from '../../clusters/shared';
import { factsOf } from '../../world/cluster-facts';
import { World } from '../../world/world';
import { all, resources, verdicts, workload } from './judging';

const ID = 'metrics-server-trusts-kubelets';
const server = (args = '', kind = 'Deployment') =>
  workload({
    name: 'metrics-server',
    kind,
    containers: `{ name: m, image: 'registry.k8s.io/metrics-server/metrics-server:v0.8.0', args: ['--secure-port=10250'${args}] }`,
  });
const node = (providerID: string, labels = '') =>
  `{ apiVersion: v1, kind: Node, metadata: { name: a, labels: { ${labels} } }, spec: { providerID: '${providerID}' }, status: { nodeInfo: { kubeletVersion: v1.35.0 } } }`;
const kubelets = (kubelet: string) =>
  `{ apiVersion: v1, kind: ConfigMap, metadata: { name: kubelet-config, namespace: kube-system }, data: { kubelet: ${JSON.stringify(kubelet)} } }`;
const PATH = ['fail spec.template.spec.containers[0].args'];

test.each([
  ['nodes of kind', node('kind://docker/kind/kind-control-plane')],
  ['nodes of minikube', node('', 'minikube.k8s.io/version: v1.35.0')],
  ['kubeadm without signed certificates', kubelets('kind: KubeletConfiguration\nrotateCertificates: true\n')],
])('%s need --kubelet-insecure-tls', (_, facts) => {
  expect(verdicts(ID, server(), { facts })).toEqual(PATH);
  expect(verdicts(ID, server(", '--kubelet-insecure-tls'"), { facts })).toEqual([]);
  expect(verdicts(ID, server(", '--kubelet-insecure-tls=true'"), { facts })).toEqual([]);
  expect(verdicts(ID, server(", '--kubelet-insecure-tls=false'"), { facts })).toEqual(PATH);
  expect(verdicts(ID, server(", '--kubelet-certificate-authority=/ca.crt'"), { facts })).toEqual([]);
  expect(verdicts(ID, server('', 'DaemonSet'), { facts })).toEqual(PATH);
  expect(verdicts(ID, server().replace('metrics-server:v0', 'other:v0'), { facts })).toEqual([]);
});
test.each([
  ['nodes of a cloud', node('aws:///a/b')],
  ['kubeadm with signed certificates', kubelets('serverTLSBootstrap: true\n')],
  ['certificates of files', kubelets('tlsCertFile: /etc/kubelet.crt\n')],
])('%s show nothing of the kind', (_, facts) => expect(verdicts(ID, server(), { facts })).toEqual([]));
test('without facts nothing is known', () => expect(verdicts(ID, server())).toEqual([]));
test('kubelet-config may stand among the manifests', () =>
  expect(verdicts(ID, all(server(), kubelets('serverTLSBootstrap: false')))).toEqual(PATH));
test.each([
  [kind, 1],
  [shared, 0],
])('what clusters/ says of kubelets is known', (cluster, findings) => {
  const manifests = resources(server());
  const world = new World(manifests, factsOf(cluster, manifests));
  expect(
    runChecks(
      world,
      checks.filter(({ id }) => id === ID),
    ),
  ).toHaveLength(findings);
});
