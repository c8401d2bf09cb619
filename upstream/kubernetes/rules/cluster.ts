import type { Json, Path } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import { dns1035Label, dnsLabel, dnsSubdomain, pathSegment, qualifiedName } from '../formats';
import type { Rule, Visit } from '../rule';
import {
  allUnique,
  atLeast,
  between,
  each,
  inFormat,
  inStrictFormat,
  oneOf,
  port,
  qualified,
  strictlyOneOf,
} from '../rule';
import { overhead } from './containers';
import { labels } from './meta';

const RBAC = 'rbac.authorization.k8s.io';

function policyRule(object: Json, walk: Visit): void {
  const urls = list(object['nonResourceURLs']);
  if (urls.length > 0) {
    if (
      list(object['apiGroups']).length > 0 ||
      list(object['resources']).length > 0 ||
      list(object['resourceNames']).length > 0
    ) {
      walk.fail(
        ['nonResourceURLs'],
        urls,
        'Invalid value: rules cannot apply to both regular resources and non-resource URLs',
      );
    }
    return;
  }
  if (list(object['apiGroups']).length === 0)
    walk.fail(['apiGroups'], object['apiGroups'], 'Required value: resource rules must supply at least one api group');
  if (list(object['resources']).length === 0)
    walk.fail(['resources'], object['resources'], 'Required value: resource rules must supply at least one resource');
}

const roleRef =
  (...kinds: readonly string[]): NonNullable<Rule['object']> =>
  (object, walk) => {
    const reference = record(object['roleRef']);
    if (!reference) return;
    const group = string(reference['apiGroup']) ?? '';
    const kind = string(reference['kind']) ?? '';
    if (group !== '' && group !== RBAC)
      walk.fail(['roleRef', 'apiGroup'], group, `Unsupported value: "${group}": supported values: "${RBAC}"`);
    if (kind !== '' && !kinds.includes(kind))
      walk.fail(
        ['roleRef', 'kind'],
        kind,
        `Unsupported value: "${kind}": supported values: ${kinds.map((name) => `"${name}"`).join(', ')}`,
      );
  };

function subject(object: Json, walk: Visit): void {
  const { kind, apiGroup, name } = object;
  switch (kind) {
    case 'ServiceAccount': {
      if (typeof apiGroup === 'string' && apiGroup !== '')
        walk.fail(['apiGroup'], apiGroup, `Unsupported value: "${apiGroup}": supported values: ""`);
      const wrong = typeof name === 'string' && name !== '' ? dnsSubdomain(name) : undefined;
      if (wrong) walk.fail(['name'], name, `Invalid value: "${String(name)}": ${wrong}`);
      return;
    }
    case 'User':
    case 'Group':
      if (typeof apiGroup === 'string' && apiGroup !== '' && apiGroup !== RBAC)
        walk.fail(['apiGroup'], apiGroup, `Unsupported value: "${apiGroup}": supported values: "${RBAC}"`);
      return;
    default:
      if (typeof kind === 'string' && kind !== '')
        walk.fail(['kind'], kind, `Unsupported value: "${kind}": supported values: "ServiceAccount", "User", "Group"`);
  }
}

/** A RoleBinding means its own namespace; a ClusterRoleBinding has none. */
function subjects(object: Json, walk: Visit): void {
  list(object['subjects']).forEach((entry, i) => {
    const given = record(entry);
    if (given?.['kind'] === 'ServiceAccount' && !string(given['namespace']))
      walk.fail(['subjects', i, 'namespace'], given['namespace'], 'Required value');
  });
}

const both =
  (...rules: readonly NonNullable<Rule['object']>[]): NonNullable<Rule['object']> =>
  (object, walk) =>
    rules.forEach((rule) => rule(object, walk));

const webhookName = inFormat(
  (value) =>
    dnsSubdomain(value) ??
    (value.split('.').length < 3 ? 'should be a domain with at least three segments separated by dots' : undefined),
);

function webhooks(object: Json, walk: Visit): void {
  const names = new Set<string>();
  list(object['webhooks']).forEach((entry, i) => {
    const webhook = record(entry);
    const name = string(webhook?.['name']) ?? '';
    if (name !== '' && names.has(name))
      walk.fail(['webhooks', i, 'name'], name, `Duplicate value: "${name}"`, 'list-map-duplicates');
    names.add(name);
    const versions = list(webhook?.['admissionReviewVersions']);
    if (versions.length > 0 && !versions.includes('v1') && !versions.includes('v1beta1')) {
      walk.fail(
        ['webhooks', i, 'admissionReviewVersions'],
        versions,
        'Invalid value: must include at least one of v1, v1beta1',
      );
    }
    allUnique(versions, walk, (k) => ['webhooks', i, 'admissionReviewVersions', k]);
  });
}

