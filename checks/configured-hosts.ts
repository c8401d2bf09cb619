import type { WorkloadManifest } from '../manifests/workload';
import { misspellingOf } from '../model/misspelling';
import { hasOrdinal, podByHost, subdomainOf } from '../world/pod-names';
import type { ServiceView } from '../world/services';
import { serviceByHost, servicesOf } from '../world/services';
import type { World } from '../world/world';
import { asFarAsRead } from './as-far-as-read';
import type { Finding } from './check';
import type { HostUse } from './host-namespaces';
import { maybeMisspelt, namespacesOf, ofPodElsewhere, TOP_LEVEL, typo } from './host-namespaces';
import { missing } from './missing';

/** What is to be said of a host that a pod is told of: that the cluster's DNS does not resolve it, or that nobody knows. */
export function hostFinding(world: World, address: HostUse): Finding | undefined {
  const { host, workload, resource, path, text, scheme } = address;
  if (/^[\d.:]+$/.test(host) || isLocal(host) || isOwnName(workload, host)) return undefined;
  const at = { resource, path, value: text };
  const from = `the pods of ${workload.resource.kind} ${workload.resource.name}`;
  const byPod = podFinding(world, address);
  if (byPod) return byPod === 'resolves' ? undefined : { ...at, ...byPod };
  if (serviceByHost(world, host, workload.namespace)) {
    const policy = outsideDns(workload);
    return policy && scheme !== undefined && !host.startsWith('kubernetes.')
      ? {
          ...at,
          message: `${from} have ${policy}, so they ask the DNS of the node, which does not know the Service ${host}: every connection fails`,
          fix: 'set dnsPolicy: ClusterFirstWithHostNet for a pod with hostNetwork, else ClusterFirst',
        }
      : undefined;
  }
  return asFarAsRead(world, unresolved(world, address));
}

/** What is to be said of a host that no Service and no pod of the manifests has. */
function unresolved(world: World, address: HostUse): Finding | undefined {
  const { host, resource, path, text } = address;
  const at = { resource, path, value: text };
  const parts = host.split('.');
  const svc = parts.indexOf('svc');
  if (parts.length === 1) return unqualified(world, address);
  const ofPod = ofPodElsewhere(world, address, parts, svc);
  if (ofPod) return ofPod;
  const [namespace, name] =
    svc >= 2 ? [parts[svc - 1]!, parts[svc - 2]!] : parts.length === 2 ? [parts[1]!, parts[0]!] : [];
  if (namespace === undefined || name === undefined || svc > 2) return undefined;
  if (namespace === 'kube-system' || (name === 'kubernetes' && namespace === 'default')) return undefined;
  const known = namespacesOf(world);
  if (!known.has(namespace) && !world.hasNamespace(namespace)) {
    // `api.bakc`, where `back` has a Service api.
    const meant = typo(
      namespace,
      servicesOf(world).flatMap((service) => (service.name === name ? service.namespace : [])),
    );
    if (svc < 0 && (meant === undefined || TOP_LEVEL.test(namespace)))
      return meant === undefined ? maybeMisspelt(address, namespace, known) : undefined;
    if (meant !== undefined)
      return {
        ...at,
        message: `no namespace ${namespace} is known, and namespace ${meant} has a Service ${name}: the name ${host} does not resolve; did you mean "${name}.${meant}"?`,
      };
    const [near] = misspellingOf(namespace, known);
    if (near !== undefined)
      return {
        ...at,
        message: `no namespace ${namespace} is known: the name ${host} does not resolve and every connection fails; did you mean namespace "${near}"?`,
      };
  }
  const meant = misspelt(world, namespace, name);
  if (meant === undefined && svc < 0 && TOP_LEVEL.test(namespace)) return undefined;
  return absent(world, address, namespace, name, meant);
}

/** A Service that is not there; undefined where nobody knows, which is no more to be said of a name than of any host. */
function absent(
  world: World,
  { host, resource, path, text }: HostUse,
  namespace: string,
  name: string,
  meant: string | undefined,
): Finding | undefined {
  const at = { resource, path, value: text };
  const consequence = `the name ${host} does not resolve and every connection fails`;
  const finding = missing(world, { ...at, kind: 'Service', namespace, name }, consequence);
  if (!finding) return undefined;
  if (finding.verdict !== 'unknown') return { ...finding, value: text };
  // A program of the cluster may make it, but hardly one that is called nearly like another.
  if (meant === undefined || world.find('Service', namespace, name).is === 'absent') return undefined;
  return {
    ...at,
    message: `no Service ${name} of namespace ${namespace} is here, so ${consequence}; did you mean "${meant}"?`,
  };
}

/** The Service of a namespace that has nearly this name. */
function misspelt(world: World, namespace: string, name: string): string | undefined {
  return typo(
    name,
    servicesOf(world).flatMap((service) => (service.namespace === namespace ? service.name : [])),
  );
}

