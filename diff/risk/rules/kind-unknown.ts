import { isDescription } from '../../schema-fields';
import { isDefined, isKnownChange } from '../known-kinds';
import { isInside } from '../paths';
import { riskRule } from '../risk';

const widget = (size: number, labels = 'a: b') => `
apiVersion: example.com/v1
kind: Widget
metadata: { name: web, namespace: shop, labels: { ${labels} } }
spec: { size: ${size} }
`;

export default riskRule({
  id: 'kind-unknown',
  class: 'unknown',
  description: 'an object of a kind of which no rule knows the effects, also where its schema is known',
  reason:
    'Its controller may do anything when it sees the change: also replace pods, open a port or delete what it made. Nothing here can say so.',
  source: 'https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/custom-resources/',
  advice:
    'read what its controller does with it; compare it together with its CustomResourceDefinition to have at least its fields checked',
  example: {
    before: widget(1),
    after: widget(2),
    finds: ['Widget/shop/web spec.size'],
    harmless: widget(1, 'a: c'),
  },
  *find(diff) {
    for (const change of diff.changes) {
      const { group, kind } = (change.after ?? change.before)!;
      const advice = isDefined(diff, change) ? { advice: 'read what its controller does with it' } : {};
      const who = `strata does not know ${kind} of ${group || 'the core group'}`;
      if (!isKnownChange(diff, change)) {
        if (change.does === 'added') yield { change, message: `${who}: what comes of it is not known`, ...advice };
        if (change.does === 'removed') yield { change, message: `${who}: what goes with it is not known`, ...advice };
      }
      for (const field of change.fields)
        if (!isInside(field, 'metadata') && !isDescription(field) && !isKnownChange(diff, change, field))
          yield { change, field, message: `${who}: what its controller does with the change is not known`, ...advice };
    }
  },
});
