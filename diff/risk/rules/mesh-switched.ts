import { strings } from '../../../manifests/resource';
import type { Injection } from '../../../world/mesh';
import { injectionsOfNamespace, injectionsOfPods } from '../../../world/mesh';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import type { FoundRisk } from '../risk';
import { riskRule } from '../risk';
import type { WorkloadChange } from '../workloads';
import { changedWorkloads, templateFields } from '../workloads';

const namespace = (labels: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { team: a${labels} } }
`;

export default riskRule({
  id: 'mesh-switched',
  class: 'disruption',
  description: 'a namespace, or a workload, whose pods get the proxy of a service mesh or lose it',
  reason:
    'Pods keep what they have until they are made anew, so nothing shows until the next rollout, drain or crash. Then those without a proxy are refused wherever mutual TLS is asked for, and no policy of the mesh holds for them.',
  source: 'https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/',
  advice: 'set mutual TLS to PERMISSIVE first, restart the pods at a time of your choice, and look whether they answer',
  example: {
    before: namespace(', istio-injection: enabled'),
    after: namespace(''),
    finds: ['Namespace/shop metadata.labels.istio-injection'],
    harmless: namespace(', istio-injection: enabled').replace('team: a', 'team: b'),
  },
  *find(diff) {
    for (const change of changesOf(diff, 'Namespace')) {
      const { before, after } = change;
      if (!before || !after) continue;
      const [was, is] = [before, after].map((each) => injectionsOfNamespace(each.labels, each.annotations)) as [
        readonly Injection[],
        readonly Injection[],
      ];
      const fieldOf = ({ name }: Injection) =>
        ['labels', 'annotations'].map((part) => fieldAt(change, ['metadata', part, name])).find(Boolean) ??
        fieldAt(change, ['metadata']);
      for (const each of was) {
        if (is.some((other) => isSame(each, other))) continue;
        yield { change, field: fieldOf(each), message: lostText(each, 'its pods') };
        yield { change, field: fieldOf(each), class: 'exposure', message: openText(each, 'its pods') };
      }
      for (const each of is)
        if (!was.some((other) => isSame(each, other)))
          yield { change, field: fieldOf(each), message: gotText(each, 'its pods') };
    }
    for (const workload of changedWorkloads(diff)) yield* ofTemplate(workload);
  },
});

function isSame(one: Injection, other: Injection): boolean {
  return one.mesh === other.mesh && one.inPods === other.inPods;
}

function* ofTemplate(workload: WorkloadChange): Iterable<FoundRisk> {
  if (templateFields(workload).length === 0) return;
  const { change, before, after } = workload;
  const path = [...after.templatePath, 'metadata'];
  const [was, is] = [before, after].map(({ resource }) =>
    injectionsOfPods(strings(resource.at([...path, 'labels'])), strings(resource.at([...path, 'annotations']))),
  ) as [ReadonlyMap<Injection, boolean>, ReadonlyMap<Injection, boolean>];
  for (const each of new Set([...was.keys(), ...is.keys()])) {
    const [old, now] = [was.get(each), is.get(each)];
    if (old === now) continue;
    const steps = path.map(String);
    const field = fieldAt(change, [...steps, 'labels']) ?? fieldAt(change, [...steps, 'annotations']);
    if (now === false || (now === undefined && old === true)) {
      const may = now === undefined ? 'may ' : '';
      yield { change, field, message: lostText(each, `${may ? 'unless the namespace asks for it, ' : ''}its pods`) };
      yield { change, field, class: 'exposure', message: openText(each, 'its pods') };
    } else yield { change, field, message: gotText(each, 'its pods') };
  }
}

function when({ inPods }: Injection): string {
  return inPods ? 'from their next restart on' : 'at once';
}

function lostText(injection: Injection, pods: string): string {
  return `${pods} are without the proxy of ${injection.mesh} ${when(injection)}: whoever asks for mutual TLS refuses them, and they find no routes of the mesh`;
}

function openText(injection: Injection, pods: string): string {
  return `policies of ${injection.mesh} do not hold for ${pods} ${when(injection)}: who was refused may be let in, and requests go unencrypted`;
}

function gotText(injection: Injection, pods: string): string {
  return `${pods} get the proxy of ${injection.mesh} ${when(injection)}: what its policies do not allow, and clients without a certificate where it is asked for, are refused`;
}
