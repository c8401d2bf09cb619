import type { Json } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import {
  cidr,
  dns1035Label,
  dnsLabel,
  dnsSubdomain,
  ip,
  pathSegment,
  portName,
  qualifiedName,
  wildcardSubdomain,
} from '../formats';
import type { Rule, Visit } from '../rule';
import {
  allUnique,
  each,
  fieldsSet,
  inFormat,
  inStrictFormat,
  port,
  portNumOrName,
  strictlyOneOf,
  subdomain,
} from '../rule';

function policyPort(object: Json, walk: Visit): void {
  const { port: from, endPort } = object;
  if (endPort === undefined || endPort === null || typeof endPort !== 'number') return;
  if (typeof from === 'string')
    walk.fail(['endPort'], endPort, `Invalid value: ${endPort}: may not be specified when \`port\` is non-numeric`);
  else if (typeof from !== 'number')
    walk.fail(['endPort'], endPort, `Invalid value: ${endPort}: may not be specified when \`port\` is not specified`);
  else if (endPort < from)
    walk.fail(['endPort'], endPort, `Invalid value: ${endPort}: must be greater than or equal to \`port\``);
}

function peer(object: Json, walk: Visit): void {
  const found = fieldsSet(object, ['podSelector', 'namespaceSelector', 'ipBlock']);
  if (found.length === 0) walk.fail([], undefined, 'Required value: must specify a peer');
  if (found.includes('ipBlock') && found.length > 1)
    walk.fail([], undefined, 'Forbidden: may not specify both ipBlock and another peer');
}

function ipBlock(object: Json, walk: Visit): void {
  const range = string(object['cidr']) ?? '';
  if (cidr(range)) return;
  list(object['except']).forEach((entry, i) => {
    if (typeof entry !== 'string' || cidr(entry)) return;
    if (!within(entry, range))
      walk.fail(['except', i], entry, `Invalid value: "${entry}": must be a strict subset of \`cidr\``);
  });
}

/** Whether a range of IPv4 addresses lies in another, and is not all of it; of IPv6 nothing is said. */
function within(inner: string, outer: string): boolean {
  const [a = '', aBits = ''] = inner.split('/');
  const [b = '', bBits = ''] = outer.split('/');
  if (a.includes(':') || b.includes(':')) return a.includes(':') === b.includes(':');
  const number = (address: string) => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(bBits));
  return Number(aBits) > Number(bBits) && Math.floor(number(a) / size) === Math.floor(number(b) / size);
}

function ingressPath(object: Json, walk: Visit): void {
  const type = string(object['pathType']);
  const path = string(object['path']) ?? '';
  if (type === 'ImplementationSpecific') {
    if (path !== '' && !path.startsWith('/'))
      walk.fail(['path'], path, `Invalid value: "${path}": must be an absolute path`);
    return;
  }
  if (type !== 'Exact' && type !== 'Prefix') return;
  if (!path.startsWith('/')) walk.fail(['path'], path, `Invalid value: "${path}": must be an absolute path`);
  const bad =
    ['//', '/./', '/../', '%2f', '%2F'].find((part) => path.includes(part)) ??
    ['/..', '/.'].find((end) => path.endsWith(end));
  if (bad) walk.fail(['path'], path, `Invalid value: "${path}": must not contain '${bad}'`);
}

function backend(object: Json, walk: Visit): void {
  const found = fieldsSet(object, ['service', 'resource']);
  if (found.length === 2) walk.fail([], undefined, 'Invalid value: cannot set both resource and service backends');
  if (found.length === 0) walk.fail([], undefined, 'Required value: resource or service backend is required');
  const resource = record(object['resource']);
  const wrongGroup = typeof resource?.['apiGroup'] === 'string' ? dnsSubdomain(resource['apiGroup']) : undefined;
  if (wrongGroup) walk.fail(['resource', 'apiGroup'], resource?.['apiGroup'], `Invalid value: ${wrongGroup}`);
  for (const field of ['kind', 'name'])
    if (resource && !string(resource[field])) walk.fail(['resource', field], resource[field], 'Required value');
  const service = record(object['service']);
  if (!service) return;
  const name = string(service['name']) ?? '';
  const wrong = name === '' ? undefined : dns1035Label(name);
  if (wrong) walk.fail(['service', 'name'], name, `Invalid value: "${name}": ${wrong}`);
  const chosen = record(service['port']);
  const portName_ = string(chosen?.['name']) ?? '';
  const number = chosen?.['number'];
  if (portName_ !== '' && number)
    walk.fail(['service', 'port'], chosen, 'Invalid value: cannot set both port name & port number');
  else if (portName_ === '' && !number)
    walk.fail(['service', 'port'], chosen, 'Required value: port name or number is required');
  else if (portName_ !== '') {
    const bad = portName(portName_);
    if (bad) walk.fail(['service', 'port', 'name'], portName_, `Invalid value: "${portName_}": ${bad}`);
  }
}

