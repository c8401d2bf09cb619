import { list, record } from '../../../manifests/resource';
import { OPERATOR_GROUP } from '../../../world/operated';
import { SELECTED_KINDS, selectionsOfObject } from '../../../world/operator-selection';
import type { FieldChange } from '../../field-change';
import type { ObjectChange } from '../../object-change';
import { isDescription } from '../../schema-fields';
import { isInside } from '../paths';
import { byNumber, firstNames } from '../plural';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';
import { selectorsByLabels } from '../selections';
import { mayHoldOthers } from '../unseen';

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
  *find(diff) {
    for (const change of diff.changes) {
      for (const field of change.fields) {
        if (isDescription(field)) yield { change, field, message: 'kubectl explain prints it, and nothing acts on it' };
        if (!isInside(field, 'metadata')) continue;
        const selecting = selectedBy(diff, change, field);
        if (selecting) {
          yield { change, field, ...selecting };
          continue;
        }
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

/** What labels of monitors and rules are for: a Prometheus selects by them. Undefined where none is known to, nor may be elsewhere. */
function selectedBy(
  diff: WorldChange,
  change: ObjectChange,
  field: FieldChange,
): Pick<FoundRisk, 'class' | 'message' | 'advice'> | undefined {
  const { kind, before, after } = change;
  if (field.path[1] !== 'labels' || (after ?? before)?.group !== OPERATOR_GROUP || !SELECTED_KINDS.includes(kind))
    return undefined;
  const keys = keysOf(field).filter((key) => !isInformation(key));
  if (keys.length === 0) return undefined;
  const by = selectorsByLabels(diff, kind, keys);
  if (by.length > 0)
    return {
      class: 'in-place',
      message: `${firstNames(by)} ${byNumber(by.length, 'selects', 'select')} by it`,
      advice: 'make sure that whoever has to select it does',
    };
  const isKnown = [diff.before, diff.after].some((world) => after && selectionsOfObject(world, after).length > 0);
  if (isKnown || !mayHoldOthers(diff.after, change.namespace)) return undefined;
  return {
    class: 'unknown',
    message: `who selects a ${kind} is not among the manifests: whether it asks for this label is not known`,
    advice: 'look at the selectors of whoever has to select it',
  };
}

function keysOf({ path: [, , key], before, after }: FieldChange): string[] {
  return typeof key === 'string' ? [key] : [before, after].flatMap((each) => Object.keys(record(each) ?? {}));
}

function isInformation(key: string): boolean {
  return key.includes('/') && INFORMATION.test(key.split('/')[0]!);
}

/** Undefined where nobody is known to act on a field. */
function readerOf(kind: string, field: FieldChange): Reader | undefined {
  const [, part] = field.path;
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
  const keys = keysOf(field);
  if (kind === 'Namespace' && part === 'labels' && keys.some((each) => CHOSEN.test(each)))
    return { who: 'admission', advice: 'look at the pods that are made from now on: those that run stay as they are' };
  if (part === 'annotations' && keys.some((each) => DELIVERED.test(each)))
    return {
      who: 'whoever delivers it',
      advice:
        'look up what the annotation asks for: when it is applied, whether it is replaced, and whether it stays when its manifest goes',
    };
  const ofControllers = keys.some((each) => each.includes('/') && !isInformation(each));
  return part === 'annotations' && CONFIGURED.test(kind) && ofControllers
    ? { who: 'a controller', advice: 'look up what the annotation does, where its controller is documented' }
    : undefined;
}
