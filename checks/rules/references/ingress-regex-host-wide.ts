import { string } from '../../../manifests/resource';
import { addTo } from '../../../model/multimap';
import type { NginxPath } from '../../../simulate/routing/nginx-paths';
import { makesRegex, nginxAnnotation, nginxPaths } from '../../../simulate/routing/nginx-paths';
import { ingressClassOf, ingressProgramOf } from '../../../world/ingress-classes';
import { ingressesOf } from '../../../world/routes';
import { check } from '../../check';

const ingress = (name: string, path: string, type: string, annotations = '') => `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: ${name}, namespace: shop${annotations} }
spec:
  ingressClassName: nginx
  rules:
    - host: shop.example.com
      http: { paths: [{ path: ${path}, pathType: ${type}, backend: { service: { name: ${name}, port: { number: 80 } } } }] }
`;
const rewriting = ', annotations: { nginx.ingress.kubernetes.io/rewrite-target: / }';

export default check({
  id: 'ingress-regex-host-wide',
  group: 'references',
  description: "no Ingress turns another one's Exact path into a regular expression",
  severity: 'will-break',
  needs: [],
  source: 'https://kubernetes.github.io/ingress-nginx/user-guide/ingress-path-matching/',
  fix: 'give the Ingress that rewrites, or uses regular expressions, a host of its own',
  example: {
    broken: [ingress('api', '/api', 'Prefix', rewriting), ingress('app', '/app', 'Exact')].join('---'),
    fails: ['Ingress/shop/app spec.rules[0].http.paths[0].path'],
    fixed: [ingress('api', '/api', 'Prefix'), ingress('app', '/app', 'Exact')].join('---'),
  },
  *judge(world) {
    const classes = new Set(ingressesOf(world).map((each) => ingressClassOf(world, each) ?? ''));
    for (const className of classes) {
      if (ingressProgramOf(world, className)?.program !== 'ingress-nginx') continue;
      const hosts = new Map<string, NginxPath[]>();
      for (const path of nginxPaths(world, className)) addTo(hosts, path.host, path);
      for (const [host, paths] of hosts) {
        const cause = paths.find(makesRegex);
        if (!cause) continue;
        for (const path of paths) {
          if (path.type !== 'Exact' || path.ingress === cause.ingress || makesRegex(path)) continue;
          const by = nginxAnnotation(cause.ingress, 'use-regex') === 'true' ? 'use-regex' : 'rewrite-target';
          yield {
            resource: path.ingress,
            path: [...path.at, 'path'],
            value: string(path.ingress.at([...path.at, 'path'])),
            message: `${world.idOf(cause.ingress)} has ${by}, so that ingress-nginx makes a regular expression of every path of ${host || 'its hosts'}: this Exact path takes all that begins like it, whatever its case (${path.path}-other, ${path.path.toUpperCase()})`,
          };
        }
      }
    }
  },
});
