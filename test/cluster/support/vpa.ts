import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { Cluster } from './cluster';
import { goModule } from './go-module';
import { loadImages } from './images';
import type { KubernetesObject } from './kubernetes';
import { certificateFor } from './place';
import { settled } from './workloads';

/** Its own manifests, from its Go module; the version is that of the tool's stand-ins. */
const MODULE = 'k8s.io/autoscaler/vertical-pod-autoscaler@v1.8.1';
const FILES = [
  'vpa-v1-crd-gen.yaml',
  'vpa-rbac.yaml',
  'recommender-deployment.yaml',
  'updater-deployment.yaml',
  'admission-controller-deployment.yaml',
  'admission-controller-service.yaml',
];

/** The Vertical Pod Autoscaler as its project installs it; its script makes the certificate of the webhook. */
export async function installVpa(cluster: Cluster): Promise<void> {
  const folder = goModule(MODULE);
  const objects = FILES.flatMap((name) =>
    (loadAll(readFileSync(join(folder, 'deploy', name), 'utf8')) as KubernetesObject[]).filter(Boolean),
  );
  await loadImages(cluster, objects);
  const { key, certificate } = certificateFor('vpa-webhook.kube-system.svc');
  await cluster.applyServerSide(...objects, secretOf(key, certificate));
  await settled(cluster, objects);
}

function secretOf(key: string, certificate: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'vpa-tls-certs', namespace: 'kube-system' },
    stringData: { 'caCert.pem': certificate, 'serverCert.pem': certificate, 'serverKey.pem': key },
  } as KubernetesObject;
}
