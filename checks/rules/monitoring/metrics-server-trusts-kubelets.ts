import { wordsOf } from '../../../manifests/flags';
import { runsProgram } from '../../../manifests/programs';
import { record } from '../../../manifests/resource';
import type { Container } from '../../../manifests/workload';
import { kubeletCertificates } from '../../../world/kubelet-certificates';
import { check } from '../../check';

const manifests = (argument: string) => `
apiVersion: v1
kind: ConfigMap
metadata: { name: kubelet-config, namespace: kube-system }
data: { kubelet: 'serverTLSBootstrap: false' }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: metrics-server, namespace: kube-system }
spec:
  selector: { matchLabels: { app: metrics-server } }
  template:
    metadata: { labels: { app: metrics-server } }
    spec:
      containers:
        - name: metrics-server
          image: registry.k8s.io/metrics-server/metrics-server:v0.8.0
          args: ['--secure-port=10250'${argument}]
`;

export default check({
  id: 'metrics-server-trusts-kubelets',
  group: 'monitoring',
  description: 'metrics-server accepts the certificates with which the kubelets of the cluster serve',
  severity: 'will-break',
  needs: [],
  source: 'https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-certs/',
  fix: 'add the argument --kubelet-insecure-tls, or let the kubelets have signed certificates (serverTLSBootstrap: true)',
  example: {
    broken: manifests(''),
    fails: ['Deployment/kube-system/metrics-server spec.template.spec.containers[0].args'],
    fixed: manifests(', --kubelet-insecure-tls'),
  },
  *judge(world) {
    const shown = kubeletCertificates(world);
    if (shown?.are !== 'unsigned') return;
    for (const { resource, running } of world.workloads) {
      for (const container of running) {
        if (!runsProgram(container, 'metrics-server') || trusts(container)) continue;
        const path = [...container.path, 'args'];
        yield {
          resource,
          path: resource.at(path) === undefined ? container.path : path,
          value: resource.at(path) ?? record(container.json)?.['name'],
          message: `${shown.by}, and metrics-server does not trust such certificates: it gets no metrics, so kubectl top shows none and autoscalers do not act`,
        };
      }
    }
  },
});

/** Whether it is told not to verify certificates, or which authority signs them. */
function trusts(container: Container): boolean {
  const words = wordsOf(container);
  return words.some(
    (word) =>
      /^--kubelet-insecure-tls(=true)?$|^--kubelet-certificate-authority(=|$)|^--deprecated-kubelet-completely-insecure(=true)?$/.test(
        word,
      ) ||
      // A shell or a variable may say so.
      /\$\(|\s--/.test(word),
  );
}
