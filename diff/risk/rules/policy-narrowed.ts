import { policyEffects } from '../policies/effects';
import { effectAdvice, effectText, fieldOfEffect } from '../policies/text';
import { riskRule } from '../risk';

const policy = (...rules: readonly string[]) => `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  action: ALLOW
  rules: [${rules.join(', ')}]
`;
const from = (account: string) => `{ from: [{ source: { principals: [cluster.local/ns/shop/sa/${account}] } }] }`;

export default riskRule({
  id: 'policy-narrowed',
  class: 'disruption',
  description:
    'a policy that lets less through than before, of an API that is not simulated or for pods that are not among the manifests',
  reason:
    'Whoever uses what it allowed is refused, or waits until its connect timeout. Another policy that is not here may allow it still, so the sentence says “may”.',
  source: 'https://istio.io/latest/docs/concepts/security/#authorization-policies',
  advice:
    'look at who uses it before it closes, and compare it together with the pods that it selects: strata flows diff',
  example: {
    before: policy(from('front'), from('admin')),
    after: policy(from('front')),
    finds: ['AuthorizationPolicy/shop/web spec.rules'],
    harmless: policy(from('front'), from('admin'), from('report')),
  },
  *find(diff) {
    for (const effect of policyEffects(diff))
      if (effect.does === 'closes')
        yield {
          change: effect.change,
          field: fieldOfEffect(effect),
          message: effectText(effect),
          ...effectAdvice(effect),
        };
  },
});
