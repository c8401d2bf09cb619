import type { Json, Resource } from '../../../manifests/resource';
import { mappings, record, string } from '../../../manifests/resource';
import type { ChangeStep } from '../../field-change';
import { WEBHOOK_KINDS } from '../admission';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import { riskRule } from '../risk';

const webhook = (bundle: string, timeout = 5) => `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: images }
webhooks:
  - name: images.example.com
    timeoutSeconds: ${timeout}
    sideEffects: None
    admissionReviewVersions: [v1]
    clientConfig: { service: { name: images, namespace: images }${bundle} }
    rules: [{ apiGroups: [''], apiVersions: [v1], resources: [pods], operations: [CREATE] }]
`;
const BUNDLE = ', caBundle: Zmlyc3Q=';

export default riskRule({
  id: 'webhook-distrusted',
  class: 'disruption',
  description:
    'a webhook or an API of an add-on whose certificate the API server trusts by another authority, or by none',
  reason:
    'Without a bundle the authorities of the machine are asked, which have not signed a certificate of the cluster. The webhook counts as down then: what it is asked about is refused, or admitted without it.',
  source:
    'https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#contacting-the-webhook',
  advice:
    'keep the old authority in the bundle until every certificate is signed by the new one, or let cert-manager fill it in (cert-manager.io/inject-ca-from)',
  example: {
    before: webhook(BUNDLE),
    after: webhook(''),
    finds: ['ValidatingWebhookConfiguration/images webhooks[images.example.com].clientConfig.caBundle'],
    harmless: webhook(BUNDLE, 10),
  },
  *find(diff) {
    for (const change of changesOf(diff, ...WEBHOOK_KINDS, 'CustomResourceDefinition', 'APIService')) {
      const { does, before, after } = change;
      if (does !== 'changed' || !before || !after || isFilledIn(after)) continue;
      const now = new Map(clientsOf(after).map((client) => [client.name, client]));
      for (const was of clientsOf(before)) {
        const is = now.get(was.name);
        const [old, bundle] = [was.bundle, is?.bundle];
        if (!is || is.isUnverified || old === '' || old === bundle || isWithin(old, bundle!)) continue;
        const how = bundle === '' ? 'none, but those of its machine' : 'another one';
        yield {
          change,
          field: fieldAt(change, [...is.path, 'caBundle']) ?? fieldAt(change, is.path),
          ...(is.failsOpen ? { class: 'privilege' as const } : {}),
          message: `${is.what}: the API server trusts its certificate by ${how}: until it has one that fits, ${is.without}`,
        };
      }
    }
  },
});

/** Somebody whom the API server asks. */
interface Client {
  readonly name: string;
  readonly what: string;
  readonly path: readonly ChangeStep[];
  /** Empty: none. */
  readonly bundle: string;
  readonly failsOpen: boolean;
  /** Whether its certificate is not looked at at all. */
  readonly isUnverified: boolean;
  readonly without: string;
}

function clientsOf(resource: Resource): Client[] {
  const of = (json: Json | undefined, client: Omit<Client, 'bundle' | 'isUnverified'>): Client => ({
    ...client,
    bundle: string(json?.['caBundle']) ?? '',
    isUnverified: json?.['insecureSkipTLSVerify'] === true,
  });
  if (resource.kind === 'APIService')
    return [
      of(record(resource.at(['spec'])), {
        ...{ name: '', what: `API ${resource.name}`, path: ['spec'], failsOpen: false },
        without: 'requests to it get 503',
      }),
    ];
  if (resource.kind === 'CustomResourceDefinition')
    return [
      of(record(resource.at(['spec', 'conversion', 'webhook', 'clientConfig'])), {
        ...{ name: '', what: 'its conversion', failsOpen: false },
        path: ['spec', 'conversion', 'webhook', 'clientConfig'],
        without: 'objects can be neither read nor written in another version than the one that is stored',
      }),
    ];
  return mappings(resource.at(['webhooks'])).map((webhook) => {
    const name = String(webhook['name']);
    const failsOpen = webhook['failurePolicy'] === 'Ignore';
    return of(record(webhook['clientConfig']), {
      ...{ name, what: name, path: ['webhooks', { name }, 'clientConfig'], failsOpen },
      without: failsOpen
        ? 'everything that it is asked about is admitted'
        : 'everything that it is asked about is refused',
    });
  });
}

/** Whether a controller of the cluster writes the bundle. */
function isFilledIn({ annotations }: Resource): boolean {
  return Object.keys(annotations).some((name) => /inject-(ca-from(-secret)?|apiserver-ca|cabundle)$/.test(name));
}

/** Whether a bundle has all that another one has: both authorities while one takes the place of the other. */
function isWithin(old: string, bundle: string): boolean {
  const [was, is] = [old, bundle].map((text) => Buffer.from(text, 'base64').toString('utf8').trim()) as [
    string,
    string,
  ];
  return was !== '' && is.includes(was);
}
