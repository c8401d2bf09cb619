import { record, string } from '../../../manifests/resource';
import { creatorOf } from '../../../world/creates';
import { possibleCreatorOf } from '../../../world/possible-creators';
import type { World } from '../../../world/world';
import type { AdmissionGuard } from '../admission';
import { guardsOf, stopsEverything, WEBHOOK_KINDS } from '../admission';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import { riskRule } from '../risk';

const webhook = (policy: string, resources = "'*'") => `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: policy }
webhooks:
  - name: policy.example.com
    failurePolicy: ${policy}
    sideEffects: None
    admissionReviewVersions: [v1]
    clientConfig: { url: 'https://policy.example.com' }
    rules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: [CREATE], resources: [${resources}] }]
`;

export default riskRule({
  id: 'admission-blocks',
  class: 'disruption',
  description: 'a webhook without whose answer the API server refuses everything, or whose Service is not there',
  reason:
    'With failurePolicy Fail a webhook that is down stops every request that it is asked about: also those that would bring it up again.',
  source: 'https://kubernetes.io/docs/concepts/cluster-administration/admission-webhooks-good-practices/#webhook-scope',
  advice:
    'ask it only about the resources that it judges, leave out its own namespace and kube-system, and begin with Ignore',
  example: {
    before: webhook('Ignore'),
    after: webhook('Fail'),
    finds: ['ValidatingWebhookConfiguration/policy webhooks[policy.example.com].failurePolicy'],
    harmless: webhook('Ignore', "'*', '*/*'"),
  },
  *find(diff) {
    for (const change of changesOf(diff, ...WEBHOOK_KINDS)) {
      const old = guardsOf(change.before);
      for (const is of guardsOf(change.after).values()) {
        const was = old.get(is.name);
        const after = blockedBy(diff.after, is);
        if (after === undefined || (was && blockedBy(diff.before, was) === after)) continue;
        yield {
          change,
          field: fieldAt(change, [...is.path, 'failurePolicy']) ?? fieldAt(change, is.path),
          message: `${is.name}: ${after}`,
        };
      }
    }
  },
});

/** What the API server refuses because of a webhook; undefined where that is next to nothing. */
function blockedBy(world: World, webhook: AdmissionGuard): string | undefined {
  if (!webhook.failsClosed) return undefined;
  const service = record(record(webhook.json['clientConfig'])?.['service']);
  const [namespace, name] = ['namespace', 'name'].map((field) => string(service?.[field]) ?? '');
  if (service && isNowhere(world, namespace!, name!))
    return `its Service ${namespace}/${name} is not there: every request that it is asked about is refused`;
  return stopsEverything(webhook)
    ? 'while it does not answer, the API server refuses every change of every resource'
    : undefined;
}

function isNowhere(world: World, namespace: string, name: string): boolean {
  return (
    world.find('Service', namespace, name).is === 'absent' &&
    creatorOf(world, 'Service', namespace, name) === undefined &&
    possibleCreatorOf(world, 'Service', namespace, name) === undefined
  );
}
