import { list, record, string } from '../../manifests/resource';
import type { Control } from './control';
import type { SecuredPod, Setter, Violation } from './pod';
import { badSettings, containersText, plural, quoted, settersText, sortedStrings } from './pod';

/** Kernel settings that are the pod's own and touch nobody else, and the version of the standard that allows them. */
const SAFE_SYSCTLS: readonly (readonly [since: number, names: readonly string[]])[] = [
  [
    0,
    [
      'kernel.shm_rmid_forced',
      'net.ipv4.ip_local_port_range',
      'net.ipv4.tcp_syncookies',
      'net.ipv4.ping_group_range',
      'net.ipv4.ip_unprivileged_port_start',
    ],
  ],
  [27, ['net.ipv4.ip_local_reserved_ports']],
  [
    29,
    [
      'net.ipv4.tcp_keepalive_time',
      'net.ipv4.tcp_fin_timeout',
      'net.ipv4.tcp_keepalive_intvl',
      'net.ipv4.tcp_keepalive_probes',
    ],
  ],
  [32, ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']],
  [37, ['net.ipv4.tcp_slow_start_after_idle', 'net.ipv4.tcp_notsent_lowat']],
];

/** What the level baseline forbids, in the admission's order. */
export const baselineControls: readonly Control[] = [
  // Fields for it came with 1.30; a server before that knows the annotations only.
  {
    name: 'appArmorProfile',
    level: 'baseline',
    versions: [
      { since: 0, violation: appArmorAnnotations },
      { since: 0, served: 30, violation: appArmor },
    ],
  },
  { name: 'capabilities_baseline', level: 'baseline', versions: [{ since: 0, violation: addedCapabilities }] },
  { name: 'hostNamespaces', level: 'baseline', versions: [{ since: 0, violation: hostNamespaces }] },
  { name: 'hostPathVolumes', level: 'baseline', versions: [{ since: 0, violation: hostPathVolumes }] },
  { name: 'hostPorts', level: 'baseline', versions: [{ since: 0, violation: hostPorts }] },
  { name: 'hostProbesAndHostLifecycle', level: 'baseline', versions: [{ since: 34, violation: probedHosts }] },
  { name: 'privileged', level: 'baseline', versions: [{ since: 0, violation: privileged }] },
  // Before 1.33, servers take the field for Default whatever it says, unless told otherwise.
  {
    name: 'procMount',
    level: 'baseline',
    versions: [
      { since: 0, served: 33, violation: procMount },
      { since: 35, served: 33, violation: (pod) => (pod.ownUsers ? undefined : procMount(pod)) },
    ],
  },
  {
    name: 'seLinuxOptions',
    level: 'baseline',
    versions: [
      { since: 0, violation: seLinux() },
      { since: 31, violation: seLinux('container_engine_t') },
    ],
  },
  {
    name: 'seccompProfile_baseline',
    level: 'baseline',
    versions: [
      { since: 0, violation: seccompAnnotations },
      { since: 19, violation: seccomp },
    ],
  },
  {
    name: 'sysctls',
    level: 'baseline',
    versions: SAFE_SYSCTLS.map(([since]) => ({ since, violation: sysctls(since) })),
  },
  { name: 'windowsHostProcess', level: 'baseline', versions: [{ since: 0, violation: hostProcess }] },
];

const APPARMOR_ANNOTATION = 'container.apparmor.security.beta.kubernetes.io/';

function badAppArmorAnnotations({ annotations }: SecuredPod): [string, string][] {
  return Object.entries(annotations).filter(
    ([key, value]) =>
      key.startsWith(APPARMOR_ANNOTATION) &&
      value !== '' &&
      value !== 'runtime/default' &&
      !value.startsWith('localhost/'),
  );
}

function appArmorAnnotations(pod: SecuredPod): Violation | undefined {
  return appArmorOf(pod, []);
}

function appArmor(pod: SecuredPod): Violation | undefined {
  return appArmorOf(pod, badTypes(pod, 'appArmorProfile'));
}

function appArmorOf(pod: SecuredPod, fields: readonly Setter[]): Violation | undefined {
  const annotations = badAppArmorAnnotations(pod);
  if (fields.length + annotations.length === 0) return undefined;
  const values = [
    ...sortedStrings(fields.map(({ value }) => value)),
    ...sortedStrings(annotations.map(([key, value]) => `${key}="${value}"`)),
  ];
  const who = [
    ...(fields.length > 0 ? [settersText(fields)] : []),
    ...(annotations.length > 0 ? [plural(annotations.length, 'annotation')] : []),
  ].join(' and ');
  const [first] = annotations;
  return {
    reason: `forbidden AppArmor ${plural(values.length, 'profile')}`,
    detail: `${who} must not set AppArmor profile type to ${values.map((value) => `"${value}"`).join(', ')}`,
    ...(fields[0] ? place(fields[0]) : { path: [...pod.annotationsPath, first![0]], value: first![1] }),
  };
}

/** What the usual container runtimes give every container. */
const DEFAULT_CAPABILITIES: readonly unknown[] = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];

