import type { Path, Resource } from '../../../manifests/resource';
import { string } from '../../../manifests/resource';
import { possibleCreatorOf } from '../../../world/possible-creators';
import type { StoreReference } from '../../../world/secret-stores';
import { admitsNamespace, GENERATORS, namespacesServed, storesNamed, storeUsers } from '../../../world/secret-stores';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';
import { missing } from '../../missing';

const manifests = (kind: string) => `
apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: { name: vault }
spec: { provider: { fake: { data: [{ key: redis/password, value: example }] } } }
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: redis, namespace: shop }
spec:
  secretStoreRef: { name: vault${kind} }
  data: [{ secretKey: PASSWORD, remoteRef: { key: redis/password } }]
`;

export default check({
  id: 'secret-store-exists',
  group: 'references',
  description:
    'the stores, generators and Secrets that ExternalSecrets and PushSecrets name exist, and the stores admit their namespace',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://external-secrets.io/latest/api/externalsecret/',
  fix: 'name a SecretStore of the same namespace, or a ClusterSecretStore with kind: ClusterSecretStore',
  example: {
    broken: manifests(''),
    fails: ['ExternalSecret/shop/redis spec.secretStoreRef.name'],
    fixed: manifests(', kind: ClusterSecretStore'),
  },
  *judge(world) {
    for (const { resource, spec } of storeUsers(world)) {
      for (const reference of storesNamed(resource, spec)) {
        const finding = judge(world, reference);
        if (finding) yield finding;
      }
      const path = [...spec, 'selector', 'secret', 'name'];
      const name = resource.kind.endsWith('PushSecret') ? string(resource.at(path)) : undefined;
      if (name) yield* inPlaces(world, resource, path, 'Secret', name, 'nothing is pushed');
    }
  },
});

function judge(world: World, reference: StoreReference): Finding | undefined {
  const { resource, kind, name, group, path } = reference;
  const consequence = resource.kind.endsWith('PushSecret')
    ? 'nothing is pushed (Ready is False)'
    : 'its Secret is never written (SecretSyncedError)';
  const isGenerator = path.at(-1) === 'generatorRef';
  if (isGenerator && group !== GENERATORS)
    return {
      resource,
      path: [...path, 'apiVersion'],
      value: resource.at([...path, 'apiVersion']),
      message: `a generator is of group ${GENERATORS}, and this is of ${group}: ${consequence}`,
      fix: `write apiVersion: ${GENERATORS}/v1alpha1`,
    };
  if (name === undefined)
    return isGenerator
      ? undefined // its schema requires the name
      : {
          resource,
          path,
          value: resource.at(path),
          message: `no store is named here${resource.at(path) === undefined ? ', and not every entry of data and dataFrom names its own' : ''}: ${consequence}`,
        };
  if (!isGenerator && kind !== 'SecretStore' && kind !== 'ClusterSecretStore') return undefined; // cr-schema
  const isOfCluster = kind === 'ClusterSecretStore' || kind === 'ClusterGenerator';
  const at = [...path, 'name'];
  if (isOfCluster) {
    const absent = missing(world, { resource, path: at, kind, namespace: '', name }, consequence);
    return absent ? ofOtherKind(world, reference, absent, consequence) : refused(world, reference, name, consequence);
  }
  const [absent] = inPlaces(world, resource, at, kind, name, consequence);
  return absent && ofOtherKind(world, reference, absent, consequence);
}

/** What is to say of an object of a namespace in those where it is looked for: what is certain first. */
function inPlaces(
  world: World,
  resource: Resource,
  path: Path,
  kind: string,
  name: string,
  consequence: string,
): readonly Finding[] {
  const namespaces = namespacesServed(world, resource);
  if (namespaces === undefined)
    return [
      {
        resource,
        path,
        value: name,
        verdict: 'unknown',
        message: `whether the namespaces that it selects have a ${kind} ${name} is not known; judge the namespaces with it, or --declare both`,
      },
    ];
  const findings = namespaces.flatMap(
    (namespace) => missing(world, { resource, path, kind, namespace, name }, consequence) ?? [],
  );
  return (
    findings.find(({ verdict }) => verdict !== 'unknown')
      ? findings.filter(({ verdict }) => verdict !== 'unknown')
      : findings
  ).slice(0, 1);
}

/** The other kind, where it has an object of this very name that the reference would reach. */
function ofOtherKind(world: World, reference: StoreReference, absent: Finding, consequence: string): Finding {
  const { resource, kind, name = '', path } = reference;
  const other =
    path.at(-1) === 'generatorRef' ? undefined : kind === 'SecretStore' ? 'ClusterSecretStore' : 'SecretStore';
  const places = other === 'SecretStore' ? (namespacesServed(world, resource) ?? []) : [''];
  if (other && places.length > 0 && places.every((place) => world.find(other, place, name).is === 'present')) {
    const stated = resource.at([...path, 'kind']);
    // Nobody who names a store that is here means another one that is nowhere to be seen.
    const isNowhere =
      ![...world.resources, ...world.external].some((one) => one.kind === kind && one.name === name) &&
      world.unread.length === 0 &&
      !(namespacesServed(world, resource) ?? []).some((place) => possibleCreatorOf(world, kind, place, name));
    const sure = isNowhere || absent.verdict !== 'unknown';
    return {
      resource,
      path: absent.path,
      value: name,
      ...(sure ? {} : { verdict: 'unknown' as const }),
      message: sure
        ? `it names a ${kind}${stated === undefined ? ' (the default of kind)' : ''}, and ${name} is a ${other}, so ${consequence}`
        : `${absent.message}; a ${other} of that name exists`,
      fix: `write kind: ${other}`,
      ...(sure
        ? {
            repair:
              typeof stated === 'string'
                ? { do: 'replace' as const, from: stated, with: other, path: [...path, 'kind'] }
                : { do: 'insert' as const, key: 'kind', value: other, path },
          }
        : {}),
    };
  }
  const isPlaced = resource.statedNamespace !== '' || world.appliedTo(resource) !== undefined;
  const elsewhere =
    kind === 'SecretStore' &&
    isPlaced &&
    absent.fix === undefined &&
    [...world.of(kind), ...world.external].find((one) => one.kind === kind && one.name === name);
  return elsewhere
    ? {
        ...absent,
        message: `${absent.message}; ${world.idOf(elsewhere)} serves its own namespace alone`,
        fix: 'make a SecretStore in this namespace, or a ClusterSecretStore for all of them',
      }
    : absent;
}

/** A ClusterSecretStore may admit some namespaces only. */
function refused(world: World, reference: StoreReference, name: string, consequence: string): Finding | undefined {
  const { resource, kind, path } = reference;
  const found = world.find(kind, '', name);
  const unplaced =
    !resource.kind.startsWith('Cluster') && resource.statedNamespace === '' && world.appliedTo(resource) === undefined;
  if (kind !== 'ClusterSecretStore' || found.is !== 'present' || unplaced) return undefined;
  const place = (namespacesServed(world, resource) ?? []).find(
    (namespace) => admitsNamespace(world, found.resource, namespace) === 'no',
  );
  return place === undefined
    ? undefined
    : {
        resource,
        path: [...path, 'name'],
        value: name,
        message: `the conditions of ClusterSecretStore ${name} do not admit namespace ${place}, so ${consequence}`,
        fix: `name another store, or admit namespace ${place} in spec.conditions of ClusterSecretStore ${name}`,
      };
}
