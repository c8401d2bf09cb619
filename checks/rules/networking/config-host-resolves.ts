import { configuredAddresses } from '../../../simulate/network/configured-addresses';
import { check } from '../../check';
import { hostFinding } from '../../configured-hosts';

const manifests = (host: string) => `
apiVersion: v1
kind: Service
metadata: { name: api, namespace: back }
spec: { selector: { app: api }, ports: [{ port: 8080 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: front }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0', env: [{ name: BACKEND_URL, value: 'http://${host}:8080' }] }] }
`;

export default check({
  id: 'config-host-resolves',
  group: 'networking',
  description: 'a Service or a pod that the configuration of a pod names resolves from the namespace of that pod',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/',
  fix: 'write SERVICE for a Service of the same namespace, SERVICE.NAMESPACE for one of another',
  example: {
    broken: manifests('api'),
    fails: ['Deployment/front/web spec.template.spec.containers[0].env[0].value'],
    fixed: manifests('api.back'),
  },
  *judge(world) {
    const said = new Set<string>();
    for (const workload of world.workloads) {
      for (const address of configuredAddresses(world, workload)) {
        const finding = hostFinding(world, address);
        // A ConfigMap that several workloads read is wrong once.
        const key = `${world.idOf(address.resource)} ${address.path.join('.')} ${address.host}`;
        if (finding && !said.has(key)) yield finding;
        said.add(key);
      }
    }
  },
});
