import { list, record } from '../../manifests/resource';
import { badTypes, isAllowedType, procMount, seccomp } from './baseline';
import type { Control } from './control';
import type { SecuredContainer, SecuredPod, Violation } from './pod';
import { badSettings, containersText, plural, quoted, securityPath, settersText } from './pod';

type Judge = (pod: SecuredPod) => Violation | undefined;

/** What the level restricted demands beyond baseline, in the admission's order. */
export const restrictedControls: readonly Control[] = [
  {
    name: 'allowPrivilegeEscalation',
    level: 'restricted',
    versions: [
      { since: 8, violation: privilegeEscalation },
      { since: 25, violation: notOnWindows(privilegeEscalation) },
    ],
  },
  {
    name: 'capabilities_restricted',
    level: 'restricted',
    replaces: 'capabilities_baseline',
    versions: [
      { since: 22, violation: capabilities },
      { since: 25, violation: notOnWindows(capabilities) },
    ],
  },
  {
    name: 'procMount_restricted',
    level: 'restricted',
    replaces: 'procMount',
    versions: [{ since: 35, violation: procMount }],
  },
  {
    name: 'restrictedVolumes',
    level: 'restricted',
    replaces: 'hostPathVolumes',
    versions: [{ since: 0, violation: volumeTypes }],
  },
  {
    name: 'runAsNonRoot',
    level: 'restricted',
    versions: [
      { since: 0, violation: nonRoot },
      { since: 35, violation: notWithOwnUsers(nonRoot) },
    ],
  },
  {
    name: 'runAsUser',
    level: 'restricted',
    versions: [
      { since: 23, violation: rootUser },
      { since: 35, violation: notWithOwnUsers(rootUser) },
    ],
  },
  {
    name: 'seccompProfile_restricted',
    level: 'restricted',
    replaces: 'seccompProfile_baseline',
    versions: [
      { since: 19, violation: seccompSet },
      { since: 25, violation: notOnWindows(seccompSet) },
    ],
  },
];

/** Windows has no such thing, and a Windows pod that sets it is refused. */
function notOnWindows(judge: Judge): Judge {
  return (pod) => (pod.windows ? undefined : judge(pod));
}

function notWithOwnUsers(judge: Judge): Judge {
  return (pod) => (pod.ownUsers ? undefined : judge(pod));
}

function privilegeEscalation({ containers }: SecuredPod): Violation | undefined {
  const bad = containers.filter(({ security }) => security['allowPrivilegeEscalation'] !== false);
  return (
    bad[0] && {
      reason: 'allowPrivilegeEscalation != false',
      detail: `${containersText(bad)} must set securityContext.allowPrivilegeEscalation=false`,
      ...where(bad[0], 'allowPrivilegeEscalation'),
    }
  );
}

function capabilities({ containers }: SecuredPod): Violation | undefined {
  const keeping = containers.filter(
    ({ security }) => !list(record(security['capabilities'])?.['drop']).includes('ALL'),
  );
  const adding = containers.flatMap((container) =>
    list(record(container.security['capabilities'])?.['add']).flatMap((value, i) =>
      typeof value !== 'string' || value === 'NET_BIND_SERVICE'
        ? []
        : [{ container, value, path: [...container.path, 'securityContext', 'capabilities', 'add', i] }],
    ),
  );
  if (keeping.length + adding.length === 0) return undefined;
  return {
    reason: 'unrestricted capabilities',
    detail: [
      ...(keeping.length > 0 ? [`${containersText(keeping)} must set securityContext.capabilities.drop=["ALL"]`] : []),
      ...(adding.length > 0
        ? [
            `${containersText(adding.map(({ container }) => container))} must not include ${quoted(adding.map(({ value }) => value))} in securityContext.capabilities.add`,
          ]
        : []),
    ].join('; '),
    ...(keeping[0] ? where(keeping[0], 'capabilities') : { path: adding[0]!.path, value: adding[0]!.value }),
  };
}

const ALLOWED_VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];
const OTHER_VOLUMES = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'gitRepo',
  'nfs',
  'iscsi',
  'glusterfs',
  'rbd',
  'flexVolume',
  'cinder',
  'cephfs',
  'flocker',
  'fc',
  'azureFile',
  'vsphereVolume',
  'quobyte',
  'azureDisk',
  'photonPersistentDisk',
  'portworxVolume',
  'scaleIO',
  'storageos',
];

/** A volume that says nothing of its type is an emptyDir. */
function volumeTypes({ volumes }: SecuredPod): Violation | undefined {
  const bad = volumes.flatMap((volume) => {
    if (ALLOWED_VOLUMES.some((type) => record(volume.json[type]))) return [];
    const type = OTHER_VOLUMES.find((other) => record(volume.json[other]));
    return type ? [{ ...volume, type }] : [];
  });
  const [first] = bad;
  if (!first) return undefined;
  const types = [...new Set(bad.map(({ type }) => type))];
  return {
    reason: 'restricted volume types',
    detail: `${plural(bad.length, 'volume')} ${bad.map(({ name }) => `"${name}"`).join(', ')} ${bad.length === 1 ? 'uses' : 'use'} ${plural(types.length, 'restricted volume type')} ${quoted(types)}`,
    path: [...first.path, first.type],
    value: first.json[first.type],
  };
}

function nonRoot(pod: SecuredPod): Violation | undefined {
  const reason = 'runAsNonRoot != true';
  const explicit = badSettings(pod, ['runAsNonRoot'], (value) => value === false);
  if (explicit[0])
    return {
      reason,
      detail: `${settersText(explicit)} must not set securityContext.runAsNonRoot=false`,
      path: explicit[0].path,
      value: false,
    };
  if (pod.security['runAsNonRoot'] === true) return undefined;
  const implicit = pod.containers.filter(({ security }) => security['runAsNonRoot'] !== true);
  return (
    implicit[0] && {
      reason,
      detail: `pod or ${containersText(implicit)} must set securityContext.runAsNonRoot=true`,
      ...podWhere(pod),
    }
  );
}

function rootUser(pod: SecuredPod): Violation | undefined {
  const bad = badSettings(pod, ['runAsUser'], (value) => value === 0);
  return (
    bad[0] && {
      reason: 'runAsUser=0',
      detail: `${settersText(bad)} must not set runAsUser=0`,
      path: bad[0].path,
      value: 0,
    }
  );
}

function seccompSet(pod: SecuredPod): Violation | undefined {
  if (badTypes(pod, 'seccompProfile').length > 0) return seccomp(pod);
  if (isAllowedType(pod.security['seccompProfile'])) return undefined;
  const implicit = pod.containers.filter(({ security }) => !record(security['seccompProfile']));
  return (
    implicit[0] && {
      reason: 'seccompProfile',
      detail: `pod or ${containersText(implicit)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
      ...podWhere(pod),
    }
  );
}

/** The field of a container, or the nearest one that is there. */
function where(container: SecuredContainer, field: string): Pick<Violation, 'path' | 'value'> {
  const value = container.security[field];
  return value === undefined
    ? { path: securityPath(container) }
    : { path: [...container.path, 'securityContext', field], value };
}

function podWhere({ spec, path }: SecuredPod): Pick<Violation, 'path'> {
  return { path: record(spec['securityContext']) ? [...path, 'securityContext'] : path };
}
