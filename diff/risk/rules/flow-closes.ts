import { closedText } from '../flow-text';
import { flowRisks } from '../flows';
import { riskRule } from '../risk';

const web = (policy: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'example.com/web:1.4.0', ports: [{ containerPort: 8080 }] }] } }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
spec: { podSelector: { matchLabels: { app: web } }, policyTypes: [Ingress], ingress: [{ ports: [${policy}] }] }
`;

export default riskRule({
  id: 'flow-closes',
  class: 'disruption',
  description: 'a connection that the policies and Services no longer allow',
  reason: 'Whoever uses it waits until its connect timeout: a policy drops packets without an answer.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/',
  advice: 'look at who needs it before it closes: strata flows diff',
  example: {
    before: web('{ port: 8080 }, { port: 9090 }'),
    after: web('{ port: 9090 }'),
    finds: ['NetworkPolicy/shop/web'],
    harmless: web('{ port: 8080 }, { port: 9090 }, { port: 9091 }'),
  },
  find: (diff) => flowRisks(diff, ['closes', 'may close'], closedText),
});
