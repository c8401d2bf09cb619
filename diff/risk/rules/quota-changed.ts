import { changesOf } from '../kinds';
import { riskRule } from '../risk';

const quota = (cpu: string) => `
apiVersion: v1
kind: ResourceQuota
metadata: { name: shop, namespace: shop }
spec: { hard: { requests.cpu: ${cpu} } }
`;

export default riskRule({
  id: 'quota-changed',
  class: 'capacity',
  description: 'what a namespace may take as a whole, and what a container in it gets by default',
  reason:
    'Pods beyond a quota are not created, and nobody is told but by an event. The defaults of a LimitRange hold for pods that are created from now on.',
  source: 'https://kubernetes.io/docs/concepts/policy/resource-quotas/',
  advice: 'compare it with what the namespace takes: kubectl describe quota',
  example: {
    before: quota("'8'"),
    after: quota("'4'"),
    finds: ['ResourceQuota/shop/shop spec.hard["requests.cpu"]'],
    harmless: quota('8000m'),
  },
  *find(diff) {
    for (const change of changesOf(diff, 'ResourceQuota', 'LimitRange')) {
      const isQuota = change.kind === 'ResourceQuota';
      const of = isQuota
        ? 'pods beyond the quota are refused'
        : 'pods that are created from now on get other defaults and bounds';
      if (change.does === 'added') yield { change, message: isQuota ? `${of} from now on` : of };
      if (change.does === 'removed')
        yield { change, message: isQuota ? 'the namespace may take whatever the nodes have' : of };
      for (const field of change.fields)
        if (field.path[0] === 'spec')
          yield { change, field, message: isQuota ? `${of}, and it has another bound` : of };
    }
  },
});
