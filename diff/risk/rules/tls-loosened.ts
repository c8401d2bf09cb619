import { fieldAt } from '../paths';
import { riskRule } from '../risk';
import { askedLess, tlsStances } from '../tls';

const gateway = (mode: string, credential = 'shop') => `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: web, namespace: shop }
spec:
  selector: { istio: ingressgateway }
  servers:
    - port: { number: 443, name: https, protocol: HTTPS }
      hosts: [shop.example.com]
      tls: { mode: ${mode}, credentialName: ${credential} }
`;

export default riskRule({
  id: 'tls-loosened',
  class: 'exposure',
  description:
    'a gateway, a listener or a route that takes requests without TLS, without certificates of clients or by an older version, or a client that looks less at its server',
  reason:
    'Whoever was refused for want of a certificate is let in, and whoever is on the way may read or change what was protected from it.',
  source: 'https://istio.io/latest/docs/reference/config/networking/gateway/#ServerTLSSettings-TLSmode',
  advice: 'keep what was asked until nobody needs it: let a client that cannot do it have a listener of its own',
  example: {
    before: gateway('MUTUAL'),
    after: gateway('SIMPLE'),
    finds: ['Gateway/shop/web spec.servers'],
    harmless: gateway('MUTUAL', 'other'),
  },
  *find({ changes }) {
    for (const change of changes) {
      const { does, before, after } = change;
      if (does !== 'changed' || !before || !after) continue;
      const now = tlsStances(after);
      for (const was of tlsStances(before)) {
        const is = now.find(({ at }) => at === was.at);
        if (!is) continue;
        const lost = [...askedLess(was, is)];
        if (lost.length === 0) continue;
        const protocol = fieldAt(change, [...was.path, 'protocol']);
        yield {
          change,
          field:
            protocol ?? fieldAt(change, [...was.path, 'tls']) ?? fieldAt(change, was.path) ?? fieldAt(change, ['spec']),
          message: `${was.at}: ${lost.join('; ')}`,
        };
      }
    }
  },
});
