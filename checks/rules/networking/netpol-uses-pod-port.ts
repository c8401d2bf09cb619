import { check } from '../../check';
import { wrongPorts } from '../../policy-ports';

const manifests = (port: number) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'web:1.4.2', ports: [{ containerPort: 8080 }] }] } }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
spec: { podSelector: { matchLabels: { app: web } }, ingress: [{ ports: [{ port: ${port} }] }] }
`;

export default check({
  id: 'netpol-uses-pod-port',
  group: 'networking',
  description: 'the ports of a NetworkPolicy are ports of the pods, not of their Service',
  severity: 'will-break',
  needs: ['external'],
  source: 'staging/src/k8s.io/api/networking/v1/types.go',
  fix: 'use the port that the pods listen on (the targetPort of the Service): policies apply after the Service port is translated',
  example: {
    broken: manifests(80),
    fails: ['NetworkPolicy/shop/web spec.ingress[0].ports[0].port'],
    fixed: manifests(8080),
  },
  *judge(world) {
    for (const { policy, path, port, service, rightPort, complete: whole } of wrongPorts(world)) {
      const unless = whole ? '' : ` unless a policy that is not among the manifests allows ${rightPort}`;
      yield {
        resource: policy.resource,
        path,
        value: port,
        verdict: whole ? 'fail' : 'unknown',
        message: `${port} is the port of Service ${service.name}, its pods listen on ${rightPort}, and policies match the port of the pods: connections through the Service are dropped${unless}`,
        fix: `use port ${rightPort}`,
      };
    }
  },
});
