import { record, string } from '../../../manifests/resource';
import type { Container, WorkloadManifest } from '../../../manifests/workload';
import type { World } from '../../../world/world';
import { containerChanges } from '../containers';
import { fieldAt } from '../paths';
import { riskRule } from '../risk';
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
  id: 'confinement-loosened',
  class: 'privilege',
  description:
    'pods that may write to their own file system, run without their sandbox, or as users of their node: what no Pod Security Standard is about',
  reason:
    'With a file system that it may write to, whoever breaks into a program changes it or brings tools along. Without the sandbox it has the kernel of the node before it, and without a user namespace root of the pod is root of the node.',
  source: 'https://kubernetes.io/docs/concepts/security/linux-kernel-security-constraints/',
  advice: 'leave it as it was, and mount an emptyDir where the program has to write',
  example: {
    before: web('readOnlyRootFilesystem: true'),
    after: web('readOnlyRootFilesystem: false'),
    finds: ['Deployment/shop/web spec.template.spec.containers[web].securityContext.readOnlyRootFilesystem'],
    harmless: web('readOnlyRootFilesystem: true, allowPrivilegeEscalation: false'),
  },
  *find(diff) {
    for (const workload of changedWorkloads(diff)) {
      if (templateFields(workload).length === 0) continue;
      const { change, before, after } = workload;
      for (const { before: was, after: is, path } of containerChanges(workload))
        if (isReadOnly(was) && !isReadOnly(is))
          yield {
            change,
            field:
              fieldAt(change, [...path, 'securityContext', 'readOnlyRootFilesystem']) ??
              fieldAt(change, [...path, 'securityContext']),
            message: `${is.name} may write to its whole file system, and only to its volumes before`,
          };
      const at = (name: string) => fieldAt(change, [...after.podSpecPath.map(String), name]);
      const [was, is] = [sandboxOf(diff.before, before), sandboxOf(diff.after, after)];
      if (was !== undefined && is === undefined)
        yield {
          change,
          field: at('runtimeClassName'),
          message: `its pods run without the sandbox of RuntimeClass ${was}: they share the kernel of their node with the others`,
          advice: 'leave it in its sandbox, unless its code is trusted as much as what else runs on the node',
        };
      if (before.podSpec['hostUsers'] === false && after.podSpec['hostUsers'] !== false)
        yield {
          change,
          field: at('hostUsers'),
          message: 'its pods are without a user namespace: root in the pod is root of the node for whoever breaks out',
          advice: 'leave hostUsers at false',
        };
    }
  },
});

function isReadOnly({ json }: Container): boolean {
  return record(json['securityContext'])?.['readOnlyRootFilesystem'] === true;
}

/** Runtimes that keep pods from the kernel of the node. */
const SANDBOX = /gvisor|runsc|kata|firecracker|sandbox|confidential|enclave|wasm|spin/i;

/** The RuntimeClass by which the pods run in a sandbox: by its name, or its handler. */
function sandboxOf(world: World, { podSpec }: WorkloadManifest): string | undefined {
  const name = string(podSpec['runtimeClassName']);
  if (name === undefined) return undefined;
  const found = world.find('RuntimeClass', '', name);
  const handler = found.is === 'present' ? (string(found.resource.at(['handler'])) ?? '') : '';
  return SANDBOX.test(name) || SANDBOX.test(handler) ? name : undefined;
}
