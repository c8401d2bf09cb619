import { isInside } from '../paths';
import { riskRule } from '../risk';

export default riskRule({
  id: 'metadata-changed',
  class: 'metadata',
  description: 'labels and annotations of an object itself, and the order of entries that no program goes through',
  reason: 'Controllers take no notice, and no pod is replaced. Whoever selects by these labels sees the new ones.',
  source: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/',
  advice: 'look for whoever selects the object by the labels that go',
  example: {
    before: `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop, labels: { team: a } }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
`,
    after: `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop, labels: { team: b } }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
`,
    finds: ['Service/shop/web metadata.labels.team'],
    harmless: `
apiVersion: v1
kind: Service
metadata: { namespace: shop, name: web, labels: { team: "a" } }
spec: { ports: [{ port: 80 }], selector: { app: web } }
`,
  },
  *find({ changes }) {
    for (const change of changes) {
      for (const field of change.fields) {
        if (isInside(field, 'metadata')) yield { change, field, message: 'nothing acts on it' };
      }
    }
  },
});
