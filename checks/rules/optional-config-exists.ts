import { nearest } from '../../model/near';
import { check } from '../check';
import { judgeReferences, missingKey, missingObject } from '../contents';
import { knownIn } from '../known';
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
        const meant = absent && nearest(name, knownIn(world, kind, workload.namespace).map((known) => known.name));
        // What may be absent may stand elsewhere: only what is nearly the name of something that is here looks like a slip,
        // and `web-overrides` beside `web` does not.
        if (!judgement || judgement.verdict === 'unknown' || (absent && meant === undefined)) return undefined;
        const nearby = absent ? `; did you mean "${meant}"?` : (/; did you mean .*$/.exec(judgement.message)?.[0] ?? '');
        const what = absent ? `namespace ${workload.namespace} has no ${kind} ${name}` : `${kind} ${name} has no key ${key}`;
        return { ...judgement, message: `${what}; the reference is optional, so the pod starts and goes without it, silently${nearby}` };
      },
    ),
});
