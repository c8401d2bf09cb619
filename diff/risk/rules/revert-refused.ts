import { immutableChanges } from '../../../upstream/kubernetes/immutable';
import { madeAnew } from '../made-anew';
import { fieldAt } from '../paths';
import { riskRule } from '../risk';

const config = (more: string) => `
apiVersion: v1
kind: ConfigMap
metadata: { name: web, namespace: shop }
data: { level: info }
${more}
`;

export default riskRule({
  id: 'revert-refused',
  class: 'in-place',
  description: 'a change that the API server takes, and whose way back it refuses',
  reason:
    'A ConfigMap or Secret that is immutable stays so with all that it holds: a revert of the commit is refused, and a sync stops there.',
  source: 'https://kubernetes.io/docs/concepts/configuration/configmap/#configmap-immutable',
  advice: 'make sure that it is meant to last: the way back is to delete the object and to create it again',
  example: {
    before: config(''),
    after: config('immutable: true'),
    finds: ['ConfigMap/shop/web immutable'],
    harmless: config('immutable: false'),
  },
  *find({ changes, after: world }) {
    const { minor } = world.facts;
    for (const change of changes) {
      const { does, before, after } = change;
      if (does !== 'changed' || !before || !after || before.name !== after.name || madeAnew(change)) continue;
      if (immutableChanges(before, after, minor).length > 0) continue;
      for (const { path, message } of immutableChanges(after, before, minor)) {
        const field = fieldAt(
          change,
          path.filter((step) => typeof step === 'string'),
        );
        // Of a claim that has grown storage-grown tells it.
        // What a manifest says no more the server keeps, and the way back says it again.
        if (!field || field.after === undefined || path.at(-1) === 'storage') continue;
        yield {
          change,
          field,
          message: `it cannot be taken back by an apply: the API server refuses that (${message})`,
        };
        break;
      }
    }
  },
});
