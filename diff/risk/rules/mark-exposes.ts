import { type DecidingMark, decidedBy } from '../deciding-marks';
import { riskRule } from '../risk';

const service = (labels: string) => `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: { name: web, namespace: shop, labels: { ${labels} } }
spec: { template: { spec: { containers: [{ image: 'example.com/web:1.4.0' }] } } }
`;

const numbered = (ports: string | undefined) =>
  (ports ?? '').split(',').flatMap((each) => {
    const [, first, last] = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(each) ?? [];
    return first === undefined ? [] : [{ text: each.trim(), first: Number(first), last: Number(last ?? first) }];
  });

/** Ports whose requests a mesh lets past its proxy from now on. */
const past =
  (mesh: string): DecidingMark['does'] =>
  (before, now) => {
    const old = numbered(before);
    const more = numbered(now).filter(
      ({ first, last }) => !old.some((each) => each.first <= first && each.last >= last),
    );
    return more.length === 0
      ? undefined
      : `requests to port ${more.map(({ text }) => text).join(', ')} of its pods go past the proxy of ${mesh}: its policies and mutual TLS do not hold for them`;
  };

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
  { of: ['pods'], at: 'annotations', key: 'traffic.sidecar.istio.io/excludeInboundPorts', does: past('Istio') },
  { of: ['pods'], at: 'annotations', key: 'config.linkerd.io/skip-inbound-ports', does: past('Linkerd') },
];

export default riskRule({
  id: 'mark-exposes',
  class: 'exposure',
  description:
    'a label or an annotation by which an object is served to the outside, or past the proxy that guards it: visibility of Knative, waypoints of Istio, ports that a mesh leaves out',
  reason: 'Who may reach the object, or what they may ask of it, is decided by this mark alone.',
  source: 'https://knative.dev/docs/serving/services/private-services/',
  advice: 'make sure that everybody may reach it, or put the mark back',
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
