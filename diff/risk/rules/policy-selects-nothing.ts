import { record } from '../../../manifests/resource';
import { podsMatching } from '../../../world/pods';
import { changesOf } from '../kinds';
import { missedText } from '../missed';
import { fieldAt } from '../paths';
import { riskRule } from '../risk';
import { mayHoldOthers } from '../unseen';

const policy = (app: string, port = 8080) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'example.com/web:1.4.0' }] } }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
spec: { podSelector: { matchLabels: { app: ${app} } }, policyTypes: [Ingress], ingress: [{ ports: [{ port: ${port} }] }] }
`;

export default riskRule({
  id: 'policy-selects-nothing',
  class: 'in-place',
  description: 'a NetworkPolicy that selected pods, and selects none any more',
  reason:
    'It does nothing then: what it let in is refused where another policy isolates the pods, and everything is let in where none does. What closes or opens by that is told beside this.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation',
  advice: 'select by labels that the pods have, or remove the policy',
  example: {
    before: policy('web'),
    after: policy('wbe'),
    finds: ['NetworkPolicy/shop/web spec.podSelector.matchLabels.app'],
    harmless: policy('web', 8081),
  },
  *find(diff) {
    for (const change of changesOf(diff, 'NetworkPolicy')) {
      const { before, after } = change;
      if (!before || !after || after.group !== 'networking.k8s.io') continue;
      const namespace = diff.after.namespaceOf(after);
      const [was, is] = [before, after].map((each) => each.at(['spec', 'podSelector']));
      const had = podsMatching(diff.before, diff.before.namespaceOf(before), was);
      if (
        had.length === 0 ||
        podsMatching(diff.after, namespace, is).length > 0 ||
        mayHoldOthers(diff.after, namespace)
      )
        continue;
      yield {
        change,
        field: fieldAt(change, ['spec', 'podSelector']),
        message: `it selects no pod any more, and does nothing${missedText(diff.after, namespace, record(is)?.['matchLabels'], had)}`,
      };
    }
  },
});
