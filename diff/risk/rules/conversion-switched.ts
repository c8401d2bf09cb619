import type { Resource } from '../../../manifests/resource';
import { mappings, record, string } from '../../../manifests/resource';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import { riskRule } from '../risk';

const definition = (conversion: string, labels = '') => `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.com, labels: { team: a${labels} } }
spec:
  group: example.com
  scope: Namespaced
  names: { kind: Widget, plural: widgets }
  conversion: { ${conversion} }
  versions:
    - { name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } } }
    - { name: v1beta1, served: true, storage: false, schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } } }
`;
const WEBHOOK =
  'strategy: Webhook, webhook: { conversionReviewVersions: [v1], clientConfig: { service: { name: widgets, namespace: acme } } }';

export default riskRule({
  id: 'conversion-switched',
  class: 'disruption',
  description: 'a custom kind of several versions that are converted by a webhook from now on, or no longer are',
  reason:
    'With a webhook, whoever asks for another version than the one that is stored waits for its answer, lists and the garbage collector among them. Without one only apiVersion is changed, and fields that the other version does not have are pruned when the object is written.',
  source:
    'https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#webhook-conversion',
  advice: 'let the webhook answer before it is asked, and keep it until no object is stored in another version',
  example: {
    before: definition('strategy: None'),
    after: definition(WEBHOOK),
    finds: ['CustomResourceDefinition/widgets.example.com spec.conversion.strategy'],
    harmless: definition('strategy: None', ', part: b'),
  },
  *find(diff) {
    for (const change of changesOf(diff, 'CustomResourceDefinition')) {
      const { does, before, after } = change;
      // One version is never converted, however it would be done.
      if (does !== 'changed' || !before || !after || mappings(after.at(['spec', 'versions'])).length < 2) continue;
      const [was, is] = [before, after].map(webhookOf);
      const field = fieldAt(change, ['spec', 'conversion', 'strategy']) ?? fieldAt(change, ['spec', 'conversion']);
      if (was === is || !field) continue;
      const kind = string(after.at(['spec', 'names', 'kind'])) ?? after.name;
      if (is === undefined)
        yield {
          change,
          field,
          class: 'data-loss',
          message: `${kind} is converted by ${was} no more, and only its apiVersion is changed: what the other version calls otherwise is pruned when an object is written in it`,
        };
      else
        yield {
          change,
          field,
          message: `${kind} is converted by ${is}${was === undefined ? '' : ` in place of ${was}`}: while that does not answer, its objects can be neither read nor written in another version than the one that is stored`,
        };
    }
  },
});

/** `Service acme/widgets`; undefined: none is asked. */
function webhookOf(definition: Resource): string | undefined {
  if (definition.at(['spec', 'conversion', 'strategy']) !== 'Webhook') return undefined;
  const client = record(definition.at(['spec', 'conversion', 'webhook', 'clientConfig']));
  const service = record(client?.['service']);
  return service ? `Service ${String(service['namespace'])}/${String(service['name'])}` : String(client?.['url']);
}
