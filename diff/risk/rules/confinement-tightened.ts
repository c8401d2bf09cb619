import type { Json } from '../../../manifests/resource';
import { list, mappings, number, record, string } from '../../../manifests/resource';
import type { Container, WorkloadManifest } from '../../../manifests/workload';
import type { ContainerChange } from '../containers';
import { containerChanges } from '../containers';
import { fieldAt } from '../paths';
import type { FoundRisk } from '../risk';
import { riskRule } from '../risk';
import { mountsWithStores } from '../stores';
import type { WorkloadChange } from '../workloads';
import { changedWorkloads, templateFields } from '../workloads';

const web = (security: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'example.com/web:1.4.0', securityContext: { ${security} } }] }
`;

export default riskRule({
  id: 'confinement-tightened',
  class: 'disruption',
  description:
    'a program that may no longer write to its file system or a volume, is another user, or loses capabilities or the right to all of them',
  reason:
    'It is more secure, and a program that needs what it had fails: at its start, or only when it first writes a file, opens a low port or changes an owner.',
  source: 'https://kubernetes.io/docs/tasks/configure-pod-container/security-context/',
  advice:
    'try it where nobody depends on it, with the same image and data; mount an emptyDir where the program has to write, and add back the one capability that it needs',
  example: {
    before: web('readOnlyRootFilesystem: false'),
    after: web('readOnlyRootFilesystem: true, capabilities: { drop: [ALL] }'),
    finds: [
      'Deployment/shop/web spec.template.spec.containers[web].securityContext.capabilities',
      'Deployment/shop/web spec.template.spec.containers[web].securityContext.readOnlyRootFilesystem',
    ],
    harmless: web('allowPrivilegeEscalation: false'),
  },
  *find(diff) {
    for (const workload of changedWorkloads(diff))
      if (templateFields(workload).length > 0)
        for (const each of containerChanges(workload)) yield* ofContainer(workload, each);
  },
});

function* ofContainer(workload: WorkloadChange, { before, after, path }: ContainerChange): Iterable<FoundRisk> {
  const { change } = workload;
  const own = (name: string) =>
    fieldAt(change, [...path, 'securityContext', name]) ?? fieldAt(change, [...path, 'securityContext']);
  const ofPod = (name: string) => {
    const pod = [...workload.after.podSpecPath.map(String), 'securityContext'];
    return fieldAt(change, [...pod, name]) ?? fieldAt(change, pod);
  };
  const [was, is] = [before, after].map(({ json }) => record(json['securityContext']) ?? {}) as [Json, Json];
  if (is['readOnlyRootFilesystem'] === true && was['readOnlyRootFilesystem'] !== true)
    yield {
      change,
      field: own('readOnlyRootFilesystem'),
      message: `${after.name} may write to its volumes alone: what it writes elsewhere, such as /tmp or a cache, fails`,
    };
  yield* ofMounts(workload, { before, after, path });
  if (was['privileged'] === true && is['privileged'] !== true)
    yield {
      change,
      field: own('privileged'),
      message: `${after.name} is privileged no more: devices, mounts and settings of the kernel are closed to it`,
    };
  else {
    const lost = [...capabilitiesOf(was)].filter((name) => !capabilitiesOf(is).has(name)).sort();
    if (lost.length > 0)
      yield {
        change,
        field: own('capabilities'),
        message: `${after.name} loses ${lost.length > 3 ? `${lost.length} capabilities, such as` : lost.length === 1 ? 'the capability' : 'the capabilities'} ${shown(lost)}`,
      };
  }
  const [old, now] = [userOf(workload.before, before), userOf(workload.after, after)];
  if (old !== now && now !== 0 && now !== undefined)
    yield {
      change,
      field: own('runAsUser') ?? ofPod('runAsUser'),
      message: `${after.name} is user ${now} in place of ${old ?? 'the one of its image'}: files that belong to that one, in the image or in a volume, may be closed to it`,
    };
}

/** Volumes that it could write to, and that are mounted read-only. */
function* ofMounts(
  { change, before: old, after: now }: WorkloadChange,
  { before, after, path }: ContainerChange,
): Iterable<FoundRisk> {
  const written = new Set(mountsWithStores(old, before).flatMap(({ at, readOnly }) => (readOnly ? [] : [at])));
  const isRead = new Set(['configMap', 'secret', 'projected', 'downwardAPI', 'image']);
  for (const { at, readOnly, type } of mountsWithStores(now, after))
    if (readOnly && written.has(at) && !isRead.has(type)) {
      const mount = mappings(after.json['volumeMounts']).find(
        ({ mountPath }) => string(mountPath)?.replace(/\/+$/, '') === at,
      );
      const field = fieldAt(change, [...path, 'volumeMounts', { mountPath: String(mount?.['mountPath']) }]);
      if (field) yield { change, field, message: `${after.name} may read ${at} and no longer write there` };
    }
}

/** What a container may do without saying so: of containerd and CRI-O (oci/spec_opts.go, defaultUnixCaps). NET_RAW and the like are not in every one. */
const USUAL = ['CHOWN', 'DAC_OVERRIDE', 'FSETID', 'FOWNER', 'SETGID', 'SETUID', 'SETPCAP', 'NET_BIND_SERVICE', 'KILL'];

/** What it has left; ALL stands for itself. */
function capabilitiesOf(security: Json): ReadonlySet<string> {
  const named = (field: string) =>
    list(record(security['capabilities'])?.[field]).map((name) => String(name).toUpperCase().replace(/^CAP_/, ''));
  const [added, dropped] = [named('add'), named('drop')];
  if (added.includes('ALL') && !dropped.includes('ALL')) return new Set([...USUAL, 'ALL']);
  const left = dropped.includes('ALL') ? [] : USUAL.filter((name) => !dropped.includes(name));
  return new Set([...left, ...added.filter((name) => name !== 'ALL')]);
}

/** The best known first: those that programs fail for. */
function shown(lost: readonly string[]): string {
  const first = ['ALL', 'NET_BIND_SERVICE', 'CHOWN', 'SETUID', 'DAC_OVERRIDE'].filter((name) => lost.includes(name));
  return [...first, ...lost.filter((name) => !first.includes(name))].slice(0, 3).join(', ');
}

/** Undefined: the image says it. */
function userOf({ podSpec }: WorkloadManifest, { json }: Container): number | undefined {
  return (
    number(record(json['securityContext'])?.['runAsUser']) ?? number(record(podSpec['securityContext'])?.['runAsUser'])
  );
}
