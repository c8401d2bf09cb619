import type { Json, Resource } from '../../manifests/resource';
import { list, mappings, record, string } from '../../manifests/resource';
import { LISTENER_KINDS } from '../../world/listeners';
import type { ChangeStep } from '../field-change';

/** What one place asks of the connections that it takes, or of the servers that it connects to. */
export interface TlsStance {
  /** `listener https`, `server https of port 443`; what is called alike before and after is the same place. */
  readonly at: string;
  readonly path: readonly ChangeStep[];
  /** What becomes of a request without TLS: it is answered, sent to https, or not taken. */
  readonly unencrypted: 'answered' | 'redirected' | 'refused';
  /** What is asked of those who come with TLS. @default - there is none */
  readonly tls?: TlsTerms | undefined;
}

interface TlsTerms {
  /** Whether TLS is passed through: then the program behind does all that could be done here. @default false */
  readonly passes?: boolean;
  /** Whether clients have to show a certificate. @default 'no' */
  readonly asksClient?: 'no' | 'optional' | 'yes';
  /** The oldest version of TLS: 1.2 is 12. @default - that of the implementation, which is not known */
  readonly oldest?: number | undefined;
  /** What else is asked, each as the sentence that is said when it is asked no more. @default - nothing */
  readonly also?: readonly string[];
}

type StanceReader = (resource: Resource) => readonly TlsStance[];

/**
 * istio.io/latest/docs/reference/config/networking/gateway/#ServerTLSSettings: without a mode TLS is passed through, and without
 * a version the oldest one is 1.2.
 */
const istioGateway: StanceReader = (resource) =>
  mappings(resource.at(['spec', 'servers'])).map((server): TlsStance => {
    const port = record(server['port']);
    const tls = record(server['tls']);
    const hosts = list(server['hosts']).map(String).sort().join(', ');
    const place = {
      at: `server ${string(server['name']) ?? string(port?.['name']) ?? hosts} of port ${String(port?.['number'])}`,
      path: ['spec', 'servers'],
    };
    if (!['HTTPS', 'TLS'].includes(String(port?.['protocol'])))
      return { ...place, unencrypted: tls?.['httpsRedirect'] === true ? 'redirected' : 'answered' };
    const mode = string(tls?.['mode']) ?? 'PASSTHROUGH';
    const terms: TlsTerms = {
      passes: mode.endsWith('PASSTHROUGH'),
      asksClient: mode === 'OPTIONAL_MUTUAL' ? 'optional' : mode.endsWith('MUTUAL') ? 'yes' : 'no',
      oldest: versionOf(tls?.['minProtocolVersion']) ?? 12,
      also: [
        ...named(tls, 'subjectAltNames', 'the name in the certificate of clients'),
        ...named(tls, 'verifyCertificateSpki', 'the key of clients'),
        ...named(tls, 'verifyCertificateHash', 'the hash of the certificate of clients'),
        ...named(tls, 'caCrl', 'whether the certificate of clients was revoked'),
      ],
    };
    return { ...place, unencrypted: 'refused', tls: terms };
  });

/** gateway-api.sigs.k8s.io/reference/spec: certificates of clients are asked for by the listener, or since 1.4 by the Gateway. */
const gateway: StanceReader = (resource) =>
  mappings(resource.at(['spec', 'listeners'])).map((listener): TlsStance => {
    const name = String(listener['name']);
    const place = { at: `listener ${name}`, path: ['spec', 'listeners', { name }] };
    const protocol = string(listener['protocol']) ?? '';
    if (!['HTTPS', 'TLS'].includes(protocol)) return { ...place, unencrypted: 'answered' };
    const tls = record(listener['tls']);
    const front = record(resource.at(['spec', 'tls', 'frontend']));
    const ofPort = mappings(front?.['perPort']).find(({ port }) => port === listener['port']);
    const validation =
      record(tls?.['frontendValidation']) ??
      record(record(ofPort?.['tls'])?.['validation']) ??
      record(record(front?.['default'])?.['validation']);
    const options = Object.entries(record(tls?.['options']) ?? {});
    const oldest = options.find(([key]) => /min/i.test(key) && /tls|ssl|protocol|version/i.test(key));
    const terms: TlsTerms = {
      passes: tls?.['mode'] === 'Passthrough',
      asksClient: !validation ? 'no' : validation['mode'] === 'AllowInsecureFallback' ? 'optional' : 'yes',
      oldest: oldest && versionOf(oldest[1]),
      also: options.filter((option) => option !== oldest).map(([key]) => `its option ${key} says nothing any more`),
    };
    return { ...place, unencrypted: 'refused', tls: terms };
  });

