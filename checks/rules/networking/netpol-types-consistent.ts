import { list, record } from '../../../manifests/resource';
import { isNetworkPolicy } from '../../../simulate/network/policy';
import { check } from '../../check';

const policy = (types: string) => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
spec:
  podSelector: { matchLabels: { app: web } }
  policyTypes: ${types}
  egress: [{ to: [{ podSelector: { matchLabels: { app: redis } } }], ports: [{ port: 6379 }] }]
`;

export default check({
  id: 'netpol-types-consistent',
  group: 'networking',
  description: 'the policyTypes of a NetworkPolicy list each direction that it has rules for',
  severity: 'advice',
  needs: [],
  source: 'staging/src/k8s.io/api/networking/v1/types.go',
  fix: 'add the direction to spec.policyTypes, or remove its rules',
  example: { broken: policy('[Ingress]'), fails: ['NetworkPolicy/shop/web spec.egress'], fixed: policy('[Egress]') },
  *judge(world) {
    for (const resource of world.of('NetworkPolicy').filter(isNetworkPolicy)) {
      const spec = record(resource.at(['spec'])) ?? {};
      const types = list(spec['policyTypes']);
      for (const [field, type] of [
        ['ingress', 'Ingress'],
        ['egress', 'Egress'],
      ] as const) {
        if (!Array.isArray(spec[field])) continue;
        const rules = list(spec[field]);
        if (types.length > 0 && !types.includes(type) && rules.length > 0) {
          yield {
            resource,
            path: ['spec', field],
            value: rules.length,
            message: `policyTypes does not list ${type}, so these ${field} rules are ignored: they neither allow nor deny anything`,
          };
        } else if (types.length === 0 && type === 'Egress' && rules.length === 0) {
          yield {
            resource,
            path: ['spec', field],
            value: rules,
            message:
              'without policyTypes, an empty egress list does not isolate the pods for egress, so they may still connect to everything; set policyTypes: [Ingress, Egress] to isolate them',
          };
        }
      }
    }
  },
});
