import { list, record } from '../../../manifests/resource';
import type { FieldChange } from '../../field-change';
import { isDescription } from '../../schema-fields';
import { isInside } from '../paths';
import { riskRule } from '../risk';

export default riskRule({
  id: 'metadata-changed',
  class: 'metadata',
  description:
    'labels and annotations of an object itself, descriptions in schemas, and the order of entries that no program goes through',
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
        if (isDescription(field)) yield { change, field, message: 'kubectl explain prints it, and nothing acts on it' };
        if (!isInside(field, 'metadata')) continue;
        const reader = readerOf(change.kind, field);
        yield reader === undefined
          ? { change, field, message: 'nothing acts on it' }
          : { change, field, class: 'in-place', message: `${reader.who} acts on it`, advice: reader.advice };
      }
    }
  },
});

/** Annotations of these kinds configure whoever implements them. */
const CONFIGURED =
  /^(Namespace|Service|ServiceAccount|Ingress|IngressClass|Gateway|GatewayClass|.*Route|StorageClass)$/;
/** Domains whose labels and annotations tell people and tools where an object comes from. */
const INFORMATION =
  /(^|\.)(helm\.sh|app\.kubernetes\.io|kubectl\.kubernetes\.io|argocd\.argoproj\.io|kustomize\.toolkit\.fluxcd\.io|helm\.toolkit\.fluxcd\.io|config\.kubernetes\.io)$/;
/** Among them, annotations by which an object asks whoever delivers it for something. */
const DELIVERED =
  /^(argocd\.argoproj\.io\/(sync-options|sync-wave|hook|hook-delete-policy|compare-options|ignore-healthcheck|skip-reconcile|refresh)|helm\.sh\/(hook|hook-weight|hook-delete-policy|resource-policy)|kustomize\.toolkit\.fluxcd\.io\/(prune|reconcile|ssa|force|substitute)|helm\.toolkit\.fluxcd\.io\/\w+)$/;
/** Labels of a namespace by which admission and webhooks choose it. */
const CHOSEN = /^(pod-security\.kubernetes\.io\/|istio-injection$|istio\.io\/rev$)/;

/** Who acts on a field of the metadata, and what to do about it. */
interface Reader {
  readonly who: string;
  readonly advice: string;
}

/** Undefined where nobody is known to act on a field. */
function readerOf(kind: string, field: FieldChange): Reader | undefined {
  const [, part, key] = field.path;
  const { before, after } = field;
  if (part === 'ownerReferences')
    return { who: 'the garbage collector', advice: 'look at who owns it: what is owned goes when its owner does' };
  if (part === 'finalizers')
    return {
      who: 'whoever deletes it',
      advice:
        list(after).length > list(before).length
          ? 'make sure that the controller which takes the finalizer off runs: until it has, a deleted object stays'
          : 'look at what the controller of the finalizer cleaned up: it is not waited for when the object is deleted',
    };
  if (part !== 'annotations' && part !== 'labels') return undefined;
  const keys = typeof key === 'string' ? [key] : [before, after].flatMap((each) => Object.keys(record(each) ?? {}));
  if (kind === 'Namespace' && part === 'labels' && keys.some((each) => CHOSEN.test(each)))
    return { who: 'admission', advice: 'look at the pods that are made from now on: those that run stay as they are' };
  if (part === 'annotations' && keys.some((each) => DELIVERED.test(each)))
    return {
      who: 'whoever delivers it',
      advice:
        'look up what the annotation asks for: when it is applied, whether it is replaced, and whether it stays when its manifest goes',
    };
  const ofControllers = keys.some((each) => each.includes('/') && !INFORMATION.test(each.split('/')[0]!));
  return part === 'annotations' && CONFIGURED.test(kind) && ofControllers
    ? { who: 'a controller', advice: 'look up what the annotation does, where its controller is documented' }
    : undefined;
}
