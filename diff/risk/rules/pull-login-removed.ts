import { mappings, string } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import type { World } from '../../../world/world';
import { fieldAt } from '../paths';
import { firstNames } from '../plural';
import { riskRule } from '../risk';
import { changedWorkloads, templateFields } from '../workloads';

const web = (secrets: string, image = 'registry.example.com/web:1.4.0') => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { ${secrets}containers: [{ name: web, image: '${image}' }] } }
`;

export default riskRule({
  id: 'pull-login-removed',
  class: 'disruption',
  description: 'pods that do not name the login of a registry any more',
  reason:
    'Where the registry asks for it, the image is not pulled, and new pods stay in ImagePullBackOff. On nodes that have the image they may start, so that it shows late.',
  source: 'https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/',
  advice: 'pull the image without the login first, or keep the Secret until the registry lets everybody pull',
  example: {
    before: web('imagePullSecrets: [{ name: registry }], '),
    after: web(''),
    finds: ['Deployment/shop/web spec.template.spec.imagePullSecrets'],
    harmless: web('imagePullSecrets: [{ name: registry }], ', 'registry.example.com/web:1.5.0'),
  },
  *find(diff) {
    for (const workload of changedWorkloads(diff)) {
      const { change, before, after } = workload;
      if (templateFields(workload).length === 0) continue;
      const lost = lostOf(namesOf(before.podSpec['imagePullSecrets']), namesOf(after.podSpec['imagePullSecrets']));
      // A pod that names none has those of its account (plugin/pkg/admission/serviceaccount/admission.go).
      const own = namesOf(after.podSpec['imagePullSecrets']);
      const ofAccount = own.length > 0 ? [] : accountSecrets(diff.after, after);
      if (lost.length === 0 || lost.every((name) => ofAccount?.includes(name))) continue;
      const unless = ofAccount === undefined ? ', unless its account names it' : '';
      yield {
        change,
        field: fieldAt(change, [...after.podSpecPath.map(String), 'imagePullSecrets']),
        message: `its images are pulled without ${firstNames(lost)}${unless}: where the registry asks for a login, new pods do not start`,
      };
    }
  },
});

function namesOf(secrets: unknown): string[] {
  return mappings(secrets).flatMap(({ name }) => string(name) ?? []);
}

/** Those that go, where no other ones come in their place. */
function lostOf(was: readonly string[], is: readonly string[]): readonly string[] {
  const gained = is.filter((name) => !was.includes(name));
  const lost = was.filter((name) => !is.includes(name));
  return lost.length > gained.length ? lost : [];
}

function accountOf({ podSpec }: WorkloadManifest): string {
  return string(podSpec['serviceAccountName']) ?? string(podSpec['serviceAccount']) ?? 'default';
}

/** Undefined where the account is not among the manifests. */
function accountSecrets(world: World, workload: WorkloadManifest): readonly string[] | undefined {
  const found = world.find('ServiceAccount', workload.namespace, accountOf(workload));
  return found.is === 'present' ? namesOf(found.resource.at(['imagePullSecrets'])) : undefined;
}