const host = inFormat((value) =>
  ip(value) === undefined
    ? 'must be a DNS name, not an IP address'
    : value.includes('*')
      ? wildcardSubdomain(value)
      : dnsSubdomain(value),
);

function slice(object: Json, walk: Visit): void {
  allUnique(
    list(object['ports']).map((port) => record(port)?.['name'] ?? ''),
    walk,
    (i) => ['ports', i, 'name'],
  );
  const rule = object['addressType'] === 'IPv4' || object['addressType'] === 'IPv6' ? ip : undefined;
  list(object['endpoints']).forEach((endpoint, i) => {
    list(record(endpoint)?.['addresses']).forEach((entry, j) => {
      const address = entry ?? '';
      const wrong = rule && typeof address === 'string' ? rule(address) : undefined;
      if (wrong) walk.fail(['endpoints', i, 'addresses', j], address, `Invalid value: "${String(address)}": ${wrong}`);
    });
  });
}

export const networkingRules: Record<string, Rule> = {
  'networking.v1.NetworkPolicySpec': {
    optional: ['podSelector'],
    object(object, walk) {
      const types = list(object['policyTypes']);
      if (types.length > 2)
        walk.fail(['policyTypes'], types, 'Invalid value: may not specify more than two policyTypes');
      types.slice(0, 2).forEach((entry, i) => {
        const type = entry ?? '';
        if (typeof type === 'string' && type !== 'Ingress' && type !== 'Egress')
          walk.fail(['policyTypes', i], type, `Unsupported value: "${type}": supported values: "Egress", "Ingress"`);
      });
    },
  },
  'networking.v1.NetworkPolicyPort': {
    fields: { port: (value) => portNumOrName(value), endPort: port, protocol: strictlyOneOf('TCP', 'UDP', 'SCTP') },
    object: policyPort,
  },
  'networking.v1.NetworkPolicyPeer': { object: peer },
  'networking.v1.IPBlock': { fields: { cidr: inFormat(cidr), except: each(inStrictFormat(cidr)) }, object: ipBlock },
  'networking.v1.IngressSpec': {
    fields: { ingressClassName: inStrictFormat(dnsSubdomain) },
    object(object, walk) {
      if (list(object['rules']).length === 0 && !record(object['defaultBackend']))
        walk.fail([], undefined, 'Invalid value: either `defaultBackend` or `rules` must be specified');
    },
  },
  'networking.v1.IngressRule': { fields: { host } },
  'networking.v1.IngressTLS': {
    fields: {
      hosts: each(inStrictFormat((value) => (value.includes('*') ? wildcardSubdomain(value) : dnsSubdomain(value)))),
      secretName: subdomain,
    },
  },
  'networking.v1.HTTPIngressRuleValue': {},
  'networking.v1.HTTPIngressPath': {
    fields: { pathType: strictlyOneOf('Exact', 'ImplementationSpecific', 'Prefix') },
    object: ingressPath,
  },
  'networking.v1.IngressBackend': { object: backend },
  'networking.v1.IngressServiceBackend': {},
  'networking.v1.ServiceBackendPort': { fields: { number: (value) => (value === 0 ? undefined : port(value, 0)) } },
  'networking.v1.IngressClassSpec': {
    required: ['controller'],
    fields: {
      controller: inFormat((value) =>
        /^[^/]+\/.+/.test(value) && !dnsSubdomain(value.split('/')[0] ?? '')
          ? undefined
          : 'must be a domain-prefixed path (such as "acme.io/foo")',
      ),
    },
  },
  'networking.v1.IngressClassParametersReference': {
    fields: {
      scope: strictlyOneOf('Cluster', 'Namespace'),
      name: inFormat(pathSegment),
      kind: inFormat(pathSegment),
      apiGroup: inStrictFormat(dnsSubdomain),
    },
    object(object, walk) {
      const scope = object['scope'] ?? 'Cluster';
      if (scope === 'Cluster' && object['namespace'] !== undefined && object['namespace'] !== null)
        walk.fail(['namespace'], object['namespace'], "Forbidden: `parameters.scope` is set to 'Cluster'");
      if (scope === 'Namespace' && !string(object['namespace']))
        walk.fail(['namespace'], object['namespace'], "Required value: `parameters.scope` is set to 'Namespace'");
    },
  },
  'discovery.v1.Endpoint': { fields: { nodeName: subdomain, hostname: inStrictFormat(dnsLabel) } },
  'discovery.v1.EndpointSlice': {
    object: slice,
    fields: { addressType: strictlyOneOf('IPv4', 'IPv6', 'FQDN') },
    optional: ['endpoints'],
  },
  'discovery.v1.EndpointPort': {
    fields: {
      protocol: strictlyOneOf('TCP', 'UDP', 'SCTP'),
      name: inFormat(dnsLabel),
      appProtocol: inStrictFormat(qualifiedName),
    },
  },
};
