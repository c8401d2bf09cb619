import type { ObjectChange } from '../../object-change';
import { listedAddresses, loginGained } from '../ingress-guards';
import { changesOf } from '../kinds';
import { meshServerOf } from '../mesh-servers';
import { modeChanges, strictness } from '../mutual-tls';
import { fieldAt } from '../paths';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';
import { needsCertificate, tlsStances } from '../tls';
import { openedRoutes } from '../traefik';

const policy = (mode: string, labels = 'a: b') => `
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default, namespace: shop, labels: { ${labels} } }
spec: { mtls: { mode: ${mode} } }
`;

export default riskRule({
  id: 'guard-tightened',
  class: 'disruption',
  description:
    'an Ingress that takes requests from fewer addresses or asks for a login, a listener that asks clients for a certificate, a route that passes one more middleware, or a mesh that asks for certificates or tokens that it did not ask for',
  reason:
    'Whoever is not among those that are let in is refused at once: clients without a sidecar, tokens of another issuer, addresses beside the list.',
  source: 'https://istio.io/latest/docs/tasks/security/authentication/mtls-migration/',
  advice: 'look in the logs and metrics for who would be refused, before it is asked for',
  example: {
    before: policy('PERMISSIVE'),
    after: policy('STRICT'),
    finds: ['PeerAuthentication/shop/default spec.mtls.mode'],
    harmless: policy('PERMISSIVE', 'a: c'),
  },
  *find(diff) {
    for (const change of changesOf(diff, 'PeerAuthentication', 'DestinationRule')) yield* ofMesh(diff, change);
    for (const change of changesOf(diff, 'RequestAuthentication'))
      if (change.does === 'added')
        yield { change, message: 'requests with a token that none of its issuers has given are refused' };
    yield* ofLogins(diff);
    yield* ofCertificates(diff);
    for (const change of changesOf(diff, 'Ingress'))
      if (change.before && change.after)
        for (const { name, closed } of listedAddresses(change.before, change.after))
          if (closed !== undefined)
            yield {
              change,
              field: fieldAt(change, ['metadata', 'annotations', name]) ?? fieldAt(change, ['metadata', 'annotations']),
              message: `requests from ${closed === 'every address' ? 'addresses that it does not list' : closed} are refused`,
            };
  },
});

/** Ingresses that ask who somebody is, and routes that pass a middleware or a filter from now on. */
function* ofLogins(diff: WorldChange): Iterable<FoundRisk> {
  for (const change of changesOf(diff, 'Ingress')) {
    const { before, after } = change;
    const name = before && after && loginGained(before, after);
    if (name !== undefined)
      yield {
        change,
        field: fieldAt(change, ['metadata', 'annotations', name]) ?? fieldAt(change, ['metadata', 'annotations']),
        message: `whoever comes is asked who he is, and was not before (${name}): requests without a login are refused`,
      };
  }
  for (const change of changesOf(diff, 'IngressRoute', 'IngressRouteTCP')) {
    const { does, before, after } = change;
    if (does !== 'changed' || !before || !after) continue;
    // What the other way round would pass no more.
    const gained = openedRoutes({ world: diff.after, resource: after }, { world: diff.before, resource: before });
    for (const { rule, lost } of gained)
      yield {
        change,
        field: fieldAt(change, ['spec', 'routes']),
        message: `${rule} passes ${lost.join(', ')} from now on: whom it refuses is let in no more`,
      };
  }
}

/** Gateways, listeners and routes that ask clients for a certificate from now on. */
function* ofCertificates({ changes }: WorldChange): Iterable<FoundRisk> {
  for (const change of changes) {
    const { does, before, after } = change;
    if (does !== 'changed' || !before || !after) continue;
    const old = tlsStances(before);
    for (const is of tlsStances(after)) {
      const was = old.find(({ at }) => at === is.at);
      if (!was || !needsCertificate(was, is)) continue;
      yield {
        change,
        field:
          fieldAt(change, [...is.path, 'tls']) ??
          fieldAt(change, is.path) ??
          fieldAt(change, ['spec', 'tls']) ??
          fieldAt(change, ['spec']),
        message: `${is.at}: clients need a certificate from now on, and are refused without one`,
      };
    }
  }
}

/** Modes of a server that take the certificate of the mesh. */
const TAKES = /^(STRICT|PERMISSIVE)$/;

function* ofMesh({ after: world }: WorldChange, change: ObjectChange): Iterable<FoundRisk> {
  const isServer = (change.after ?? change.before)!.kind === 'PeerAuthentication';
  for (const { at, was, is } of modeChanges(change)) {
    const [old, now] = [strictness(was, isServer), strictness(is, isServer)];
    // Pods that take the certificate of the mesh are reached with it; without a mode sidecars find out what is taken.
    if (!isServer && change.after && is !== 'MUTUAL' && TAKES.test(meshServerOf(world, change.after)?.mode ?? ''))
      continue;
    // What is not set is seldom strict; where a policy that was lenient goes, a stricter one may hold.
    if (now <= old || (is === 'UNSET' && was === 'PERMISSIVE' && change.after)) continue;
    yield {
      change,
      field: change.does === 'changed' ? fieldAt(change, ['spec']) : undefined,
      message: isServer
        ? `mutual TLS is ${is} in place of ${was}${at && ` on ${at}`}: connections without a certificate of the mesh ${is === 'UNSET' ? 'may be' : 'are'} refused`
        : `requests go out with mutual TLS ${is} in place of ${was}${at && ` on ${at}`}: whoever does not take that cannot be reached`,
    };
  }
}
