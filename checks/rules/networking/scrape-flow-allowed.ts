import { whyNot } from '../../../simulate/network/explain';
import { networkOf } from '../../../simulate/network/network';
import { scrapesOf } from '../../../simulate/network/scrapes';
import { check } from '../../check';
import { dependsOnAddresses, GIVE_ADDRESSES } from '../../open-addresses';
import { wrongPortBehind } from '../../policy-ports';

const manifests = (port: number) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop, labels: { app: web } }
spec: { selector: { app: web }, ports: [{ name: metrics, port: 80, targetPort: 9100 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'web:1.4.2', ports: [{ containerPort: 9100 }] }] } }
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: { name: web, namespace: shop }
spec: { selector: { matchLabels: { app: web } }, endpoints: [{ port: metrics }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
spec:
  podSelector: {}
  ingress:
    - from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: monitoring } } }]
      ports: [{ port: ${port} }]
`;

export default check({
  id: 'scrape-flow-allowed',
  group: 'networking',
  description: 'policies allow Prometheus to reach its scrape targets',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://kubernetes.io/docs/concepts/services-networking/network-policies/',
  fix: 'allow ingress from the pods of Prometheus to the metrics port of the target, and the same in the egress of Prometheus',
  example: { broken: manifests(80), fails: ['ServiceMonitor/shop/web spec.endpoints[0]'], fixed: manifests(9100) },
  *judge(world) {
    const network = networkOf(world);
    for (const { resource, path, value, sources, target, sourceIsKnown } of scrapesOf(world)) {
      const to = network.endpointOf(target.workload);
      const results = sources.map((source) =>
        source === to ? undefined : network.verdictOn(source, to, target.number, 'TCP'),
      );
      if (results.some((result) => result === undefined)) continue;
      // Where Prometheus runs is not known: only a target that allows no source is reported.
      const blocked = results.filter(
        (result) =>
          result!.reach.ingress.verdict === 'denied' || (sourceIsKnown && result!.reach.egress.verdict !== 'allowed'),
      );
      if (!sourceIsKnown && blocked.length < results.length) continue;
      const worst = results.find((result) => result!.verdict === 'unknown') ?? results[0]!;
      const where = `${world.idOf(target.workload.resource)} port ${target.number}`;
      const reason = whyNot(worst.reach, 'Prometheus', target.workload.resource.name);
      const at = { resource, path, value };
      if (worst.verdict === 'fail')
        yield {
          ...at,
          causedBy: wrongPortBehind(world, worst.reach, target.number),
          message: `policies do not allow Prometheus to connect to ${where}: ${reason}; the target is down and its metrics are missing`,
        };
      else {
        const byAddress = dependsOnAddresses(worst.reach);
        const settle = byAddress
          ? GIVE_ADDRESSES
          : 'judge the namespaces with their labels and policies too, or --declare them';
        yield {
          ...at,
          verdict: 'unknown',
          ...(byAddress ? { settledBy: 'nodes' as const } : {}),
          message: `whether policies allow Prometheus to connect to ${where} is not known: ${reason}; ${settle}`,
        };
      }
    }
  },
});
