import { check } from '../check';
import { judgeReferences, missingKey, missingObject } from '../contents';
import { namesObject } from '../references';

const manifests = (key: string) => `
apiVersion: v1
kind: ConfigMap
metadata: { name: flags, namespace: shop }
data: { NEW_CHECKOUT: 'true' }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: shop/web:3.1.0
          env: [{ name: NEW_CHECKOUT, valueFrom: { configMapKeyRef: { name: flags, key: ${key}, optional: true } } }]
`;

export default check({
  id: 'optional-config-exists',
  meaning: 'an optional reference leads somewhere, and is not merely misspelt',
  severity: 'advice',
  needs: ['elsewhere'],
  fix: 'correct the name or the key, or remove the reference',
  example: { broken: manifests('NEW_CHECKOUTS'), mended: manifests('NEW_CHECKOUT') },
  judge: (world) =>
    judgeReferences(
      world,
      ({ optional, use }) => optional && use !== 'imagePullSecret',
      (_, workload, reference) => {
        const { kind, key, name } = reference;
        if (kind === 'PersistentVolumeClaim') return undefined;
        const absent = namesObject(reference) ? missingObject(world, workload, reference) : undefined;
        const judgement = absent ?? missingKey(world, workload, reference);
        // What may be absent may stand elsewhere: only what is close to something that is here looks like a slip.
        if (!judgement || judgement.verdict === 'unknown' || (absent && !absent.message.includes('did you mean'))) return undefined;
        const nearby = /; did you mean .*$/.exec(judgement.message)?.[0] ?? '';
        const what = absent ? `namespace ${workload.namespace} has no ${kind} ${name}` : `${kind} ${name} has no key ${key}`;
        return { ...judgement, message: `${what}; the reference is optional, so the pod starts and goes without it, silently${nearby}` };
      },
    ),
});
