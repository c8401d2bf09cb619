import { namesObject, referencesOf } from '../../../manifests/references';
import { nearest } from '../../../model/near';
import { keysOf } from '../../../world/contents';
import { knownIn } from '../../../world/known';
import { check } from '../../check';
import { judgeReferences, missingKey, missingObject } from '../../references';

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
  group: 'references',
  description: 'an optional reference to a missing object or key is not a typo',
  severity: 'advice',
  needs: ['elsewhere'],
  source: 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/',
  fix: 'correct the name or the key',
  example: {
    broken: manifests('NEW_CHECKOUTS'),
    fails: ['Deployment/shop/web spec.template.spec.containers[0].env[0].valueFrom.configMapKeyRef.key'],
    fixed: manifests('NEW_CHECKOUT'),
  },
  judge: (world) =>
    judgeReferences(
      world,
      ({ optional, use }) => optional && use !== 'imagePullSecret',
      (_, workload, reference) => {
        const { kind, key, name } = reference;
        if (kind === 'PersistentVolumeClaim') return undefined;
        const absent = namesObject(reference) ? missingObject(world, workload, reference) : undefined;
        const judgement = absent ?? missingKey(world, workload, reference);
        if (!judgement || judgement.verdict === 'unknown') return undefined;
        // An optional object may be absent on purpose, such as `web-overrides` beside `web`. Only a name close to that of
        // another object here, which the pod does not use elsewhere, looks like a typo.
        const others = referencesOf(workload).filter((other) => other.kind === kind && (absent || other.name === name));
        const used = new Set(others.map((other) => (absent ? other.name : other.key)));
        const keys = absent ? undefined : keysOf(world, kind, workload.namespace, name);
        const known = absent
          ? knownIn(world, kind, workload.namespace).map((there) => there.name)
          : keys instanceof Set
            ? [...keys]
            : [];
        const meant = nearest(
          (absent ? name : key) ?? '',
          known.filter((there) => !used.has(there)),
          2,
        );
        if (meant === undefined) return undefined;
        const what = absent
          ? `namespace ${workload.namespace} has no ${kind} ${name}`
          : `${kind} ${name} has no key ${key}`;
        return {
          ...judgement,
          message: `${what}; the reference is optional, so the pod starts without it and no error is reported; did you mean "${meant}"?`,
        };
      },
    ),
});
