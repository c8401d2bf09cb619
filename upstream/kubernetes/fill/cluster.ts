import type { Json } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import type { Filling, Fillings } from './filling';
import { filled, ofVersions, withField } from './filling';

/** Networking, access, admission, storage and the API's own kinds: k8s.io/kubernetes/pkg/apis/<group>/v1 and what stands beside it. */

const RBAC = 'rbac.authorization.k8s.io';

const ROLE_BINDING: Filling = {
  fill: (binding) => ({ ...binding, roleRef: filled(record(binding['roleRef']) ?? {}, { apiGroup: RBAC }) }),
};

const NETWORKING: Fillings = {
  'networking.v1.NetworkPolicyPort': { fields: { protocol: 'TCP' } },
  'networking.v1.NetworkPolicySpec': {
    fill: (spec) =>
      filled(spec, { policyTypes: list(spec['egress']).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'] }),
  },
  'networking.v1.IngressClassParametersReference': { fields: { scope: 'Cluster' } },
  'discovery.v1.Endpoint': { fill: (endpoint) => withField(endpoint, 'deprecatedTopology', undefined) },
  'discovery.v1.EndpointPort': { fields: { name: '', protocol: 'TCP' } },
};

const ACCESS: Fillings = {
  'rbac.v1.RoleBinding': ROLE_BINDING,
  'rbac.v1.ClusterRoleBinding': ROLE_BINDING,
  'rbac.v1.Subject': {
    fill: (subject) =>
      subject['kind'] === 'User' || subject['kind'] === 'Group' ? filled(subject, { apiGroup: RBAC }) : subject,
  },
};

const WEBHOOK: Json = {
  failurePolicy: 'Fail',
  matchPolicy: 'Equivalent',
  namespaceSelector: {},
  objectSelector: {},
  timeoutSeconds: 10,
};

const ADMISSION: Fillings = {
  'admissionregistration.v1.ValidatingWebhook': { fields: WEBHOOK },
  'admissionregistration.v1.MutatingWebhook': { fields: { ...WEBHOOK, reinvocationPolicy: 'Never' } },
  'admissionregistration.v1.ServiceReference': { fields: { port: 443 } },
  'apiextensions.v1.ServiceReference': { fields: { port: 443 } },
  'apiregistration.v1.ServiceReference': { fields: { port: 443 } },
  'admissionregistration.v1.RuleWithOperations': { fields: { scope: '*' } },
  ...ofVersions(['v1', 'v1beta1', 'v1alpha1'], (version) => ({
    [`admissionregistration.${version}.ValidatingAdmissionPolicySpec`]: { fields: { failurePolicy: 'Fail' } },
    [`admissionregistration.${version}.MutatingAdmissionPolicySpec`]: { fields: { failurePolicy: 'Fail' } },
    [`admissionregistration.${version}.NamedRuleWithOperations`]: { fields: { scope: '*' } },
    [`admissionregistration.${version}.MatchResources`]: {
      fields: { matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {} },
    },
  })),
  'admissionregistration.v1alpha1.ParamRef': { fields: { parameterNotFoundAction: 'Deny' } },
};

const STORAGE: Fillings = {
  'storage.v1.StorageClass': { fields: { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' } },
  'storage.v1.CSIDriverSpec': {
    fields: {
      attachRequired: true,
      podInfoOnMount: false,
      storageCapacity: false,
      fsGroupPolicy: 'ReadWriteOnceWithFSType',
      volumeLifecycleModes: ['Persistent'],
      requiresRepublish: false,
      seLinuxMount: false,
    },
    since: { 37: { preventPodSchedulingIfMissing: false } },
  },
};

/** Limited shares of a priority level: 0 counts as nothing where the field is no pointer. */
const FLOW_CONTROL: Fillings = ofVersions(['v1', 'v1beta3', 'v1beta2'], (version) => {
  const shares = version === 'v1beta2' ? 'assuredConcurrencyShares' : 'nominalConcurrencyShares';
  return {
    [`flowcontrol.${version}.FlowSchemaSpec`]: { fields: { matchingPrecedence: 1000 } },
    [`flowcontrol.${version}.ExemptPriorityLevelConfiguration`]: {
      fields: { nominalConcurrencyShares: 0, lendablePercent: 0 },
    },
    [`flowcontrol.${version}.LimitedPriorityLevelConfiguration`]: { fields: { [shares]: 30, lendablePercent: 0 } },
    [`flowcontrol.${version}.QueuingConfiguration`]: { fields: { handSize: 8, queues: 64, queueLengthLimit: 50 } },
  };
});

const DEVICES: Fillings = ofVersions(['v1', 'v1beta2', 'v1beta1', 'v1alpha3'], (version) => {
  const request: Filling = {
    fill: (device) => {
      const own = filled(device, { allocationMode: 'ExactCount' });
      return own['allocationMode'] === 'ExactCount' ? filled(own, { count: 1 }) : own;
    },
  };
  return {
    [`resource.${version}.ExactDeviceRequest`]: request,
    [`resource.${version}.DeviceSubRequest`]: request,
    // Before requests had alternatives, each was an exact one.
    [`resource.${version}.DeviceRequest`]: {
      fill: (device, minor) =>
        string(device['deviceClassName']) !== undefined && device['firstAvailable'] === undefined
          ? request.fill!(device, minor)
          : device,
    },
  };
});

const API: Fillings = {
  'scheduling.v1.PriorityClass': { fields: { preemptionPolicy: 'PreemptLowerPriority' } },
  'apiextensions.v1.CustomResourceDefinitionSpec': { fields: { conversion: { strategy: 'None' } } },
  'apiextensions.v1.CustomResourceDefinitionNames': {
    fill: (names) => {
      const kind = string(names['kind']);
      return kind ? filled(names, { singular: kind.toLowerCase(), listKind: `${kind}List` }) : names;
    },
  },
};

export const CLUSTER: Fillings = {
  ...NETWORKING,
  ...ACCESS,
  ...ADMISSION,
  ...STORAGE,
  ...FLOW_CONTROL,
  ...DEVICES,
  ...API,
};
