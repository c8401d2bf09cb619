import type { Resource } from '../../../manifests/resource';
import { mappings } from '../../../manifests/resource';
import type { FieldChange } from '../../field-change';
import type { ObjectChange } from '../../object-change';
import { dnsNamesOf, EXTERNAL_DNS, holdersOfName } from '../dns-names';
import { isKept } from '../kinds';
import { fieldAt } from '../paths';
import { firstNames } from '../plural';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';

const service = (names: string, more = '') => `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop, annotations: { external-dns.alpha.kubernetes.io/hostname: '${names}'${more} } }
spec: { type: LoadBalancer, selector: { app: web }, ports: [{ port: 443 }] }
`;

export default riskRule({
  id: 'dns-name-moved',
  class: 'disruption',
  description: 'a name that ExternalDNS takes away, or that leads to somebody else, by annotations and DNSEndpoints',
  reason:
    'Whoever calls it by that name finds nobody, or another program, as soon as what resolvers keep has expired. With policy upsert-only the record stays, and leads to the old address.',
  source: 'https://kubernetes-sigs.github.io/external-dns/latest/docs/annotations/annotations/',
  advice: 'keep the old name beside the new one until nobody asks for it, and lower its ttl before it moves',
  example: {
    before: service('shop.example.com,www.example.com'),
    after: service('shop.example.com'),
    finds: ['Service/shop/web metadata.annotations["external-dns.alpha.kubernetes.io/hostname"]'],
    harmless: service('www.example.com, shop.example.com,new.example.com'),
  },
  *find(diff) {
    for (const change of diff.changes) {
      const { before, after } = change;
      if (!before || (!after && isKept(before))) continue;
      const names = dnsNamesOf(before);
      if (names.length === 0) continue;
      yield* lost(diff, change, names);
      if (after) yield* led(change, before, after);
    }
  },
});

/** Names that the object has no more. */
function* lost(diff: WorldChange, change: ObjectChange, names: readonly string[]): Iterable<FoundRisk> {
  const { before, after } = change;
  const now = new Set(after && dnsNamesOf(after));
  const gone: string[] = [];
  const field = after && fieldOf(change, 'hostname', 'internal-hostname', 'controller');
  for (const name of new Set(names)) {
    if (now.has(name)) continue;
    const [had, has] = [holdersOfName(diff.before, name), holdersOfName(diff.after, name)];
    // Whoever had it as well has it still.
    if (has.some((each) => had.some((other) => other !== before && diff.after.isSame(each, other)))) continue;
    if (has.length === 0) gone.push(name);
    else
      yield {
        change,
        field,
        message: `${name} leads to ${firstNames(has.map((each) => diff.after.idOf(each)))} from now on`,
        advice: 'make sure that it answers what is asked for there, and lower the ttl before the name moves',
      };
  }
  if (gone.length > 0)
    yield { change, field, message: `ExternalDNS takes ${firstNames(gone)} away: whoever calls by it finds nobody` };
}

/** Names that stay, and lead to another address. */
function* led(change: ObjectChange, before: Resource, after: Resource): Iterable<FoundRisk> {
  const kept = dnsNamesOf(before).filter((name) => dnsNamesOf(after).includes(name));
  if (kept.length === 0) return;
  if (after.kind === 'DNSEndpoint') {
    for (const name of new Set(kept)) {
      const [was, is] = [before, after].map((each) => targetsOf(each, name));
      if (was !== is)
        yield { change, field: fieldAt(change, ['spec']), message: `${name} leads to ${is} in place of ${was}` };
    }
    return;
  }
  const names = firstNames([...new Set(kept)]);
  for (const [mark, own] of [
    ['target', 'the object’s own address'],
    ['access', 'its public addresses or none'],
  ] as const) {
    const [was, is] = [before, after].map(({ annotations }) => annotations[`${EXTERNAL_DNS}/${mark}`]);
    if (sorted(was) === sorted(is)) continue;
    const what = (value: string | undefined) =>
      value === undefined ? own : mark === 'access' ? `its ${value} addresses` : value;
    yield { change, field: fieldOf(change, mark), message: `${names} leads to ${what(is)} in place of ${what(was)}` };
  }
  const [old, now] = [before, after].map(({ annotations }) => seconds(annotations[`${EXTERNAL_DNS}/ttl`]));
  if (now !== undefined && (old ?? 300) < now)
    yield {
      change,
      field: fieldOf(change, 'ttl'),
      class: 'in-place',
      message: `resolvers keep the address of ${names} for ${now} seconds: that long a later move is not seen`,
      advice: 'lower it before the name moves',
    };
  const proxied = [before, after].map(({ annotations }) => annotations[`${EXTERNAL_DNS}/cloudflare-proxied`]);
  if (proxied[0] === 'true' && proxied[1] !== 'true')
    yield {
      change,
      field: fieldOf(change, 'cloudflare-proxied'),
      class: 'exposure',
      message: `${names} leads to the object itself and no more to Cloudflare: its address is known, and nothing of Cloudflare stands before it`,
      advice: 'make sure that it may be reached by everybody',
    };
}

function sorted(value: string | undefined): string | undefined {
  return value
    ?.split(',')
    .map((each) => each.trim())
    .sort()
    .join();
}

/** `60`, `1m`. */
function seconds(ttl: string | undefined): number | undefined {
  const [, amount, unit] = /^(\d+)([smh]?)$/.exec(ttl ?? '') ?? [];
  return amount === undefined
    ? undefined
    : Number(amount) * { '': 1, s: 1, m: 60, h: 3600 }[unit as '' | 's' | 'm' | 'h'];
}

function targetsOf(endpoint: Resource, name: string): string {
  return mappings(endpoint.at(['spec', 'endpoints']))
    .filter(({ dnsName }) => String(dnsName).toLowerCase().replace(/\.$/, '') === name)
    .flatMap(({ targets }) => [targets].flat().map(String))
    .sort()
    .join(', ');
}

function fieldOf(change: ObjectChange, ...marks: readonly string[]): FieldChange | undefined {
  return (
    marks.map((mark) => fieldAt(change, ['metadata', 'annotations', `${EXTERNAL_DNS}/${mark}`])).find(Boolean) ??
    fieldAt(change, ['spec', 'endpoints'])
  );
}
