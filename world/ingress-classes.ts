import type { Resource } from '../manifests/resource';
import { string } from '../manifests/resource';
import { memo } from '../model/memo';
import { everyKnown } from './known';
import { ingressesOf } from './routes';
import type { World } from './world';

/** The deprecated annotation, which controllers read all the same. */
const LEGACY_CLASS = 'kubernetes.io/ingress.class';
const DEFAULT_CLASS = 'ingressclass.kubernetes.io/is-default-class';

/** Programs that serve Ingresses, as far as their rules are known here. */
export type IngressProgram = 'ingress-nginx' | 'traefik';

/** By `spec.controller` of their IngressClass: kubernetes.github.io/ingress-nginx, doc.traefik.io. NGINX Inc's own is another program. */
const PROGRAMS: Readonly<Record<string, IngressProgram>> = {
  'k8s.io/ingress-nginx': 'ingress-nginx',
  'traefik.io/ingress-controller': 'traefik',
};

/** The class of an Ingress: its field, the annotation, or the cluster's default; undefined where it has none. */
export function ingressClassOf(world: World, ingress: Resource): string | undefined {
  return string(ingress.at(['spec', 'ingressClassName'])) ?? ingress.annotations[LEGACY_CLASS] ?? defaultClass(world);
}

const defaultClass = memo((world: World): string | undefined => {
  const classes = [...everyKnown(world, 'IngressClass'), ...(world.facts.known('ingressClasses') ?? [])];
  return classes.find(({ annotations }) => annotations[DEFAULT_CLASS] === 'true')?.name;
});

/** The Ingresses of a class; empty: those that have none. */
export const ingressesOfClass = memo((world: World, className: string): readonly Resource[] =>
  ingressesOf(world).filter((ingress) => (ingressClassOf(world, ingress) ?? '') === className),
);

/** Names of classes that other programs are usually installed with. */
const OTHER_PROGRAMS = /^(alb|aws|gce|azure|haproxy|kong|contour|cilium|istio|apisix|openshift|nginx-plus|nginxinc)/;

/**
 * The program that serves a class. `certain` if its IngressClass says so; otherwise by what the class is usually called, or by annotations
 * of its Ingresses that this program alone has. Undefined where it is another program, or nothing tells.
 */
export const ingressProgramOf = memo(
  (world: World, className: string): { readonly program: IngressProgram; readonly certain: boolean } | undefined => {
    const found = world.find('IngressClass', '', className);
    const controller = found.is === 'present' ? string(found.resource.at(['spec', 'controller'])) : undefined;
    if (controller !== undefined) {
      const program = PROGRAMS[controller];
      return program && { program, certain: true };
    }
    const annotated = (prefix: string) =>
      ingressesOfClass(world, className).some(({ annotations }) =>
        Object.keys(annotations).some((key) => key.startsWith(prefix)),
      );
    if (OTHER_PROGRAMS.test(className)) return undefined;
    if (className.startsWith('traefik')) return { program: 'traefik', certain: false };
    if (annotated('nginx.ingress.kubernetes.io/')) return { program: 'ingress-nginx', certain: false };
    // NGINX Inc's program is usually called nginx as well.
    if (className.includes('nginx'))
      return annotated('nginx.org/') ? undefined : { program: 'ingress-nginx', certain: false };
    return annotated('traefik.ingress.kubernetes.io/') ? { program: 'traefik', certain: false } : undefined;
  },
);
