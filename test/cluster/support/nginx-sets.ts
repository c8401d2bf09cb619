/** Ingresses with annotations of ingress-nginx, for a Traefik that reads them: rewriting, and canaries by weight, header and cookie. */
import type { KubernetesObject } from './kubernetes';
import { PREFIX_TABLE } from './prefix-table';
import type { RouteSet, SentRequest } from './route-sets';
import { NAMESPACE } from './route-sets';

const PREFIX = 'nginx.ingress.kubernetes.io/';

function ingress(
  name: string,
  host: string,
  service: string,
  annotations: Readonly<Record<string, string>>,
  path = '/',
  pathType = 'Prefix',
): KubernetesObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name,
      namespace: NAMESPACE,
      annotations: Object.fromEntries(Object.entries(annotations).map(([key, value]) => [PREFIX + key, value])),
    },
    spec: {
      ingressClassName: 'nginx',
      rules: [
        { host, http: { paths: [{ path, pathType, backend: { service: { name: service, port: { number: 80 } } } }] } },
      ],
    },
  } as KubernetesObject;
}

const sent = (host: string, url: string, headers: SentRequest['headers'] = {}): SentRequest => {
  const [path = '', query = ''] = url.split('?');
  return { method: 'GET', host, path, query, headers };
};

/** What the rewriting of ingress-nginx's documentation makes of the paths under a prefix. */
function rewriting(): RouteSet {
  const host = 'rewrite.nginx.test';
  return {
    objects: [
      ingress(
        'nginx-rewrite',
        host,
        'b0',
        { 'rewrite-target': '/$2', 'use-regex': 'true' },
        '/app(/|$)(.*)',
        'ImplementationSpecific',
      ),
    ],
    // An encoded slash is one for nginx, and not for Traefik.
    requests: PREFIX_TABLE.filter((url) => !/%2f/i.test(url)).map((url) => sent(host, url)),
  };
}

/** Canaries: each of its own host, with its main Ingress. */
const CANARIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  weight: { 'canary-weight': '25' },
  none: { 'canary-weight': '0' },
  all: { 'canary-weight': '100' },
  total: { 'canary-weight': '1', 'canary-weight-total': '200' },
  header: { 'canary-by-header': 'X-Canary' },
  value: { 'canary-by-header': 'X-Canary', 'canary-by-header-value': 'yes' },
  pattern: { 'canary-by-header': 'X-Canary', 'canary-by-header-pattern': '^ye' },
  cookie: { 'canary-by-cookie': 'canary' },
  both: { 'canary-by-header': 'X-Canary', 'canary-by-cookie': 'canary', 'canary-weight': '50' },
};
const HEADERS: readonly SentRequest['headers'][] = [
  {},
  ...['always', 'never', 'yes', 'yet', 'no'].map((value) => ({ 'x-canary': value })),
  ...['canary=always', 'canary=never', 'a=b; canary=always', 'canary=yes', 'xcanary=always'].map((cookie) => ({
    cookie,
  })),
  { 'x-canary': 'never', cookie: 'canary=always' },
  { 'x-canary': 'always', cookie: 'canary=never' },
  { 'x-canary': 'yes', cookie: 'canary=always' },
];

export function nginxSets(): RouteSet[] {
  return [
    rewriting(),
    ...Object.entries(CANARIES).map(([name, annotations], i): RouteSet => {
      const host = `${name}.nginx.test`;
      return {
        objects: [
          ingress(`nginx-${name}`, host, `main-${i}`, {}),
          ingress(`nginx-${name}-canary`, host, 'b1', { canary: 'true', ...annotations }),
        ],
        requests: HEADERS.flatMap((headers) => ['/', '/x/y'].map((path) => sent(host, path, headers))),
      };
    }),
  ];
}
