import { changesOf } from '../kinds';
import { meshServerOf } from '../mesh-servers';
import { modeChanges } from '../mutual-tls';
import { fieldAt } from '../paths';
import { riskRule } from '../risk';

const mesh = (mode: string, labels = 'a: b') => `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: web, namespace: shop, labels: { ${labels} } }
spec: { host: web, trafficPolicy: { tls: { mode: ${mode} } } }
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default, namespace: shop }
spec: { mtls: { mode: STRICT } }
`;

export default riskRule({
  id: 'mesh-refuses',
  class: 'disruption',
  description: 'requests within a mesh that go out without its certificate, to pods that take none without',
  reason:
    'How a sidecar connects is said by a DestinationRule, and what the other one takes by a PeerAuthentication. Where the two do not fit, every request fails with 503.',
  source: 'https://istio.io/latest/docs/ops/common-problems/network-issues/#503-errors-after-setting-destination-rule',
  advice: 'leave ISTIO_MUTUAL, or no mode at all, for hosts of the mesh',
  example: {
    before: mesh('ISTIO_MUTUAL'),
    after: mesh('DISABLE'),
    finds: ['DestinationRule/shop/web spec.trafficPolicy.tls.mode'],
    harmless: mesh('ISTIO_MUTUAL', 'a: c'),
  },
  *find(diff) {
    for (const change of changesOf(diff, 'DestinationRule')) {
      const { after } = change;
      if (after?.group !== 'networking.istio.io') continue;
      const server = meshServerOf(diff.after, after);
      if (server?.mode !== 'STRICT') continue;
      for (const { at, was, is } of modeChanges(change))
        if (isWithout(is) && !isWithout(was))
          yield {
            change,
            field: change.does === 'changed' ? fieldAt(change, ['spec']) : undefined,
            message: `requests go out with TLS ${is} in place of ${was}${at && ` on ${at}`}, and ${diff.after.idOf(server.by)} (STRICT) takes none without a certificate of the mesh: they fail`,
          };
    }
  },
});

/** Without a mode, sidecars find out by themselves what the other side takes; MUTUAL may have the same authority. */
function isWithout(mode: string): boolean {
  return mode === 'DISABLE' || mode === 'SIMPLE';
}