/** A kind's name may have capitals. */
const mixedCase = inFormat((value) => dns1035Label(value.toLowerCase()));

/** Where a custom resource keeps its number of replicas. */
const scalePath = (start: string) =>
  inStrictFormat((value) =>
    value === ''
      ? 'Required value'
      : value.startsWith(start)
        ? undefined
        : `should be a json path under ${start.slice(0, -1)}`,
  );

function definitionName(object: Json, walk: Visit): void {
  const spec = record(object['spec']);
  const name = record(object['metadata'])?.['name'];
  const due = `${string(record(spec?.['names'])?.['plural']) ?? ''}.${string(spec?.['group']) ?? ''}`;
  if (name !== due)
    walk.fail(
      ['metadata', 'name'],
      name,
      `Invalid value: ${JSON.stringify(name)}: must be spec.names.plural+"."+spec.group`,
    );
}

const schemaType = oneOf('array', 'boolean', 'integer', 'number', 'object', 'string');

/** Every field of a structural schema says its type, but where it is said that any will do. */
function typed(schema: Json, path: Path, walk: Visit): void {
  const below = [
    ...Object.entries(record(schema['properties']) ?? {}).map(
      ([name, entry]) => [entry, ['properties', name]] as const,
    ),
    ...(['items', 'additionalProperties'] as const)
      .filter((field) => record(schema[field]))
      .map((field) => [schema[field], [field]] as const),
  ];
  for (const [entry, where] of below) {
    const inner = record(entry) ?? (entry === null ? {} : undefined);
    if (!inner) continue;
    const place = [...path, ...where];
    const wrong = schemaType(inner['type'], walk.minor);
    if (wrong) walk.fail([...place, 'type'], inner['type'], wrong);
    list(inner['x-kubernetes-validations']).forEach((entry, i) => {
      if (!string(record(entry)?.['rule'])?.trim())
        walk.fail(
          [...place, 'x-kubernetes-validations', i, 'rule'],
          record(entry)?.['rule'],
          'Required value: rule is not specified',
        );
    });
    if (
      !string(inner['type']) &&
      inner['x-kubernetes-int-or-string'] !== true &&
      inner['x-kubernetes-preserve-unknown-fields'] !== true
    )
      walk.fail([...place, 'type'], inner['type'], 'Required value: must not be empty for specified object fields');
    typed(inner, place, walk);
  }
}

function storedOnce(object: Json, walk: Visit): void {
  const versions = list(object['versions']).map(record);
  if (versions.filter((version) => version?.['storage'] === true).length !== 1)
    walk.fail(['versions'], undefined, 'Invalid value: must have exactly one version marked as storage version');
  allUnique(
    versions.map((version) => version?.['name']),
    walk,
    (i) => ['versions', i, 'name'],
  );
  versions.forEach((version, i) => {
    const schema = record(record(version?.['schema'])?.['openAPIV3Schema']);
    if (!schema && object['preserveUnknownFields'] !== true)
      walk.fail(['versions', i, 'schema', 'openAPIV3Schema'], undefined, 'Required value: schemas are required');
    else if (schema) typed(schema, ['versions', i, 'schema', 'openAPIV3Schema'], walk);
    if (schema && schema['type'] !== 'object')
      walk.fail(
        ['versions', i, 'schema', 'openAPIV3Schema', 'type'],
        schema['type'],
        'Required value: must be object at the root',
      );
  });
}

/** What a term of topologies says, whatever the order of its words. */
function topology(term: unknown): string {
  const expressions = list(record(term)?.['matchLabelExpressions']).map(record);
  return JSON.stringify(
    expressions.map((expression) => [expression?.['key'] ?? '', [...list(expression?.['values'])].sort()]).sort(),
  );
}

