import { type DecidingMark, decidedBy } from '../deciding-marks';
import { riskRule } from '../risk';

const service = (labels: string) => `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: { name: web, namespace: shop, labels: { ${labels} } }
spec: { template: { spec: { containers: [{ image: 'example.com/web:1.4.0' }] } } }
`;

/** knative.dev/networking pkg/apis/networking/register.go; istio.io/api label/labels.gen.go. */
const MARKS: readonly DecidingMark[] = [
  {
    of: ['serving.knative.dev Service', 'serving.knative.dev Route', 'Service'],
    at: 'labels',
    key: 'networking.knative.dev/visibility',
    does: (before, now) =>
      before === 'cluster-local' && now !== before
        ? 'its route is served at the gateway for the outside, too: it was for the cluster alone'
        : undefined,
  },
  {
    of: ['Namespace', 'Service', 'networking.istio.io ServiceEntry'],
    at: 'labels',
    key: 'istio.io/use-waypoint',
    does: (before, now) =>
      before !== undefined && before !== 'none' && (now === undefined || now === 'none')
        ? `requests go past the waypoint ${before}: AuthorizationPolicies that look at paths, methods and tokens do not hold for them any more`
        : undefined,
  },
];

export default riskRule({
  id: 'mark-exposes',
  class: 'exposure',
  description:
    'a label without which an object is served to the outside, or past the proxy that guards it: visibility of Knative, waypoints of Istio',
  reason: 'Who may reach the object, or what they may ask of it, is decided by this label alone.',
  source: 'https://knative.dev/docs/serving/services/private-services/',
  advice: 'make sure that everybody may reach it, or put the label back',
  example: {
    before: service('networking.knative.dev/visibility: cluster-local'),
    after: service(''),
    finds: ['Service/shop/web metadata.labels'],
    harmless: service('networking.knative.dev/visibility: cluster-local, team: a'),
  },
  *find(diff) {
    yield* decidedBy(diff, MARKS);
  },
});
