import type { Path } from '../../../manifests/resource';
import { isMap } from '../../../model/is-map';
import { immutableChanges } from '../../../upstream/kubernetes/immutable';
import type { FieldChange } from '../../field-change';
import { riskRule } from '../risk';

export default riskRule({
  id: 'immutable-field',
  class: 'immutable',
  description: 'a field that stays as it was created, or a name, which is another object',
  reason:
    'The API server refuses the change, and a sync stops there. What is renamed is made anew, and the old one goes.',
  source: 'pkg/apis/apps/validation/validation.go',
  advice:
    'plan it: delete the object and let it be made again, or give the new one another name and remove the old one later',
  example: {
    before: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'example.com/web:1.4.0' }] } }
`,
    after: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web, tier: front } }
  template: { metadata: { labels: { app: web, tier: front } }, spec: { containers: [{ name: web, image: 'example.com/web:1.4.0' }] } }
`,
    finds: ['Deployment/shop/web spec.selector.matchLabels.tier'],
    harmless: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web, tier: front } }, spec: { containers: [{ name: web, image: 'example.com/web:1.4.0' }] } }
`,
  },
  *find({ changes }) {
    for (const change of changes) {
      const { before, after, fields } = change;
      if (!before || !after) continue;
      if (change.does === 'renamed') {
        yield { change, message: `is a new object: ${change.was} is removed, and nothing of its state is taken over` };
        continue;
      }
      if (before.name !== after.name) continue;
      for (const { path, message } of immutableChanges(before, after)) {
        const own = fields.filter((field) => touches(field, path));
        for (const field of own.length > 0 ? own : [undefined])
          yield { change, field, message: `the API server refuses it: ${message}` };
      }
    }
  },
});

function touches({ path: own }: FieldChange, path: Path): boolean {
  const keys = path.filter((step) => typeof step === 'string');
  return own.every((step, i) => isMap(step) || keys[i] === undefined || keys[i] === step);
}
