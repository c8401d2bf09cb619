import type { Resource } from '../manifests/resource';
import { record, string, strings } from '../manifests/resource';
import { selects } from '../manifests/selector';
import type { WorkloadManifest } from '../manifests/workload';
import { memo } from '../model/memo';
import { everyKnown, knownIn } from './known';
import { injectionsOfNamespace, injectionsOfPods } from './mesh';
import type { World } from './world';

/** Where policies hold for the whole mesh, unless Istio was told another one. */
const ROOT_NAMESPACE = 'istio-system';

/** What a port of pods takes by Istio's PeerAuthentications, and the policy that says so. */
export interface MutualTls {
  readonly mode: 'STRICT' | 'PERMISSIVE' | 'DISABLE';
  readonly policy: Resource | undefined;
}

/** The pods' own policy before that of the namespace before that of the mesh; of several the oldest (istio.io/latest/docs/concepts/security). */
export function mutualTlsOf(world: World, workload: WorkloadManifest, port: number): MutualTls {
  for (const policy of policiesFor(world, workload)) {
    const ofPort = record(record(policy.at(['spec', 'portLevelMtls']))?.[String(port)]);
    const mode = [string(ofPort?.['mode']), string(policy.at(['spec', 'mtls', 'mode']))].find(
      (each) => each !== undefined && each !== 'UNSET',
    );
    if (mode === 'STRICT' || mode === 'PERMISSIVE' || mode === 'DISABLE') return { mode, policy };
  }
  return { mode: 'PERMISSIVE', policy: undefined };
}

const policiesFor = memo((world: World, workload: WorkloadManifest): readonly Resource[] => {
  const all = everyKnown(world, 'PeerAuthentication').filter(({ group }) => group === 'security.istio.io');
  const age = (policy: Resource) => string(policy.at(['metadata', 'creationTimestamp'])) ?? '9';
  const oldest = (policies: readonly Resource[]) =>
    [...policies].sort((a, b) => (age(a) < age(b) ? -1 : 1)).slice(0, 1);
  const labelsOf = (policy: Resource) => strings(policy.at(['spec', 'selector', 'matchLabels']));
  const whole = (policy: Resource) => Object.keys(labelsOf(policy)).length === 0;
  const own = all.filter((policy) => world.namespaceOf(policy) === workload.namespace);
  return [
    ...oldest(own.filter((each) => !whole(each) && selects({ matchLabels: labelsOf(each) }, workload.podLabels))),
    ...oldest(own.filter(whole)),
    ...oldest(all.filter((policy) => world.namespaceOf(policy) === ROOT_NAMESPACE && whole(policy))),
  ];
});

/** Whether pods are in Istio's mesh, by their labels and those of their namespace; undefined where the namespace is not known. */
export function isInIstio(world: World, workload: WorkloadManifest): boolean | undefined {
  const annotations = strings(record(workload.pod['metadata'])?.['annotations']);
  const said = [...injectionsOfPods(workload.podLabels, annotations)].filter(([{ mesh }]) => mesh === 'Istio');
  if (said.some(([, isOn]) => isOn)) return true;
  const namespace = knownIn(world, 'Namespace', '').find(({ name }) => name === workload.namespace);
  if (!namespace) return undefined;
  const off = new Set(said.flatMap(([injection, isOn]) => (isOn ? [] : [injection.inPods])));
  return injectionsOfNamespace(strings(namespace.at(['metadata', 'labels'])), namespace.annotations).some(
    ({ mesh, inPods }) => mesh === 'Istio' && !off.has(inPods),
  );
}
