import type { KubernetesObject } from '../../model/kubernetes';
import { groupOf } from '../../model/kubernetes';

/** What an object needs to be there before it: one of these identities, as `keyOf` writes them. */
export type ReferenceKey = string;

type Json = Readonly<Record<string, unknown>>;

function keyOf(group: string, kind: string, namespace: string | undefined, name: unknown): ReferenceKey[] {
  return typeof name === 'string' && name !== '' ? [[group, kind, namespace ?? '', name].join(' ')] : [];
}

/** What a reference to this object is written as, and to the objects and kinds that come with it. */
export function offeredKeys(object: KubernetesObject): ReferenceKey[] {
  const { apiVersion, kind, metadata, spec } = object;
  const { name, namespace } = metadata;
  const group = groupOf(apiVersion);
  const own = keyOf(group, kind, namespace, name);
  const { target, template, secretName, names, group: defined } = map(spec);
  if (group === 'external-secrets.io' && kind === 'ExternalSecret')
    return [...own, ...keyOf('', 'Secret', namespace, map(target)['name'] ?? name)];
  if (group === 'bitnami.com' && kind === 'SealedSecret')
    return [...own, ...keyOf('', 'Secret', namespace, map(map(template)['metadata'])['name'] ?? name)];
  if (group === 'cert-manager.io' && kind === 'Certificate')
    return [...own, ...keyOf('', 'Secret', namespace, secretName)];
  if (kind === 'CustomResourceDefinition') return [...own, kindKey(String(defined), String(map(names)['kind']))];
  return own;
}

function kindKey(group: string, kind: string): ReferenceKey {
  return `kind ${group} ${kind}`;
}

/** Everything that an object refers to. Who has it, or whether anybody does, is not asked here. */
export function namedKeys(object: KubernetesObject): ReferenceKey[] {
  const { apiVersion, kind, metadata, spec } = object;
  const { namespace } = metadata;
  const group = groupOf(apiVersion);
  const to = (of: string, what: string, name: unknown) => keyOf(of, what, namespace, name);
  const fields = map(spec);
  const template = map(fields['template'])['spec'] ?? map(map(map(fields['jobTemplate'])['spec'])['template'])['spec'];
  const podSpec = group === '' && kind === 'Pod' ? spec : template;
  const claims = [
    ...list(fields['volumeClaimTemplates']).map((claim) => map(claim)['spec']),
    kind === 'PersistentVolumeClaim' ? spec : {},
  ];
  return [
    ...(namespace === undefined ? [] : keyOf('', 'Namespace', undefined, namespace)),
    ...(group.includes('.') ? [kindKey(group, kind)] : []),
    ...(podSpec === undefined ? [] : [...podReferences(podSpec, namespace)]),
    ...(kind === 'StatefulSet' ? to('', 'Service', fields['serviceName']) : []),
    ...claims.flatMap((claim) => keyOf('storage.k8s.io', 'StorageClass', undefined, map(claim)['storageClassName'])),
    ...[fields['scaleTargetRef'], fields['targetRef']].flatMap((ref) => {
      const { apiVersion: version, kind: target = 'Deployment', name } = map(ref);
      return to(groupOf(String(version ?? 'apps/v1')), String(target), name);
    }),
    ...(group === 'rbac.authorization.k8s.io' ? roleReferences(object) : []),
    ...(group === 'networking.k8s.io' && kind === 'Ingress' ? ingressReferences(fields, namespace) : []),
    ...(group === 'gateway.networking.k8s.io' ? gatewayReferences(fields, namespace) : []),
    ...(group === 'admissionregistration.k8s.io' ? admissionReferences(object) : []),
    ...(kind === 'APIService' ? serviceOf(fields['service']) : []),
    ...storeReferences(fields, namespace),
  ];
}

