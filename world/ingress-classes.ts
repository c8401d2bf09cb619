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

/** The Ingresses of a class. */
export const ingressesOfClass = memo((world: World, className: string): readonly Resource[] =>
  ingressesOf(world).filter((ingress) => ingressClassOf(world, ingress) === className),
);

/**
 * The program that serves a class. `certain` if its IngressClass says so, or an Ingress of it carries annotations that only this program
 * has; otherwise by what the class is usually called. Undefined where it is another program, or nothing tells.
 */
export function ingressProgramOf(
  world: World,
  className: string,
): { readonly program: IngressProgram; readonly certain: boolean } | undefined {
  const found = world.find('IngressClass', '', className);
  const controller = found.is === 'present' ? string(found.resource.at(['spec', 'controller'])) : undefined;
  if (controller !== undefined) {
    const program = PROGRAMS[controller];
    return program && { program, certain: true };
  }
  if (className.startsWith('traefik')) return { program: 'traefik', certain: false };
  const nginx = ingressesOfClass(world, className).some(({ annotations }) =>
    Object.keys(annotations).some((key) => key.startsWith('nginx.ingress.kubernetes.io/')),
  );
  if (nginx) return { program: 'ingress-nginx', certain: className.includes('nginx') };
  return className.includes('nginx') ? { program: 'ingress-nginx', certain: false } : undefined;
}
