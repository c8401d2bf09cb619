import { list, record, string } from '../../../manifests/resource';
import { near } from '../../../model/near';
import { ingressesOf } from '../../../world/routes';
import { check } from '../../check';

const ingress = (host: string) => `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: shop }
spec:
  tls: [{ hosts: [${host}], secretName: shop-tls }]
  rules:
    - host: shop.example.com
      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] }
`;

/** In a certificate, a wildcard matches exactly one label. */
function covers(pattern: string, host: string): boolean {
  return pattern === host || (pattern.startsWith('*.') && host.slice(host.indexOf('.')) === pattern.slice(1));
}

export default check({
  id: 'ingress-tls-host-match',
  group: 'references',
  description: 'the hosts in spec.tls and those in the rules are the same',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/services-networking/ingress/',
  fix: 'list under spec.tls each host of the rules that uses TLS, with the same spelling',
  example: {
    broken: ingress('store.example.com'),
    fails: ['Ingress/shop/web spec.rules[0].host', 'Ingress/shop/web spec.tls[0].hosts[0]'],
    fixed: ingress('shop.example.com'),
  },
  *judge(world) {
    for (const ingress of ingressesOf(world)) {
      const tls = list(ingress.at(['spec', 'tls']));
      const rules = list(ingress.at(['spec', 'rules']));
      const secured = tls.flatMap((entry, i) =>
        list(record(entry)?.['hosts']).flatMap((host, j) =>
          typeof host === 'string' ? [{ host: host.toLowerCase(), path: ['spec', 'tls', i, 'hosts', j] }] : [],
        ),
      );
      const served = rules.flatMap((rule, i) =>
        string(record(rule)?.['host'])
          ? [{ host: string(record(rule)?.['host'])!.toLowerCase(), path: ['spec', 'rules', i, 'host'] }]
          : [],
      );
      // A TLS entry without hosts applies to all hosts; a rule without a host matches every host.
      if (tls.length === 0 || tls.some((entry) => list(record(entry)?.['hosts']).length === 0)) continue;
      for (const { host, path } of served) {
        if (secured.some((entry) => covers(entry.host, host) || covers(host, entry.host))) continue;
        yield {
          resource: ingress,
          path,
          value: host,
          message: `no entry of spec.tls lists ${host}, so it is served without TLS or with the controller's default certificate${near(
            host,
            secured.map((entry) => entry.host),
          )}`,
        };
      }
      if (rules.length > served.length || ingress.at(['spec', 'defaultBackend']) !== undefined) continue;
      for (const { host, path } of secured) {
        if (served.some((entry) => covers(host, entry.host) || covers(entry.host, host))) continue;
        yield {
          resource: ingress,
          path,
          value: host,
          message: `no rule matches ${host}, so its certificate is not used and requests for it get a 404 response${near(
            host,
            served.map((entry) => entry.host),
          )}`,
        };
      }
    }
  },
});
