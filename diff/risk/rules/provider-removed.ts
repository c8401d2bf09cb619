import type { ObjectChange } from '../../object-change';
import { changesOf, goneOf } from '../kinds';
import { fieldAt } from '../paths';
import type { FoundRisk } from '../risk';
import { riskRule } from '../risk';

const api = (spec: string) => `
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: { name: v1beta1.metrics.k8s.io }
spec: { group: metrics.k8s.io, version: v1beta1, groupPriorityMinimum: 100, versionPriority: 100, ${spec} }
`;
const SERVICE = 'service: { name: metrics, namespace: kube-system }';

export default riskRule({
  id: 'provider-removed',
  class: 'disruption',
  description:
    'an object of the cluster that others need to work: an API, a driver, a class of gateways, a store of secrets',
  reason:
    'Whoever asks for it in other namespaces stands in other manifests: volumes are not mounted, autoscalers have no metrics, gateways take no connections, secrets are not renewed.',
  source: 'https://kubernetes.io/docs/tasks/extend-kubernetes/setup-extension-api-server/',
  advice: 'look for whoever uses it in the whole cluster before it goes',
  example: {
    before: api(`caBundle: YQ==, ${SERVICE}`),
    after: '',
    finds: ['APIService/v1beta1.metrics.k8s.io'],
    harmless: api(`caBundle: YQ==, ${SERVICE}`).replace('k8s.io }', 'k8s.io, labels: { team: a } }'),
  },
  *find(diff) {
    for (const { change, before } of goneOf(diff, ...Object.keys(WITHOUT)))
      if (GROUPS.test(before.group)) yield { change, message: WITHOUT[before.kind]! };
    for (const change of changesOf(diff, 'APIService')) yield* ofApi(change);
  },
});

const GROUPS =
  /^(apiregistration\.k8s\.io|storage\.k8s\.io|networking\.k8s\.io|gateway\.networking\.k8s\.io|external-secrets\.io)$/;
const WITHOUT: Readonly<Record<string, string>> = {
  APIService: 'the API server serves none of its API any more',
  CSIDriver: 'volumes of the driver may not be mounted any more',
  IngressClass: 'Ingresses that name it are served no more',
  GatewayClass: 'Gateways that name it are not taken care of any more',
  SecretStore: 'secrets that come from it are not renewed, and new ones are not made',
  ClusterSecretStore: 'secrets that come from it are not renewed, and new ones are not made',
};

/** Whom the API server asks, and whether it looks at the certificate. */
function* ofApi(change: ObjectChange): Iterable<FoundRisk> {
  const { before, after } = change;
  if (!before || !after) return;
  const [was, is] = [before, after].map((each) => each.at(['spec', 'insecureSkipTLSVerify']) === true);
  if (!was && is)
    yield {
      change,
      field: fieldAt(change, ['spec', 'insecureSkipTLSVerify']),
      class: 'exposure',
      message:
        'the API server does not look at the certificate any more: whoever is on the way can answer in its place',
      advice: 'give it the certificate of its authority: caBundle',
    };
  const field = fieldAt(change, ['spec', 'service']);
  if (field) yield { change, field, message: 'another Service answers for the API: until it does, requests fail' };
}
