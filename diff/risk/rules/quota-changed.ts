import { changesOf } from '../kinds';
import { riskRule } from '../risk';

const quota = (cpu: string) => `
apiVersion: v1
kind: ResourceQuota
metadata: { name: shop, namespace: shop }
spec: { hard: { requests.cpu: ${cpu} } }
`;

const LIMITS = 'compare it with what the containers of the namespace say: kubectl describe limitrange';

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
        ? 'what goes beyond the quota is refused'
        : 'pods that are created from now on get other defaults and bounds';
      const advice = isQuota ? undefined : { advice: LIMITS };
      if (change.does === 'added') yield { change, message: isQuota ? `${of} from now on` : of, ...advice };
      if (change.does === 'removed')
        yield { change, message: isQuota ? 'the namespace may take whatever the nodes have' : of, ...advice };
      for (const field of change.fields)
        if (field.path[0] === 'spec')
          yield { change, field, message: isQuota ? `${of}, and the bound is another one` : of, ...advice };
    }
  },
});
