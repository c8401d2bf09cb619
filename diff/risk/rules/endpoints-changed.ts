import type { Resource } from '../../../manifests/resource';
import { list, mappings, record } from '../../../manifests/resource';
import { changesOf, isKept } from '../kinds';
import { fieldAt } from '../paths';
import { firstNames } from '../plural';
import { riskRule } from '../risk';

const slice = (...addresses: readonly string[]) => `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: db, namespace: shop, labels: { kubernetes.io/service-name: db } }
addressType: IPv4
ports: [{ name: '', port: 5432 }]
endpoints: [${addresses.map((address) => `{ addresses: [${address}] }`).join(', ')}]
`;

export default riskRule({
  id: 'endpoints-changed',
  class: 'disruption',
  description: 'addresses or ports that a Service without a selector leads to no more',
  reason: 'Whoever connects to the Service is sent to the addresses that are left, or gets no connection.',
  source: 'https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors',
  advice: 'add the new address first, and take the old one away when nobody is connected to it',
  example: {
    before: slice('192.0.2.7'),
    after: slice('192.0.2.8'),
    finds: ['EndpointSlice/shop/db endpoints'],
    harmless: slice('192.0.2.7', '192.0.2.8'),
  },
  *find(diff) {
    for (const change of changesOf(diff, 'EndpointSlice', 'Endpoints')) {
      const { before, after } = change;
      if (!before || (!after && isKept(before))) continue;
      const now = after ? endsOf(after) : [];
      const lost = endsOf(before).filter((end) => !now.includes(end));
      if (lost.length === 0) continue;
      yield {
        change,
        field: after && ['endpoints', 'subsets', 'ports'].map((name) => fieldAt(change, [name])).find(Boolean),
        message: `its Service leads to ${firstNames(lost)} no more`,
      };
    }
  },
});

/** `192.0.2.7 port 5432` */
function endsOf(resource: Resource): string[] {
  const of = (addresses: readonly unknown[], ports: unknown) => {
    const numbers = mappings(ports).map(({ port }) => String(port));
    return addresses.flatMap((address) =>
      numbers.length === 0 ? [String(address)] : numbers.map((port) => `${String(address)} port ${port}`),
    );
  };
  if (resource.kind === 'EndpointSlice')
    return mappings(resource.at(['endpoints'])).flatMap((endpoint) =>
      record(endpoint['conditions'])?.['ready'] === false
        ? []
        : of(list(endpoint['addresses']), resource.at(['ports'])),
    );
  return mappings(resource.at(['subsets'])).flatMap((subset) =>
    of(
      mappings(subset['addresses']).map(({ ip }) => ip),
      subset['ports'],
    ),
  );
}