/** `http://api:8080`: a Service of the pod's own namespace, if it is a name of the cluster at all. */
function unqualified(world: World, address: HostUse): Finding | undefined {
  const { host, workload, resource, path, text, scheme, isPortWritten, isFile, name, place } = address;
  const { namespace } = workload;
  const at = { resource, path, value: text };
  const isAddress =
    place === 'directive' ||
    (!isFile &&
      (scheme !== undefined ||
        (isPortWritten && /HOST|ADDR|URL|URI|ENDPOINT|SERVER|BROKER|UPSTREAM|BACKEND|SEED|PEER/i.test(name)) ||
        /HOST(NAME)?$/i.test(name)));
  // Of a key that may be set to anything, and of a URL in a file that may be read by nobody, only what cannot be meant otherwise is said.
  const isLikely = !isAddress && (place === 'value' || (isFile && scheme !== undefined));
  if (!(isAddress || isLikely) || /PROXY$|_PROXY|PROXY_/.test(name)) return undefined;
  const consequence = `the name ${host} does not resolve and every connection fails`;
  const own = missing(world, { ...at, kind: 'Service', namespace, name: host }, consequence);
  if (!own) return undefined;
  const meant = isLikely ? misspellings(world, namespace, host)[0] : misspelt(world, namespace, host);
  const isMade = own.verdict === 'unknown' && world.find('Service', namespace, host).is === 'absent';
  if (isMade) return undefined;
  const others = servicesOf(world).filter((service) => service.name === host);
  if (others[0] && (isAddress || others.some((other) => hasPortOf(other, text))))
    return {
      ...at,
      message: `a name without a namespace is looked up in the pod's own, and namespace ${namespace} has no Service ${host} (${others.map((other) => other.namespace).join(', ')} has): the name does not resolve and every connection fails`,
      fix: `write ${host}.${others[0].namespace}`,
    };
  if (meant !== undefined) return absent(world, address, namespace, host, meant);
  // Without dots a name is hardly one of the internet, but the search domains of nodes are not known.
  return isLikely || own.verdict === 'unknown' || (scheme === undefined && !isPortWritten)
    ? undefined
    : {
        ...at,
        verdict: 'unknown',
        message: `namespace ${namespace} has no Service ${host}: whether a DNS server outside the cluster resolves the name is not known, and if none does, every connection fails; write an external host in full (with dots)`,
      };
}

/** Services of a namespace of which a name is a misspelling, and nothing else. */
function misspellings(world: World, namespace: string, name: string): string[] {
  return misspellingOf(
    name,
    servicesOf(world).flatMap((service) => (service.namespace === namespace ? service.name : [])),
  );
}

/** Whether a Service has the port that stands in `name:port`. */
function hasPortOf(service: ServiceView, text: string): boolean {
  const [, port] = /:(\d+)$/.exec(text) ?? [];
  return port !== undefined && service.port(Number(port)) !== undefined;
}

/** The name of one pod of a StatefulSet; undefined where the host is none. */
function podFinding(
  world: World,
  { host, workload: from, text, resource, path }: HostUse,
): 'resolves' | Pick<Finding, 'message' | 'verdict'> | undefined {
  const pod = podByHost(world, host, from.namespace);
  if (!pod) return undefined;
  const { workload, ordinal, service } = pod;
  const set = `StatefulSet ${workload.resource.name}`;
  if (hasOrdinal(world, workload, ordinal) === false)
    return {
      message: `${set} has ${workload.replicas} ${workload.replicas === 1 ? 'pod' : 'pods'}, and none with the number ${ordinal}: ${text} does not resolve`,
      // Of a list of members, the others may do.
      ...(String(resource.at(path)).includes(',') ? { verdict: 'unknown' as const } : {}),
    };
  const subdomain = subdomainOf(workload);
  if (subdomain !== service)
    return {
      message: `the pods of ${set} are named in ${subdomain === '' ? 'no Service (serviceName is unset)' : `Service ${subdomain} (serviceName)`}, not in ${service}: ${text} does not resolve`,
    };
  // sts-headless-service reports a serviceName that names no Service.
  return 'resolves';
}

function isLocal(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === 'host' || host === 'hostname';
}

/** Names that the pod's own /etc/hosts has. */
function isOwnName({ resource, podSpec }: WorkloadManifest, host: string): boolean {
  return (
    host === podSpec['hostname'] ||
    (resource.kind === 'Pod' && host === resource.name) ||
    (resource.kind === 'StatefulSet' && new RegExp(`^${resource.name}-\\d+$`).test(host))
  );
}

/** Why a pod does not ask the cluster's DNS, if it does not. */
function outsideDns({ podSpec }: WorkloadManifest): string | undefined {
  const policy = podSpec['dnsPolicy'];
  if (policy === 'Default') return 'dnsPolicy: Default';
  return podSpec['hostNetwork'] === true && (policy === undefined || policy === 'ClusterFirst')
    ? 'hostNetwork: true without dnsPolicy: ClusterFirstWithHostNet'
    : undefined;
}