/** istio.io/latest/docs/reference/config/networking/destination-rule/#ClientTLSSettings */
const destinationRule: StanceReader = (resource) => {
  const policies = [
    ['', record(resource.at(['spec', 'trafficPolicy']))] as const,
    ...mappings(resource.at(['spec', 'subsets'])).map(
      ({ name, trafficPolicy }) => [`subset ${String(name)}`, record(trafficPolicy)] as const,
    ),
  ];
  const places = policies.flatMap(([subset, policy]) => [
    [[subset], policy] as const,
    ...portsOf(policy).map(([port, own]) => [[subset, port], own] as const),
  ]);
  return places.map(([of, policy]) => ({
    at: ['connections to', string(resource.at(['spec', 'host'])) ?? '', ...of].filter(Boolean).join(' '),
    path: ['spec'],
    // Whether it encrypts at all is told as a mode.
    unencrypted: 'refused',
    tls: termsOfClient(record(policy?.['tls'])),
  }));
};

/** Of the certificates of the mesh everything is looked at. */
function termsOfClient(tls: Json | undefined): TlsTerms | undefined {
  const mode = string(tls?.['mode']) ?? '';
  if (!/^(SIMPLE|(ISTIO_)?MUTUAL)$/.test(mode)) return undefined;
  const ofMesh = mode === 'ISTIO_MUTUAL';
  const all: Json = ofMesh ? { subjectAltNames: 'own', caCertificates: 'own' } : (tls ?? {});
  return {
    also: [
      ...(mode === 'SIMPLE' ? [] : ['the client shows no certificate any more']),
      ...(tls?.['insecureSkipVerify'] === true && !ofMesh ? [] : [looksAt('the certificate of the server')]),
      ...named(all, 'subjectAltNames', 'the name in the certificate of the server'),
      ...named(all, 'caCertificates', 'who of all authorities signed the certificate of the server'),
    ],
  };
}

function portsOf(policy: Json | undefined): (readonly [string, Json])[] {
  return mappings(policy?.['portLevelSettings']).map(
    (entry) => [`port ${String(record(entry['port'])?.['number'])}`, entry] as const,
  );
}

/** projectcontour.io/docs/1.33/config/tls-termination/ */
const httpProxy: StanceReader = (resource) => {
  const tls = record(resource.at(['spec', 'virtualhost', 'tls']));
  const isPermitted = mappings(resource.at(['spec', 'routes'])).some((route) => route['permitInsecure'] === true);
  const validation = record(tls?.['clientValidation']);
  return [
    {
      at: 'the host',
      path: ['spec'],
      unencrypted: !tls || isPermitted ? 'answered' : 'redirected',
      tls: tls && {
        passes: tls['passthrough'] === true,
        asksClient:
          !validation || validation['skipClientCertValidation'] === true
            ? 'no'
            : validation['optionalClientCertificate'] === true
              ? 'optional'
              : 'yes',
        oldest: versionOf(tls['minimumProtocolVersion']) ?? 12,
      },
    },
  ];
};

/** docs.openshift.com: Route.spec.tls; `None` is the default of insecureEdgeTerminationPolicy. */
const openShift: StanceReader = (resource) => {
  const tls = record(resource.at(['spec', 'tls']));
  const policy = string(tls?.['insecureEdgeTerminationPolicy']);
  return [
    {
      at: 'the host',
      path: ['spec', 'tls'],
      unencrypted: !tls || policy === 'Allow' ? 'answered' : policy === 'Redirect' ? 'redirected' : 'refused',
      tls: tls && { passes: tls['termination'] === 'passthrough' },
    },
  ];
};

/** doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/http/ingressroute/ */
const traefik: StanceReader = (resource) => {
  const tls = record(resource.at(['spec', 'tls']));
  return [
    {
      at: 'the route',
      path: ['spec', 'tls'],
      unencrypted: tls ? 'refused' : 'answered',
      tls: tls && { passes: tls['passthrough'] === true, also: named(tls, 'options', 'what its options ask for') },
    },
  ];
};

/** doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/tls/tlsoption/ */
const traefikOptions: StanceReader = (resource) => {
  const type = string(resource.at(['spec', 'clientAuth', 'clientAuthType'])) ?? 'NoClientCert';
  return [
    {
      at: 'the routes with these options',
      path: ['spec'],
      unencrypted: 'refused',
      tls: {
        asksClient: type.startsWith('Require') ? 'yes' : type === 'NoClientCert' ? 'no' : 'optional',
        oldest: versionOf(resource.at(['spec', 'minVersion'])) ?? 12,
      },
    },
  ];
};

const READERS: ReadonlyMap<string, StanceReader> = new Map([
  ['networking.istio.io Gateway', istioGateway],
  ['networking.istio.io DestinationRule', destinationRule],
  ...Object.entries(LISTENER_KINDS).map(([kind, group]) => [`${group} ${kind}`, gateway] as const),
  ['projectcontour.io HTTPProxy', httpProxy],
  ['route.openshift.io Route', openShift],
  ...['traefik.io', 'traefik.containo.us'].flatMap((group) => [
    ...['IngressRoute', 'IngressRouteTCP'].map((kind) => [`${group} ${kind}`, traefik] as const),
    [`${group} TLSOption`, traefikOptions] as const,
  ]),
]);

/** What an object asks of connections, place by place; nothing of a kind that says nothing of TLS. */
export function tlsStances(resource: Resource): readonly TlsStance[] {
  return READERS.get(`${resource.group} ${resource.kind}`)?.(resource) ?? [];
}

/** Whether an object may say something of TLS. */
export function saysTls({ group, kind }: Pick<Resource, 'group' | 'kind'>): boolean {
  return READERS.has(`${group} ${kind}`);
}

/** What is asked where a field is set to something. */
function named(tls: Json | undefined, field: string, what: string): string[] {
  const value = tls?.[field];
  return value === undefined || value === '' || (Array.isArray(value) && value.length === 0) ? [] : [looksAt(what)];
}

function looksAt(what: string): string {
  return `nobody looks any more at ${what}`;
}

/** `TLSV1_2`, `VersionTLS12`, `1.2`, `TLSv1.2` as 12; undefined for what says no version. */
function versionOf(value: unknown): number | undefined {
  const [, minor] = /1[._]?([0-3])$/.exec(String(value ?? '')) ?? [];
  return minor === undefined ? undefined : 10 + Number(minor);
}

const UNENCRYPTED = ['answered', 'redirected', 'refused'] as const;
const CLIENTS = ['no', 'optional', 'yes'] as const;

/** What is asked less of connections than before, as clauses. */
export function* askedLess(was: TlsStance, is: TlsStance): Iterable<string> {
  if (UNENCRYPTED.indexOf(is.unencrypted) < UNENCRYPTED.indexOf(was.unencrypted))
    yield is.unencrypted === 'redirected'
      ? 'requests without TLS are taken, and sent to https'
      : was.unencrypted === 'redirected'
        ? 'requests without TLS are answered, and no more sent to https'
        : 'requests go unencrypted';
  // Without TLS nothing of it is left to ask.
  if (was.tls && is.tls) yield* termsLost(was.tls, is.tls);
}

function* termsLost(was: TlsTerms, is: TlsTerms): Iterable<string> {
  if (was.passes) return;
  if (is.passes)
    return yield 'TLS is passed through: certificates of clients, paths and headers are not looked at here any more, and the program behind has to do so';
  const [old, now] = [was, is].map(({ asksClient = 'no' }) => CLIENTS.indexOf(asksClient)) as [number, number];
  if (now < old)
    yield now === 0
      ? 'clients need no certificate any more'
      : 'clients are let in without a certificate, or with one that nobody trusts';
  if (was.oldest !== undefined && is.oldest === undefined)
    yield `TLS 1.${was.oldest - 10} is no more the oldest version that is taken: the default of the implementation holds`;
  else if (was.oldest !== undefined && is.oldest! < was.oldest)
    yield `TLS 1.${is.oldest! - 10} is taken, where 1.${was.oldest - 10} was the oldest version`;
  for (const lost of was.also ?? []) if (!is.also?.includes(lost)) yield lost;
}

/** Whether clients are refused without a certificate, who were not before. Of what the program behind asked nothing is known. */
export function needsCertificate(was: TlsStance, is: TlsStance): boolean {
  return is.tls?.asksClient === 'yes' && !is.tls.passes && was.tls?.asksClient !== 'yes' && was.tls?.passes !== true;
}
