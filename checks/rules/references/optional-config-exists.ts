import type { Reference } from '../../../manifests/references';
import { namesObject, referencesOf } from '../../../manifests/references';
import type { WorkloadManifest } from '../../../manifests/workload';
import { nearest } from '../../../model/near';
import { keysOf } from '../../../world/contents';
import { knownIn } from '../../../world/known';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';
import { missingKey, missingObject, referenceFindings } from '../../references';

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
  needs: ['external'],
  source: 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/',
  fix: 'correct the name or the key',
  example: {
    broken: manifests('NEW_CHECKOUTS'),
    fails: ['Deployment/shop/web spec.template.spec.containers[0].env[0].valueFrom.configMapKeyRef.key'],
    fixed: manifests('NEW_CHECKOUT'),
  },
  judge: (world) =>
    referenceFindings(
      world,
      ({ optional, use }) => optional && use !== 'imagePullSecret',
      (_, workload, reference) => judgeName(world, workload, reference) ?? judgeKey(world, workload, reference),
    ),
});

const CONSEQUENCE = 'the reference is optional, so the pod starts without it and no error is reported';

function judgeName(world: World, workload: WorkloadManifest, reference: Reference): Finding | undefined {
  const { kind, name } = reference;
  const finding = namesObject(reference) ? missingObject(world, workload, reference) : undefined;
  if (!finding || finding.verdict === 'unknown') return undefined;
  const known = knownIn(world, kind, workload.namespace).map((other) => other.name);
  const used = referencesOf(workload).filter((other) => other.kind === kind);
  const meant = typo(
    name,
    known,
    used.map((other) => other.name),
  );
  if (meant === undefined) return undefined;
  return {
    ...finding,
    message: `namespace ${workload.namespace} has no ${kind} ${name}; ${CONSEQUENCE}; did you mean "${meant}"?`,
  };
}

function judgeKey(world: World, workload: WorkloadManifest, reference: Reference): Finding | undefined {
  const { kind, name, key } = reference;
  const finding = missingKey(world, workload, reference);
  const keys = kind === 'PersistentVolumeClaim' ? undefined : keysOf(world, kind, workload.namespace, name);
  if (!finding || key === undefined || !(keys instanceof Set)) return undefined;
  const used = referencesOf(workload).filter((other) => other.kind === kind && other.name === name);
  const meant =
    typo(
      key,
      [...keys],
      used.map((other) => other.key),
    ) ?? onlyUnused(world, workload, reference, key, keys);
  if (meant === undefined) return undefined;
  return { ...finding, message: `${kind} ${name} has no key ${key}; ${CONSEQUENCE}; did you mean "${meant}"?` };
}

/**
 * An optional object may be absent on purpose, such as `web-overrides` beside `web`. Only a name within two edits of
 * another one, which the pod does not use elsewhere, is a typo.
 */
function typo(name: string, known: readonly string[], used: readonly (string | undefined)[]): string | undefined {
  return nearest(
    name,
    known.filter((other) => !used.includes(other)),
    2,
  );
}

/** The one key that nothing uses, where every other is used by its name: if it is alike at all, this reference is what it is there for. */
function onlyUnused(
  world: World,
  { namespace }: WorkloadManifest,
  { kind, name }: Reference,
  wanted: string,
  keys: ReadonlySet<string>,
): string | undefined {
  const uses = world
    .workloadsIn(namespace)
    .flatMap((other) => referencesOf(other).filter((use) => use.kind === kind && use.name === name));
  // Whoever takes the whole object uses every key.
  if (uses.some((use) => use.key === undefined)) return undefined;
  const unused = [...keys].filter((key) => !uses.some((use) => use.key === key));
  return unused.length === 1 ? nearest(wanted, unused, Math.floor(wanted.length * 0.45)) : undefined;
}
