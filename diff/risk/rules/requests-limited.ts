import { fieldAt } from '../paths';
import { limitText, requestLimits } from '../request-limits';
import { riskRule } from '../risk';

const route = (timeout: string) => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: web, namespace: shop }
spec: { hosts: [web], http: [{ route: [{ destination: { host: web } }], timeout: ${timeout} }] }
`;

export default riskRule({
  id: 'requests-limited',
  class: 'disruption',
  description:
    'requests that get less time, fewer tries or a smaller body, of which fewer are let through, or some of which fail on purpose: by a route, an Ingress, a middleware or a mesh',
  reason:
    'What was answered before gets an error: slow requests first, large uploads, and whatever comes when there is much to do. The programs behind do not see it.',
  source: 'https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRoute',
  advice:
    'look in the metrics of the proxy for the slowest and the largest requests, and for how many there are at once',
  example: {
    before: route('10s'),
    after: route('500ms'),
    finds: ['VirtualService/shop/web spec.http'],
    harmless: route('30s'),
  },
  *find({ changes }) {
    for (const change of changes) {
      const { does, before, after } = change;
      if (does !== 'changed' || !before || !after) continue;
      const old = new Map(requestLimits(before).map((limit) => [limit.key, limit]));
      for (const is of requestLimits(after)) {
        const was = old.get(is.key) ?? (is.fails ? { ...is, value: 0, written: 'none' } : undefined);
        if (!was || !(is.value < was.value)) continue;
        yield {
          change,
          field: fieldAt(change, is.path) ?? fieldAt(change, is.path.slice(0, -1)),
          message: `${is.at}: ${is.text(limitText(is), limitText(was))}`,
        };
      }
    }
  },
});
