import { record, string } from '../manifests/resource';
import { memo } from '../model/memo';
import { readContent } from '../upstream/prometheus/yaml';
import type { World } from './world';

/** With what kubelets serve, and what shows it. */
export interface KubeletCertificates {
  readonly are: 'signed' | 'unsigned';
  /** `the nodes are those of kind, whose kubelets sign their own certificates` */
  readonly by: string;
}

/** With what the kubelets of the cluster serve: kubeadm's own configuration of them, or the nodes; undefined where neither is known. */
export const kubeletCertificates = memo((world: World): KubeletCertificates | undefined => {
  const configured = world.find('ConfigMap', 'kube-system', 'kubelet-config');
  const text = configured.is === 'present' ? string(configured.resource.at(['data', 'kubelet'])) : undefined;
  if (text !== undefined) {
    const kubelet = record(readContent(text).content);
    if (kubelet?.['tlsCertFile'] !== undefined) return undefined;
    return kubelet?.['serverTLSBootstrap'] === true
      ? { are: 'signed', by: 'ConfigMap kube-system/kubelet-config has serverTLSBootstrap' }
      : {
          are: 'unsigned',
          by: 'kubelets sign their own certificates (ConfigMap kube-system/kubelet-config has no serverTLSBootstrap)',
        };
  }
  const nodes = world.facts.known('nodes') ?? [];
  if (nodes.some((node) => (string(node.at(['spec', 'providerID'])) ?? '').startsWith('kind://')))
    return { are: 'unsigned', by: 'the nodes are those of kind, whose kubelets sign their own certificates' };
  if (nodes.some(({ labels }) => labels['minikube.k8s.io/version'] !== undefined))
    return { are: 'unsigned', by: 'the nodes are those of minikube, whose kubelets sign their own certificates' };
  return undefined;
});
