import { fieldAt } from '../paths';
import { requestRewrites } from '../request-rewrites';
import { riskRule } from '../risk';

const ingress = (annotations: string) => `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: shop, annotations: { team: a${annotations} } }
spec:
  rules: [{ host: shop.example.com, http: { paths: [{ path: /shop, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] } }]
`;

export default riskRule({
  id: 'requests-rewritten',
  class: 'disruption',
  description:
    'requests that reach the program behind with another path, host or protocol than before, or with headers that were kept from it',
  reason:
    'A program answers 404 to a path that it does not have, and may serve another tenant by another host. What a proxy removed or set, such as the name of a user, is believed when a client sends it.',
  source: 'https://gateway-api.sigs.k8s.io/guides/http-redirect-rewrite/',
  advice:
    'try the old and the new address against the program itself, and let the program and the route change together',
  example: {
    before: ingress(''),
    after: ingress(', nginx.ingress.kubernetes.io/rewrite-target: /'),
    finds: ['Ingress/shop/web metadata.annotations["nginx.ingress.kubernetes.io/rewrite-target"]'],
    harmless: ingress(', nginx.ingress.kubernetes.io/backend-protocol: HTTP'),
  },
  *find({ changes }) {
    for (const change of changes) {
      const { does, before, after } = change;
      if (does !== 'changed' || !before || !after) continue;
      const old = new Map(requestRewrites(before).map((rewrite) => [rewrite.key, rewrite]));
      for (const is of requestRewrites(after)) {
        const was = old.get(is.key);
        if (!was) continue;
        const field = fieldAt(change, is.path) ?? fieldAt(change, is.path.slice(0, -1));
        for (const part of new Set([...was.sees.keys(), ...is.sees.keys()])) {
          const [then, now] = [was, is].map(({ sees }) => sees.get(part));
          if (then === now) continue;
          yield {
            change,
            field,
            message: `${is.at} reach the program with ${now === undefined ? `their own ${part}` : `the ${part} ${now}`}, and with ${then === undefined ? 'their own' : then} before`,
          };
        }
        const passed = [...was.withheld].filter((name) => !is.withheld.has(name));
        if (passed.length > 0)
          yield {
            change,
            field,
            class: 'exposure',
            message: `${is.at}: what clients send as ${passed.join(', ')} reaches the program, and was kept from it`,
            advice: 'keep it, unless the program does not believe these headers',
          };
      }
    }
  },
});
