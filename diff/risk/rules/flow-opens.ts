import { openedText } from '../flow-text';
import { flowRisks } from '../flows';
import { riskRule } from '../risk';

export default riskRule({
  id: 'flow-opens',
  class: 'exposure',
  description: 'a connection that the policies and Services did not allow before',
  reason: 'Whoever is at its other end can now reach the port, whether or not anybody declared that.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/',
  advice: 'look at who can reach it: strata flows diff',
  example: {
    before: `
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
spec: { podSelector: { matchLabels: { app: web } }, policyTypes: [Ingress], ingress: [] }
`,
    after: `
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
spec: { podSelector: { matchLabels: { app: web } }, policyTypes: [Ingress], ingress: [{ ports: [{ port: 8080 }] }] }
`,
    finds: ['NetworkPolicy/shop/web'],
    harmless: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'example.com/web:1.4.0', ports: [{ containerPort: 8080 }] }] } }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop, labels: { team: a } }
spec: { podSelector: { matchLabels: { app: web } }, policyTypes: [Ingress] }
`,
  },
  find: (diff) => flowRisks(diff, ['opens', 'may open'], openedText),
});