export const clusterRules: Record<string, Rule> = {
  'rbac.v1.Role': {},
  'rbac.v1.ClusterRole': {
    object(object, walk) {
      const aggregation = record(object['aggregationRule']);
      if (aggregation && list(aggregation['clusterRoleSelectors']).length === 0)
        walk.fail(
          ['aggregationRule', 'clusterRoleSelectors'],
          aggregation['clusterRoleSelectors'],
          'Required value: at least one clusterRoleSelector required if aggregationRule is non-nil',
        );
    },
  },
  'rbac.v1.PolicyRule': { object: policyRule },
  'rbac.v1.RoleBinding': { object: roleRef('Role', 'ClusterRole') },
  'rbac.v1.ClusterRoleBinding': { object: both(roleRef('ClusterRole'), subjects) },
  'rbac.v1.RoleRef': { optional: ['apiGroup'], fields: { name: inFormat(pathSegment) } },
  'rbac.v1.Subject': { object: subject },
  'storage.v1.StorageClass': {
    fields: {
      provisioner: inFormat((value) => qualified(value.toLowerCase(), 0)),
      reclaimPolicy: oneOf('Delete', 'Retain'),
      volumeBindingMode: strictlyOneOf('Immediate', 'WaitForFirstConsumer'),
    },
    object(object, walk) {
      allUnique(list(object['allowedTopologies']).map(topology), walk, (i) => [
        'allowedTopologies',
        i,
        'matchLabelExpressions',
      ]);
    },
  },
  'scheduling.v1.PriorityClass': {
    fields: { preemptionPolicy: strictlyOneOf('PreemptLowerPriority', 'Never') },
    object(object, walk) {
      const name = string(record(object['metadata'])?.['name']) ?? '';
      const value = object['value'];
      if (name.startsWith('system-') && name !== 'system-node-critical' && name !== 'system-cluster-critical')
        walk.fail(
          ['metadata', 'name'],
          name,
          "Forbidden: priority class names with 'system-' prefix are reserved for system use only",
        );
      else if (typeof value === 'number' && value > 1_000_000_000 && !name.startsWith('system-'))
        walk.fail(['value'], value, 'Forbidden: maximum allowed value of a user defined priority is 1000000000');
    },
  },
  'node.v1.RuntimeClass': { fields: { handler: inFormat(dnsLabel) } },
  'node.v1.Overhead': { object: (object, walk) => overhead(object['podFixed'], ['podFixed'], walk) },
  'node.v1.Scheduling': { object: (object, walk) => labels(object['nodeSelector'], 'nodeSelector', walk) },
  'apiregistration.v1.APIServiceSpec': {
    fields: { groupPriorityMinimum: between(1, 20000), versionPriority: between(1, 1000) },
    object(object, walk) {
      for (const field of ['groupPriorityMinimum', 'versionPriority'])
        if (object[field] === undefined || object[field] === null)
          walk.fail([field], undefined, 'Invalid value: 0: must be positive');
      const service = record(object['service']);
      for (const field of ['namespace', 'name'])
        if (service && !string(service[field])) walk.fail(['service', field], service[field], 'Required value');
      const wrong = typeof service?.['port'] === 'number' ? port(service['port'], 0) : undefined;
      if (wrong)
        walk.fail(['service', 'port'], service?.['port'], `Invalid value: ${String(service?.['port'])}: ${wrong}`);
      if (service && object['insecureSkipTLSVerify'] === true && string(object['caBundle']))
        walk.fail(['insecureSkipTLSVerify'], true, 'Invalid value: true: may not be true if caBundle is present');
      if (!service && object['insecureSkipTLSVerify'] === true)
        walk.fail(
          ['insecureSkipTLSVerify'],
          true,
          'Invalid value: true: local APIServices may not have insecureSkipTLSVerify',
        );
    },
  },
  'apiregistration.v1.APIService': {
    object(object, walk) {
      const spec = record(object['spec']);
      const name = record(object['metadata'])?.['name'];
      const due = `${string(spec?.['version']) ?? ''}.${string(spec?.['group']) ?? ''}`;
      if (name !== due)
        walk.fail(
          ['metadata', 'name'],
          name,
          `Invalid value: ${JSON.stringify(name)}: must be \`spec.version+"."+spec.group\`: "${due}"`,
        );
    },
  },
  'admissionregistration.v1.WebhookClientConfig': {
    object(object, walk) {
      const found = ['url', 'service'].filter((field) => object[field] !== undefined && object[field] !== null);
      if (found.length !== 1) walk.fail([], undefined, 'Required value: exactly one of url or service is required');
      const url = string(object['url']);
      if (found.length === 1 && url !== undefined && !/^https:\/\/[^/?#@]+[^?#]*$/i.test(url))
        walk.fail(
          ['url'],
          url,
          "Invalid value: 'https' is the only allowed URL scheme; desired format: https://host[/path]",
        );
    },
  },
  'admissionregistration.v1.ServiceReference': {
    fields: {
      path: inFormat((value) => (value.startsWith('/') ? undefined : "must start with a '/'")),
      port: (value) => port(value, 0),
    },
  },
  'storage.v1.CSIDriverSpec': {
    fields: {
      volumeLifecycleModes: each(strictlyOneOf('Persistent', 'Ephemeral')),
      fsGroupPolicy: strictlyOneOf('File', 'None', 'ReadWriteOnceWithFSType'),
    },
    object(object, walk) {
      list(object['tokenRequests']).forEach((entry, i) => {
        const seconds = record(entry)?.['expirationSeconds'];
        if (typeof seconds === 'number' && seconds < 600)
          walk.fail(
            ['tokenRequests', i, 'expirationSeconds'],
            seconds,
            `Invalid value: ${seconds}: may not specify a duration less than 10 minutes`,
          );
      });
    },
  },
  'core.v1.TopologySelectorTerm': {
    required: ['matchLabelExpressions'],
    object: (object, walk) =>
      allUnique(
        list(object['matchLabelExpressions']).map((entry) => record(entry)?.['key'] ?? ''),
        walk,
        (i) => ['matchLabelExpressions', i, 'key'],
      ),
  },
  'core.v1.TopologySelectorLabelRequirement': {
    fields: { key: inFormat(qualifiedName) },
    object(object, walk) {
      allUnique(list(object['values']), walk, (i) => ['values', i]);
    },
  },
  'admissionregistration.v1.ValidatingWebhookConfiguration': { object: webhooks },
  'admissionregistration.v1.MutatingWebhookConfiguration': { object: webhooks },
  'apiextensions.v1.CustomResourceDefinition': { object: definitionName },
  'apiextensions.v1.CustomResourceDefinitionSpec': {
    fields: {
      scope: strictlyOneOf('Cluster', 'Namespaced'),
      preserveUnknownFields: (value) =>
        value === true
          ? 'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead'
          : undefined,
    },
    object: storedOnce,
  },
  'apiextensions.v1.CustomResourceDefinitionNames': {
    fields: {
      plural: inFormat(dns1035Label),
      singular: inFormat(dns1035Label),
      kind: mixedCase,
      listKind: mixedCase,
      shortNames: each(inStrictFormat(dns1035Label)),
      categories: each(inStrictFormat(dns1035Label)),
    },
  },
  'apiextensions.v1.CustomResourceDefinitionVersion': {
    fields: { name: inFormat(dns1035Label) },
    object(object, walk) {
      const warning = object['deprecationWarning'];
      if (typeof warning === 'string' && object['deprecated'] !== true)
        walk.fail(
          ['deprecationWarning'],
          warning,
          `Invalid value: ${JSON.stringify(warning)}: can only be set for deprecated versions`,
        );
    },
  },
  'apiextensions.v1.CustomResourceConversion': { fields: { strategy: strictlyOneOf('None', 'Webhook') } },
  'apiextensions.v1.CustomResourceSubresourceScale': {
    fields: { specReplicasPath: scalePath('.spec.'), statusReplicasPath: scalePath('.status.') },
  },
  'apiextensions.v1.CustomResourceColumnDefinition': {
    fields: { type: strictlyOneOf('boolean', 'date', 'integer', 'number', 'string') },
  },
  'admissionregistration.v1.ValidatingWebhook': {
    fields: {
      failurePolicy: strictlyOneOf('Ignore', 'Fail'),
      matchPolicy: strictlyOneOf('Exact', 'Equivalent'),
      sideEffects: strictlyOneOf('None', 'NoneOnDryRun'),
      timeoutSeconds: between(1, 30),
      name: webhookName,
    },
  },
  'admissionregistration.v1.MutatingWebhook': {
    fields: {
      failurePolicy: strictlyOneOf('Ignore', 'Fail'),
      matchPolicy: strictlyOneOf('Exact', 'Equivalent'),
      sideEffects: strictlyOneOf('None', 'NoneOnDryRun'),
      timeoutSeconds: between(1, 30),
      reinvocationPolicy: strictlyOneOf('Never', 'IfNeeded'),
      name: webhookName,
    },
  },
  'coordination.v1.LeaseSpec': { fields: { leaseDurationSeconds: atLeast(1), leaseTransitions: atLeast(0) } },
};