/** By the fields of a pod, wherever in it they stand; what is optional does not keep it from starting. */
function* podReferences(value: unknown, namespace: string | undefined): Generator<ReferenceKey> {
  if (Array.isArray(value)) {
    for (const item of value) yield* podReferences(item, namespace);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [field, given] of Object.entries(value)) {
    const inner = map(given);
    if (inner['optional'] === true) continue;
    if (field === 'configMap' || field === 'configMapRef' || field === 'configMapKeyRef')
      yield* keyOf('', 'ConfigMap', namespace, inner['name']);
    else if (field === 'secret' || field === 'secretRef' || field === 'secretKeyRef')
      yield* keyOf('', 'Secret', namespace, inner['secretName'] ?? inner['name']);
    else if (field === 'persistentVolumeClaim')
      yield* keyOf('', 'PersistentVolumeClaim', namespace, inner['claimName']);
    else if (field === 'imagePullSecrets')
      for (const secret of list(given)) yield* keyOf('', 'Secret', namespace, map(secret)['name']);
    else if (field === 'serviceAccountName') yield* keyOf('', 'ServiceAccount', namespace, given);
    else if (field === 'priorityClassName') yield* keyOf('scheduling.k8s.io', 'PriorityClass', undefined, given);
    else if (field === 'runtimeClassName') yield* keyOf('node.k8s.io', 'RuntimeClass', undefined, given);
    else if (field === 'volumeAttributes')
      yield* keyOf('secrets-store.csi.x-k8s.io', 'SecretProviderClass', namespace, inner['secretProviderClass']);
    else yield* podReferences(given, namespace);
  }
}

function roleReferences({ metadata, roleRef, subjects }: KubernetesObject): ReferenceKey[] {
  const { kind, name } = map(roleRef);
  const group = 'rbac.authorization.k8s.io';
  return [
    ...(kind === 'Role'
      ? keyOf(group, 'Role', metadata.namespace, name)
      : keyOf(group, 'ClusterRole', undefined, name)),
    ...list(subjects)
      .map(map)
      .filter((subject) => subject['kind'] === 'ServiceAccount')
      .flatMap((subject) =>
        keyOf(
          '',
          'ServiceAccount',
          (subject['namespace'] ?? metadata.namespace) as string | undefined,
          subject['name'],
        ),
      ),
  ];
}

function ingressReferences(fields: Json, namespace: string | undefined): ReferenceKey[] {
  const paths = list(fields['rules']).flatMap((rule) => list(map(map(rule)['http'])['paths']));
  const backends = [fields['defaultBackend'], ...paths.map((path) => map(path)['backend'])];
  return [
    ...backends.flatMap((backend) => keyOf('', 'Service', namespace, map(map(backend)['service'])['name'])),
    ...list(fields['tls']).flatMap((tls) => keyOf('', 'Secret', namespace, map(tls)['secretName'])),
    ...keyOf('networking.k8s.io', 'IngressClass', undefined, fields['ingressClassName']),
  ];
}

function gatewayReferences(fields: Json, namespace: string | undefined): ReferenceKey[] {
  const own = 'gateway.networking.k8s.io';
  const to = (ref: unknown, group: string, kind: string) => {
    const given = map(ref);
    return keyOf(
      String(given['group'] ?? group),
      String(given['kind'] ?? kind),
      (given['namespace'] ?? namespace) as string | undefined,
      given['name'],
    );
  };
  return [
    ...list(fields['parentRefs']).flatMap((ref) => to(ref, own, 'Gateway')),
    ...list(fields['rules']).flatMap((rule) => list(map(rule)['backendRefs']).flatMap((ref) => to(ref, '', 'Service'))),
    ...list(fields['listeners']).flatMap((listener) =>
      list(map(map(listener)['tls'])['certificateRefs']).flatMap((ref) => to(ref, '', 'Secret')),
    ),
    ...keyOf(own, 'GatewayClass', undefined, fields['gatewayClassName']),
  ];
}

function admissionReferences({ kind, webhooks, spec }: KubernetesObject): ReferenceKey[] {
  const policy = kind.replace(/Binding$/, '');
  return [
    ...list(webhooks).flatMap((webhook) => serviceOf(map(map(webhook)['clientConfig'])['service'])),
    ...(policy === kind ? [] : keyOf('admissionregistration.k8s.io', policy, undefined, map(spec)['policyName'])),
  ];
}

function serviceOf(service: unknown): ReferenceKey[] {
  const { namespace, name } = map(service);
  return keyOf('', 'Service', namespace as string | undefined, name);
}

/** Where External Secrets reads, and who signs a certificate. */
function storeReferences(fields: Json, namespace: string | undefined): ReferenceKey[] {
  const to = (ref: unknown, group: string, standard: string) => {
    const { kind = standard, name } = map(ref);
    return keyOf(group, String(kind), String(kind).startsWith('Cluster') ? undefined : namespace, name);
  };
  return [
    ...to(fields['secretStoreRef'], 'external-secrets.io', 'SecretStore'),
    ...to(fields['issuerRef'], 'cert-manager.io', 'Issuer'),
  ];
}

function map(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
