import type { Json, Path } from '../../manifests/resource';
import { list, mappings, number, record, string } from '../../manifests/resource';
import { isAddress, isDnsLabel, isWildcardDomain } from './hosts';
import type { IstioProblem } from './problem';
import { wrong } from './problem';
import { portProblems } from './routes';

/** ValidateGateway. */
export function* gatewayProblems(spec: Json, name: string): Iterable<IstioProblem> {
  if (!isDnsLabel(name))
    yield { path: ['metadata', 'name'], value: name, message: `is ${name}, and the name of a Gateway has no dots` };
  const servers = list(spec['servers']);
  if (servers.length === 0) yield wrong(spec, ['spec'], 'servers', 'is empty');
  const names = new Set<string>();
  for (const [i, value] of servers.entries()) {
    const at = ['spec', 'servers', i];
    const server = record(value);
    if (!server) {
      yield { path: at, value, message: 'is empty' };
      continue;
    }
    yield* serverProblems(server, at);
    const port = record(server['port']);
    if (!port) continue;
    const portName = string(port['name']) ?? '';
    if (names.has(portName))
      yield wrong(port, [...at, 'port'], 'name', `is ${JSON.stringify(portName)}, and another port is called so, too`);
    names.add(portName);
  }
}

const HTTP: ReadonlySet<string> = new Set(['http', 'http2', 'http_proxy', 'grpc', 'grpc-web']);
const TLS: ReadonlySet<string> = new Set(['https', 'tls']);
const OTHERS: ReadonlySet<string> = new Set(['tcp', 'udp', 'mongo', 'redis', 'mysql']);

function* serverProblems(server: Json, at: Path): Iterable<IstioProblem> {
  const hosts = list(server['hosts']);
  if (hosts.length === 0) yield wrong(server, at, 'hosts', 'is empty');
  for (const [i, value] of hosts.entries()) {
    const host = String(value ?? '');
    if (!isServerHost(host))
      yield {
        path: [...at, 'hosts', i],
        value,
        message: `is ${JSON.stringify(host)}, and takes a host, or NAMESPACE/HOST`,
      };
  }
  const port = record(server['port']);
  const bind = string(server['bind']) ?? '';
  const isSocket = bind.startsWith('unix://');
  const before = [...portsProblems(port, [...at, 'port'], isSocket)];
  if (!port) yield wrong(server, at, 'port', 'is missing');
  yield* before;
  if (isSocket) {
    const file = bind.slice('unix://'.length);
    if (file === '' || (!file.startsWith('@') && (!file.startsWith('/') || file.endsWith('/'))))
      yield wrong(server, at, 'bind', `is ${bind}, which is no path of a socket`);
    if (port && (number(port['number']) ?? 0) !== 0)
      yield wrong(port, [...at, 'port'], 'number', 'is set, and a socket has none');
  } else if (bind !== '' && !isAddress(bind)) yield wrong(server, at, 'bind', `is ${bind}, which is no address`);
  const tls = record(server['tls']);
  yield* tlsProblems(tls, [...at, 'tls']);
  if (!port || before.length > 0) return;
  const protocol = (string(port['protocol']) ?? '').toLowerCase();
  if (TLS.has(protocol)) {
    if (!tls) yield wrong(server, at, 'tls', `is missing, and a port of ${String(port['protocol'])} needs it`);
  } else if (tls) {
    const isPassthrough = ['PASSTHROUGH', 'AUTO_PASSTHROUGH'].includes(string(tls['mode']) ?? 'PASSTHROUGH');
    const isRedirectOnly =
      isPassthrough && !['caCertificates', 'privateKey', 'serverCertificate'].some((field) => string(tls[field]));
    if (!HTTP.has(protocol) || !isRedirectOnly)
      yield wrong(server, at, 'tls', `is set, and a port of ${String(port['protocol'])} is not encrypted`);
  }
}

function* portsProblems(port: Json | undefined, at: Path, isSocket: boolean): Iterable<IstioProblem> {
  if (!port) return;
  const protocol = (string(port['protocol']) ?? '').toLowerCase();
  if (!HTTP.has(protocol) && !TLS.has(protocol) && !OTHERS.has(protocol))
    yield wrong(
      port,
      at,
      'protocol',
      `is ${JSON.stringify(port['protocol'])}, and takes HTTP, HTTPS, HTTP2, GRPC, TLS, TCP, MONGO and the like`,
    );
  if ((number(port['number']) ?? 0) > 0 || !isSocket) yield* portProblems(port, at, 'number');
  if ((number(port['targetPort']) ?? 0) > 0)
    yield wrong(port, at, 'targetPort', 'is set, and nothing reads it at a Gateway');
  if (!string(port['name'])) yield wrong(port, at, 'name', 'is missing');
}

function isServerHost(host: string): boolean {
  const slash = host.indexOf('/');
  if (slash < 0) return isHostPart(host);
  const namespace = host.slice(0, slash);
  return (namespace === '*' || namespace === '.' || isDnsLabel(namespace)) && isHostPart(host.slice(slash + 1));
}

/** A star alone, a name with dots, or one after `*.`; addresses, too. */
function isHostPart(host: string): boolean {
  if (host === '*') return true;
  if (!host.includes('.') || (host.includes('*') && !host.startsWith('*.'))) return false;
  return isWildcardDomain(host) || isAddress(host);
}

function* tlsProblems(tls: Json | undefined, at: Path): Iterable<IstioProblem> {
  if (!tls) return;
  const mode = string(tls['mode']) ?? 'PASSTHROUGH';
  const isSet = (field: string) =>
    Array.isArray(tls[field]) ? (tls[field] as unknown[]).length > 0 : Boolean(string(tls[field]));
  if (mode === 'ISTIO_MUTUAL') {
    for (const field of [
      'serverCertificate',
      'privateKey',
      'caCertificates',
      'tlsCertificates',
      'credentialName',
      'credentialNames',
    ])
      if (isSet(field)) yield wrong(tls, at, field, 'is set, and ISTIO_MUTUAL takes the certificates of the mesh');
    return;
  }
  const sources = [
    ...(isSet('serverCertificate') && isSet('privateKey') ? ['serverCertificate'] : []),
    ...['credentialName', 'credentialNames', 'tlsCertificates'].filter(isSet),
  ];
  if (sources.length > 1)
    yield wrong(tls, at, sources[1]!, `stands beside ${sources[0]}, and the certificates come from one place`);
  const [isSimple, isMutual] = [mode === 'SIMPLE', mode === 'MUTUAL' || mode === 'OPTIONAL_MUTUAL'];
  if ((isSimple || isMutual) && (isSet('credentialName') || isSet('credentialNames'))) return;
  if (isMutual && !isSet('caCertificates')) yield wrong(tls, at, 'caCertificates', `is missing, and ${mode} needs it`);
  if (isSimple || isMutual) {
    const own = mappings(tls['tlsCertificates']);
    const certificates = own.length > 0 ? own : [tls];
    for (const [i, certificate] of certificates.entries())
      for (const field of ['serverCertificate', 'privateKey'])
        if (!string(certificate[field]))
          yield wrong(
            certificate,
            own.length > 0 ? [...at, 'tlsCertificates', i] : at,
            field,
            `is missing, and ${mode} needs it`,
          );
  }
  if (!isSet('caCrl')) return;
  if (isSet('credentialName'))
    yield wrong(tls, at, 'caCrl', 'stands beside credentialName: it belongs into that Secret');
  if (isSimple) yield wrong(tls, at, 'caCrl', 'is set, and SIMPLE asks for no certificate of clients');
}
