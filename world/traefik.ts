import type { Resource } from '../manifests/resource';
import { list, string } from '../manifests/resource';
import { WorkloadManifest } from '../manifests/workload';
import { memo } from '../model/memo';
import type { World } from './world';

/** The API groups of Traefik's own kinds; the second until 3.0. */
const TRAEFIK_GROUPS: ReadonlySet<string> = new Set(['traefik.io', 'traefik.containo.us']);

/** Whether an object is of Traefik's own API: TraefikService, Middleware, IngressRoute. */
export function isTraefik({ group }: Resource): boolean {
  return TRAEFIK_GROUPS.has(group);
}

/** What is known of the Traefik that serves, by the image and the flags of its container. */
export interface TraefikSettings {
  /** Whether one is here: otherwise these are the program's defaults. */
  readonly seen: boolean;
  /** `[3, 5]`, by the tag of the image; undefined where no Traefik is here, or its tag names no version. */
  readonly version: readonly [number, number] | undefined;
  /**
   * TraefikServices and Ingresses with Services without endpoints are kept, and answer 503: without it Traefik drops the whole rule.
   * @default false; the Helm chart sets it
   */
  readonly allowEmptyServices: { readonly crd: boolean; readonly ingress: boolean };
  /** It reads the annotations of ingress-nginx, and serves the classes of k8s.io/ingress-nginx in its place. @default false; from 3.6 on */
  readonly servesNginx: boolean;
  /** A TraefikService may name Services of other namespaces. @default false */
  readonly allowCrossNamespace: boolean;
  /** The syntax of rules that name none. @default v3; v2 by a flag, and of Traefik 2 */
  readonly ruleSyntax: 'v2' | 'v3';
  /** `Prefix` of an Ingress compares elements, so that `/v1` does not take `/v12`. @default false; there from 3.5 on */
  readonly strictPrefixMatching: boolean;
  /** The class whose IngressRoutes it reads; empty: those without one, and those of class `traefik`. @default - empty */
  readonly crdClass: string;
  /** Entry points whose routers have TLS without saying so; undefined: none is named here. @default - undefined */
  readonly tlsEntryPoints: ReadonlySet<string> | undefined;
}

const DEFAULTS: TraefikSettings = {
  seen: false,
  version: undefined,
  allowEmptyServices: { crd: false, ingress: false },
  servesNginx: false,
  allowCrossNamespace: false,
  ruleSyntax: 'v3',
  strictPrefixMatching: false,
  crdClass: '',
  tlsEntryPoints: undefined,
};

/** The settings of the only Traefik among what is judged or declared; the program's defaults where there is none, or several. */
export const traefikOf = memo((world: World): TraefikSettings => {
  const workloads = [
    ...world.workloads,
    ...world.external.flatMap((resource) => WorkloadManifest.of(resource, world.namespaceOf(resource)) ?? []),
  ];
  const found = workloads.flatMap(({ running }) =>
    running.flatMap(({ json }) => {
      const image = string(json['image']) ?? '';
      return /(^|\/)traefik(:|@|$)/.test(image) ? [{ image, args: list(json['args']).map(String) }] : [];
    }),
  );
  const [only] = found;
  if (!only || found.length > 1) return DEFAULTS;
  const version = /:v?(\d+)\.(\d+)/.exec(only.image);
  const flag = (name: string) =>
    only.args.some((arg) => {
      const [key = '', value = 'true'] = arg.toLowerCase().replace(/^--?/, '').split('=');
      return key === name && (value === 'true' || value === '1');
    });
  return {
    seen: true,
    version: version ? [Number(version[1]), Number(version[2])] : undefined,
    allowEmptyServices: {
      crd: flag('providers.kubernetescrd.allowemptyservices'),
      ingress: flag('providers.kubernetesingress.allowemptyservices'),
    },
    servesNginx: flag('providers.kubernetesingressnginx') || flag('experimental.kubernetesingressnginx'),
    allowCrossNamespace: flag('providers.kubernetescrd.allowcrossnamespace'),
    ruleSyntax:
      Number(version?.[1] ?? 3) < 3 || only.args.some((arg) => /^--?core\.defaultrulesyntax=v2$/i.test(arg))
        ? 'v2'
        : 'v3',
    strictPrefixMatching: flag('providers.kubernetesingress.strictprefixmatching'),
    crdClass:
      only.args.flatMap((arg) => /^--?providers\.kubernetescrd\.ingressclass=(.*)$/i.exec(arg)?.[1] ?? [])[0] ?? '',
    tlsEntryPoints: tlsEntryPoints(only.args),
  };
});

/** Entry points with `http.tls`; undefined where the arguments name no entry point at all, which then stand in a file. */
function tlsEntryPoints(args: readonly string[]): ReadonlySet<string> | undefined {
  const named = args.flatMap((arg) => {
    const [, name, field = ''] = /^--?entrypoints\.([^.=]+)\.?(.*)$/i.exec(arg) ?? [];
    return name === undefined ? [] : [{ name: name.toLowerCase(), field: field.toLowerCase() }];
  });
  if (named.length === 0) return undefined;
  const isTls = ({ field }: { field: string }) => /^http\.tls(\.|=true$|=1$|$)/.test(field);
  return new Set(named.filter(isTls).map(({ name }) => name));
}

/** Whether the Traefik that serves is of a version or newer; undefined where its version is not known. */
export function isTraefikSince(world: World, major: number, minor: number): boolean | undefined {
  const { version } = traefikOf(world);
  return version && (version[0] > major || (version[0] === major && version[1] >= minor));
}
