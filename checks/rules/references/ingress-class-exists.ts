import { string } from '../../../manifests/resource';
import { near } from '../../../model/near';
import { knownIn } from '../../../world/known';
import { ingressesOf } from '../../../world/routes';
import { check } from '../../check';
import { respelt } from '../../respelt';

const LEGACY_CLASS = 'kubernetes.io/ingress.class';
const DEFAULT_CLASS = 'ingressclass.kubernetes.io/is-default-class';

const ingress = (className: string) => `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: shop }
spec: { ingressClassName: ${className}, defaultBackend: { service: { name: web, port: { number: 80 } } } }
`;

export default check({
  id: 'ingress-class-exists',
  group: 'references',
  description: 'the IngressClass of an Ingress exists in the cluster',
  severity: 'will-break',
  needs: ['cluster'],
  source: 'https://kubernetes.io/docs/concepts/services-networking/ingress/',
  fix: "set spec.ingressClassName to one of the cluster's IngressClasses",
  example: {
    broken: ingress('ngnix'),
    fails: ['Ingress/shop/web spec.ingressClassName'],
    fixed: ingress('nginx'),
    facts: `
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: { name: nginx }
spec: { controller: k8s.io/ingress-nginx }
`,
  },
  *judge(world) {
    const ofCluster = world.facts.known('ingressClasses');
    const classes = [...(ofCluster ?? []), ...knownIn(world, 'IngressClass', '')];
    const known = world.isComplete('', 'IngressClass');
    const names = world.namesOf('IngressClass', '');
    for (const ingress of ingressesOf(world)) {
      const className = string(ingress.at(['spec', 'ingressClassName']));
      // The value of the deprecated annotation is the controller's own, not the name of an IngressClass.
      if (className === undefined && LEGACY_CLASS in ingress.annotations) continue;
      if (className !== undefined) {
        const found = world.find('IngressClass', '', className);
        if (found.is === 'present') continue;
        const at = { resource: ingress, path: ['spec', 'ingressClassName'], value: className };
        if (found.is === 'absent')
          yield {
            ...at,
            message: `the cluster has no IngressClass ${className} (it has: ${names.join(', ') || 'none'}), so no controller serves this Ingress${near(className, names)}`,
            ...respelt(className, names),
          };
        else
          yield {
            ...at,
            verdict: 'unknown',
            message: `whether the cluster has an IngressClass ${className} is not known; give the cluster's IngressClasses (kubectl get ingressclasses -o yaml)`,
          };
      } else if (known && !classes.some(({ annotations }) => annotations[DEFAULT_CLASS] === 'true')) {
        yield {
          resource: ingress,
          path: ['spec', 'ingressClassName'],
          verdict: 'unknown',
          message:
            'the Ingress names no class and the cluster has no default IngressClass, so only a controller that serves Ingresses without a class serves it; set the class to be sure',
        };
      }
    }
  },
});