function addedCapabilities({ containers }: SecuredPod): Violation | undefined {
  const bad = containers.flatMap((container) =>
    list(record(container.security['capabilities'])?.['add']).flatMap((value, i) =>
      typeof value !== 'string' || DEFAULT_CAPABILITIES.includes(value)
        ? []
        : [{ container, value, path: [...container.path, 'securityContext', 'capabilities', 'add', i] }],
    ),
  );
  if (!bad[0]) return undefined;
  return {
    reason: 'non-default capabilities',
    detail: `${containersText(bad.map(({ container }) => container))} must not include ${quoted(bad.map(({ value }) => value))} in securityContext.capabilities.add`,
    ...place(bad[0]),
  };
}

function hostNamespaces({ spec, path }: SecuredPod): Violation | undefined {
  const shared = ['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => spec[field] === true);
  return shared[0] === undefined
    ? undefined
    : {
        reason: 'host namespaces',
        detail: shared.map((field) => `${field}=true`).join(', '),
        path: [...path, shared[0]],
        value: true,
      };
}

function hostPathVolumes({ volumes }: SecuredPod): Violation | undefined {
  const bad = volumes.filter(({ json }) => record(json['hostPath']));
  const [first] = bad;
  return (
    first && {
      reason: 'hostPath volumes',
      detail: `${plural(bad.length, 'volume')} ${bad.map(({ name }) => `"${name}"`).join(', ')}`,
      path: [...first.path, 'hostPath'],
      value: first.json['hostPath'],
    }
  );
}

function hostPorts({ containers, hostNetwork }: SecuredPod): Violation | undefined {
  const bad = containers.flatMap((container) =>
    list(container.json['ports']).flatMap((entry, i) => {
      const port = record(entry);
      // In the host's network each port is the host's, said or not.
      const field = port?.['hostPort'] || !hostNetwork ? 'hostPort' : 'containerPort';
      const value = port?.[field];
      return typeof value === 'number' && value !== 0
        ? [{ container, value, path: [...container.path, 'ports', i, field] }]
        : [];
    }),
  );
  if (!bad[0]) return undefined;
  const ports = sortedStrings(bad.map(({ value }) => value));
  const users = [...new Set(bad.map(({ container }) => container))];
  return {
    reason: 'hostPort',
    detail: `${containersText(users)} ${users.length === 1 ? 'uses' : 'use'} ${plural(ports.length, 'hostPort')} ${ports.join(', ')}`,
    ...place(bad[0]),
  };
}

/** The kubelet connects to these from the node, wherever they are. */
function probedHosts({ containers }: SecuredPod): Violation | undefined {
  const bad = containers.flatMap((container) =>
    [
      ['livenessProbe'],
      ['readinessProbe'],
      ['startupProbe'],
      ['lifecycle', 'postStart'],
      ['lifecycle', 'preStop'],
    ].flatMap((field) => {
      const handler = field.reduce<unknown>((value, key) => record(value)?.[key], container.json);
      return ['httpGet', 'tcpSocket'].flatMap((action) => {
        const value = string(record(record(handler)?.[action])?.['host']);
        return value ? [{ container, value, path: [...container.path, ...field, action, 'host'] }] : [];
      });
    }),
  );
  if (!bad[0]) return undefined;
  const hosts = sortedStrings(bad.map(({ value }) => value));
  const names = sortedStrings(bad.map(({ container }) => container.name));
  return {
    reason: 'probe or lifecycle host',
    detail: `${plural(names.length, 'container')} ${quoted(names)} ${names.length === 1 ? 'uses' : 'use'} ${plural(hosts.length, 'probe or lifecycle host')} ${quoted(hosts)}`,
    ...place(bad[0]),
  };
}

function privileged({ containers }: SecuredPod): Violation | undefined {
  const bad = containers.filter(({ security }) => security['privileged'] === true);
  return (
    bad[0] && {
      reason: 'privileged',
      detail: `${containersText(bad)} must not set securityContext.privileged=true`,
      path: [...bad[0].path, 'securityContext', 'privileged'],
      value: true,
    }
  );
}

export function procMount({ containers }: SecuredPod): Violation | undefined {
  const bad = containers.filter(
    ({ security }) => typeof security['procMount'] === 'string' && security['procMount'] !== 'Default',
  );
  const [first] = bad;
  return (
    first && {
      reason: 'procMount',
      detail: `${containersText(bad)} must not set securityContext.procMount to ${quoted(bad.map(({ security }) => security['procMount']))}`,
      path: [...first.path, 'securityContext', 'procMount'],
      value: first.security['procMount'],
    }
  );
}

function seLinux(...more: readonly string[]) {
  const types = ['', 'container_t', 'container_init_t', 'container_kvm_t', ...more];
  return (pod: SecuredPod): Violation | undefined => {
    const type = badSettings(
      pod,
      ['seLinuxOptions', 'type'],
      (value) => typeof value === 'string' && !types.includes(value),
    );
    const user = badSettings(pod, ['seLinuxOptions', 'user'], (value) => Boolean(string(value)));
    const role = badSettings(pod, ['seLinuxOptions', 'role'], (value) => Boolean(string(value)));
    const bad = [...type, ...user, ...role];
    if (!bad[0]) return undefined;
    const what = [
      ...(type.length > 0
        ? [`${plural(new Set(type.map(({ value }) => value)).size, 'type')} ${quoted(type.map(({ value }) => value))}`]
        : []),
      ...(user.length > 0 ? ['user may not be set'] : []),
      ...(role.length > 0 ? ['role may not be set'] : []),
    ];
    // Named in the pod's order, once each.
    const who = [
      ...bad.filter(({ container }) => !container).slice(0, 1),
      ...pod.containers.flatMap((container) => bad.filter((setter) => setter.container === container).slice(0, 1)),
    ];
    return {
      reason: 'seLinuxOptions',
      detail: `${settersText(who)} set forbidden securityContext.seLinuxOptions: ${what.join('; ')}`,
      ...place(bad[0]),
    };
  };
}

/** Profiles of the pod and its containers that are neither the runtime's nor one of the node's. */
export function badTypes(pod: SecuredPod, field: 'seccompProfile' | 'appArmorProfile'): Setter[] {
  return badSettings(pod, [field], (profile) => record(profile) !== undefined && !isAllowedType(profile)).map(
    (setter) => ({ ...setter, path: [...setter.path, 'type'], value: string(record(setter.value)?.['type']) ?? '' }),
  );
}

export function isAllowedType(profile: unknown): boolean {
  const type = record(profile)?.['type'];
  return type === 'RuntimeDefault' || type === 'Localhost';
}

export function seccomp(pod: SecuredPod): Violation | undefined {
  const bad = badTypes(pod, 'seccompProfile');
  return (
    bad[0] && {
      reason: 'seccompProfile',
      detail: `${settersText(bad)} must not set securityContext.seccompProfile.type to ${quoted(bad.map(({ value }) => value))}`,
      ...place(bad[0]),
    }
  );
}

/** How profiles were named before they had a field; policies older than 1.19 look at this. */
function seccompAnnotations({ annotations, annotationsPath, containers }: SecuredPod): Violation | undefined {
  const keys = [
    'seccomp.security.alpha.kubernetes.io/pod',
    ...containers.map(({ name }) => `container.seccomp.security.alpha.kubernetes.io/${name}`),
  ];
  const bad = [...new Set(keys)].filter((key) => {
    const value = annotations[key];
    return (
      value !== undefined &&
      value !== 'runtime/default' &&
      value !== 'docker/default' &&
      !value.startsWith('localhost/')
    );
  });
  const [first] = bad;
  return first === undefined
    ? undefined
    : {
        reason: 'seccompProfile',
        detail: `forbidden ${plural(bad.length, 'annotation')} ${sortedStrings(bad.map((key) => `${key}="${annotations[key]}"`)).join(', ')}`,
        path: [...annotationsPath, first],
        value: annotations[first],
      };
}

function sysctls(version: number) {
  const safe = SAFE_SYSCTLS.flatMap(([since, names]) => (since <= version ? names : []));
  return ({ security, path }: SecuredPod): Violation | undefined => {
    const bad = list(security['sysctls']).flatMap((entry, i) => {
      const name = string(record(entry)?.['name']) ?? '';
      return safe.includes(name) ? [] : [{ value: name, path: [...path, 'securityContext', 'sysctls', i, 'name'] }];
    });
    return (
      bad[0] && { reason: 'forbidden sysctls', detail: bad.map(({ value }) => value).join(', '), ...place(bad[0]) }
    );
  };
}

function hostProcess(pod: SecuredPod): Violation | undefined {
  const bad = badSettings(pod, ['windowsOptions', 'hostProcess'], (value) => value === true);
  return (
    bad[0] && {
      reason: 'hostProcess',
      detail: `${settersText(bad)} must not set securityContext.windowsOptions.hostProcess=true`,
      ...place(bad[0]),
    }
  );
}

function place({ path, value }: Pick<Setter, 'path' | 'value'>): Pick<Setter, 'path' | 'value'> {
  return { path, value };
}
