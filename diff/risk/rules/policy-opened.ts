import { policyEffects } from '../policies/effects';
import { effectAdvice, effectText, fieldOfEffect } from '../policies/text';
import { riskRule } from '../risk';

const policy = (rules: string) => `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  action: ALLOW
  rules: [${rules}]
`;
const FRONT =
  "{ from: [{ source: { principals: ['cluster.local/ns/shop/sa/front', 'cluster.local/ns/shop/sa/admin'] } }] }";

export default riskRule({
  id: 'policy-opened',
  class: 'exposure',
  description:
    'a policy that lets more through than before, of an API that is not simulated or for pods that are not among the manifests',
  reason:
    'Whoever was refused may be let in. Another policy that is not here may refuse it still, so the sentence says “may”.',
  source: 'https://istio.io/latest/docs/reference/config/security/authorization-policy/',
  advice: 'compare it together with the pods that it selects and the other policies about them: strata flows diff',
  example: {
    before: policy(FRONT),
    after: policy('{}'),
    finds: ['AuthorizationPolicy/shop/web spec.rules'],
    harmless: policy(FRONT.replace(", 'cluster.local/ns/shop/sa/admin'", '')),
  },
  *find(diff) {
    for (const effect of policyEffects(diff))
      if (effect.does === 'opens')
        yield {
          change: effect.change,
          field: fieldOfEffect(effect),
          message: effectText(effect),
          ...effectAdvice(effect),
        };
  },
});
