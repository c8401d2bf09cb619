import { string } from '../../../manifests/resource';
import { ingressClassOf, ingressProgramOf } from '../../../world/ingress-classes';
import { ingressesOf } from '../../../world/routes';
import { traefikOf } from '../../../world/traefik';
import { check } from '../../check';

const ingressClass = (name: string, controller: string) => `
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: { name: ${name} }
spec: { controller: ${controller} }
`;

export default check({
  id: 'ingress-controller-maintained',
  group: 'references',
  description: 'the class of an Ingress is served by software that still gets fixes',
  severity: 'advice',
  needs: ['cluster'],
  source: 'https://kubernetes.io/docs/concepts/services-networking/ingress-controllers/',
  fix: 'move to the Gateway API, host after host while both run: strata to-gateway PATH prints the HTTPRoutes, and what is lost; or to another controller',
  example: {
    broken: ingressClass('public', 'k8s.io/ingress-nginx'),
    fails: ['IngressClass/public spec.controller'],
    fixed: ingressClass('public', 'traefik.io/ingress-controller'),
  },
  *judge(world) {
    // Traefik serves these classes in its place, which is a way to leave it.
    if (traefikOf(world).servesNginx) return;
    const told = new Set<string>();
    const retired = (className: string) =>
      `class ${className} is served by ingress-nginx, which was retired in March 2026: no release after 1.15.1 mends what is found in it, security included`;
    for (const resource of world.of('IngressClass')) {
      const program = ingressProgramOf(world, resource.name);
      if (resource.group !== 'networking.k8s.io' || program?.program !== 'ingress-nginx' || !program.certain) continue;
      const value = string(resource.at(['spec', 'controller']));
      if (value === undefined) continue;
      told.add(resource.name);
      yield { resource, path: ['spec', 'controller'], value, message: retired(resource.name) };
    }
    for (const ingress of ingressesOf(world)) {
      const className = ingressClassOf(world, ingress);
      const program = className === undefined ? undefined : ingressProgramOf(world, className);
      // Said once for a class, at the first Ingress, where the class itself is not judged.
      if (className === undefined || told.has(className) || program?.program !== 'ingress-nginx' || !program.certain)
        continue;
      const written = string(ingress.at(['spec', 'ingressClassName']));
      told.add(className);
      yield {
        resource: ingress,
        path: ['spec', 'ingressClassName'],
        ...(written !== undefined && { value: written }),
        message: retired(className),
      };
    }
  },
});
