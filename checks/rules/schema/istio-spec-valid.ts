import type { Resource } from '../../../manifests/resource';
import { istioProblems } from '../../../upstream/istio/problems';
import { check } from '../../check';

const manifests = (weight: string, code: number) => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: web, namespace: shop }
spec:
  hosts: [shop.example.com]
  gateways: [edge/public]
  http:
    - match: [{ uri: { prefix: /old } }]
      redirect: { uri: /, redirectCode: ${code} }
    - route:
        - { destination: { host: web }, weight: ${weight} }
        - { destination: { host: web-next }, weight: 0 }
`;

const KINDS = ['VirtualService', 'DestinationRule', 'Gateway', 'AuthorizationPolicy', 'PeerAuthentication'];

export default check({
  id: 'istio-spec-valid',
  group: 'schema',
  description: 'what the definitions of Istio admit is also what Istio accepts',
  severity: 'will-break',
  needs: [],
  source: 'https://istio.io/latest/docs/ops/common-problems/validation/',
  fix: 'set the field as the message says; istioctl validate -f FILE asks Istio itself',
  example: {
    broken: manifests('0', 200),
    fails: ['VirtualService/shop/web spec.http[0].redirect.redirectCode', 'VirtualService/shop/web spec.http[1].route'],
    fixed: manifests('100', 302),
  },
  *judge(world) {
    for (const resource of KINDS.flatMap((kind): readonly Resource[] => world.of(kind)))
      for (const { path, value, message } of istioProblems(resource, world.namespaceOf(resource)))
        yield {
          ...{ resource, path, value },
          message: `${typeof path.at(-1) === 'number' ? String(path.at(-2)) : String(path.at(-1))} ${message}: Istio's webhook refuses the object, and where there is none istiod leaves it out`,
        };
  },
});
