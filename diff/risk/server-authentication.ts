import { list, mappings, record, string } from '../../manifests/resource';
import type { Container, WorkloadManifest } from '../../manifests/workload';
import { isMap } from '../../model/is-map';
import { mountedFiles } from '../../world/configuration-files';
import type { World } from '../../world/world';
import { optionsOfRedis } from './redis';
import type { WorldChange } from './risk';

/** A setting of a known program by which it asks who somebody is, or what he may do. */
interface AuthenticationSetting {
  /** The image, by its name without registry and tag. @default - any program that has this setting */
  readonly image?: RegExp;
  /** A flag without dashes, a variable, or the key of a file, dots between its parts. */
  readonly flag?: string;
  /** Flags that switch the same on. @default - none */
  readonly also?: readonly string[];
  readonly variable?: RegExp;
  readonly key?: string;
  /** Whether somebody is asked, by the value; undefined: nothing is said. */
  readonly asks: (value: string | undefined) => boolean;
  /** Whether it names, comma by comma, what is let through: each more of it counts. @default false */
  readonly lets?: true;
  /** What holds where it does not ask, as a clause. */
  readonly without: string;
  /** Where that is written. */
  readonly source: string;
}

/** Asks while it is set to something. */
const whileSet = (value: string | undefined) => value !== undefined && !/^(|false|off|no)$/i.test(value);
/** Asks until it is set to something. */
const unlessSet = (value: string | undefined) => !whileSet(value);
/** Asks unless it is set to that. */
const unless = (opens: RegExp) => (value: string | undefined) => value === undefined || !opens.test(value);
/** Asks where it is set to that alone. */
const onlyIf = (closes: RegExp) => (value: string | undefined) => value !== undefined && closes.test(value);
const YES = /^(true|yes|on|1)$/i;

const ANYBODY = 'whoever reaches it is asked for no password';

export const AUTHENTICATION_SETTINGS: readonly AuthenticationSetting[] = [
  {
    ...{ flag: 'web.config.file', asks: whileSet },
    without: 'its pages and metrics ask for no password and no certificate, and go unencrypted',
    source: 'https://prometheus.io/docs/prometheus/latest/configuration/https/',
  },
  ...[
    {
      variable: /^GF_AUTH_ANONYMOUS_ENABLED$/,
      asks: unless(YES),
      without: 'whoever reaches Grafana sees its dashboards without a login',
    },
    {
      key: 'auth.anonymous.enabled',
      asks: unless(YES),
      without: 'whoever reaches Grafana sees its dashboards without a login',
    },
    ...[{ variable: /^GF_AUTH_ANONYMOUS_ORG_ROLE$/ }, { key: 'auth.anonymous.org_role' }].flatMap((where) => [
      {
        ...where,
        asks: unless(/^(Admin|Editor)$/),
        without: 'who is not logged in may change dashboards',
      },
      {
        ...where,
        asks: unless(/^Admin$/),
        without: 'who is not logged in may do everything in its organization: data sources, users and permissions too',
      },
    ]),
    ...[{ variable: /^GF_USERS_ALLOW_SIGN_UP$/ }, { key: 'users.allow_sign_up' }].map((where) => ({
      ...where,
      asks: unless(YES),
      without: 'whoever reaches Grafana may make an account',
    })),
  ].map((each) => ({
    ...each,
    image: /grafana/,
    source:
      'https://grafana.com/docs/grafana/latest/setup-grafana/configure-access/configure-authentication/anonymous-auth/',
  })),
  ...[
    {
      flag: 'ignore-paths',
      asks: unlessSet,
      lets: true as const,
      without: 'these paths are passed on without asking who it is',
    },
    { flag: 'insecure-listen-address', asks: unlessSet, without: 'it answers without TLS, too' },
  ].map((each) => ({ ...each, image: /kube-rbac-proxy/, source: 'https://github.com/brancz/kube-rbac-proxy' })),
  ...['skip-auth-regex', 'skip-auth-route'].map((flag) => ({
    ...{ image: /oauth2-proxy/, flag, asks: unlessSet, lets: true as const },
    without: 'these paths are passed on without a login',
    source: 'https://oauth2-proxy.github.io/oauth2-proxy/configuration/overview/',
  })),
  {
    ...{ image: /oauth2-proxy/, flag: 'email-domain', asks: unless(/^\*$/) },
    without: 'whoever has an account of the provider is let in',
    source: 'https://oauth2-proxy.github.io/oauth2-proxy/configuration/overview/',
  },
  {
    ...{ image: /^(kube-apiserver|kubelet|hyperkube)$/, flag: 'anonymous-auth', asks: onlyIf(/^false$/) },
    without: 'requests without a login are not refused for that',
    source: 'https://kubernetes.io/docs/reference/access-authn-authz/authentication/#anonymous-requests',
  },
  {
    ...{ image: /^(kube-apiserver|kubelet|hyperkube)$/, flag: 'authorization-mode', asks: unless(/AlwaysAllow/) },
    without: 'everybody may do everything',
    source: 'https://kubernetes.io/docs/reference/access-authn-authz/authorization/',
  },
  ...['client-cert-auth', 'peer-client-cert-auth'].map((flag) => ({
    ...{ image: /etcd/, flag, asks: whileSet },
    without: 'whoever reaches it reads and writes everything without a certificate',
    source: 'https://etcd.io/docs/latest/op-guide/security/',
  })),
  ...['enable-skip-login', 'enable-insecure-login'].map((flag) => ({
    ...{ image: /dashboard/, flag, asks: unlessSet },
    without: 'whoever reaches the dashboard may go on without a login, or logs in unencrypted',
    source: 'https://github.com/kubernetes/dashboard/blob/master/docs/common/arguments.md',
  })),
  {
    ...{ image: /argocd|argo-cd/, flag: 'disable-auth', asks: unlessSet },
    without: 'whoever reaches Argo CD may do everything',
    source: 'https://argo-cd.readthedocs.io/en/stable/operator-manual/server-commands/argocd-server/',
  },
  {
    ...{ image: /argocli|argo-server/, flag: 'auth-mode', asks: unless(/server/) },
    without: 'whoever reaches it has the rights of its own account',
    source: 'https://argo-workflows.readthedocs.io/en/latest/argo-server-auth-mode/',
  },
  {
    ...{ image: /traefik/, flag: 'api.insecure', asks: unlessSet },
    without: 'its API and dashboard are open on port 8080',
    source: 'https://doc.traefik.io/traefik/operations/api/#insecure',
  },
  ...[
    // Members of a replica set that know one another by a key ask clients as well.
    { flag: 'auth', also: ['keyfile'], asks: whileSet },
    { flag: 'noauth', asks: unlessSet },
    { key: 'security.authorization', asks: onlyIf(/^enabled$/) },
  ].map((each) => ({
    ...{ ...each, image: /mongo/, without: ANYBODY },
    source: 'https://www.mongodb.com/docs/manual/reference/configuration-options/#security-options',
  })),
  ...[{ variable: /^xpack\.security\.enabled$/ }, { key: 'xpack.security.enabled' }].map((each) => ({
    ...{ ...each, image: /elasticsearch/, asks: unless(/^false$/), without: ANYBODY },
    source: 'https://www.elastic.co/docs/reference/elasticsearch/configuration-reference/security-settings',
  })),
  ...[
    { variable: /^(DISABLE_SECURITY_PLUGIN|plugins\.security\.disabled)$/ },
    { key: 'plugins.security.disabled' },
  ].map((each) => ({
    ...{ ...each, image: /opensearch/, asks: unless(YES), without: ANYBODY },
    source: 'https://docs.opensearch.org/latest/security/configuration/disable-enable-security/',
  })),
  {
    ...{ image: /postgres|timescale|postgis/, variable: /^POSTGRES_HOST_AUTH_METHOD$/, asks: unless(/^trust$/) },
    without: ANYBODY,
    source: 'https://github.com/docker-library/docs/tree/master/postgres#postgres_host_auth_method',
  },
  {
    ...{ image: /mysql|mariadb|percona/, flag: 'skip-grant-tables', asks: unlessSet },
    without: ANYBODY,
    source: 'https://dev.mysql.com/doc/refman/8.4/en/server-options.html#option_mysqld_skip-grant-tables',
  },
  {
    ...{
      variable: /^(MYSQL|MARIADB)_ALLOW_EMPTY_(ROOT_)?PASSWORD$|^ALLOW_EMPTY_PASSWORD$|^ALLOW_ANONYMOUS_LOGIN$/,
      asks: unlessSet,
    },
    without: ANYBODY,
    source: 'https://github.com/docker-library/docs/tree/master/mysql#mysql_allow_empty_password',
  },
  {
    ...{ image: /neo4j/, variable: /^NEO4J_AUTH$/, asks: unless(/^none$/) },
    without: ANYBODY,
    source: 'https://neo4j.com/docs/operations-manual/current/docker/introduction/',
  },
  {
    ...{ image: /influxdb/, variable: /^INFLUXDB_HTTP_AUTH_ENABLED$/, asks: onlyIf(YES) },
    without: ANYBODY,
    source: 'https://docs.influxdata.com/influxdb/v1/administration/authentication_and_authorization/',
  },
  {
    ...{ image: /registry/, variable: /^REGISTRY_AUTH$/, asks: whileSet },
    without: 'whoever reaches it pulls and pushes images without a login',
    source: 'https://distribution.github.io/distribution/about/configuration/#auth',
  },
];

/** Programs that stand before another one and ask who somebody is. */
const PROXIES = /^(kube-rbac-proxy|oauth2-proxy|oauth-proxy|origin-oauth-proxy|keycloak-gatekeeper|gogatekeeper)$/;

/** Whether a container is one that asks for another one. */
export function isAuthenticatingProxy(container: Container): boolean {
  return PROXIES.test(imageName(container));
}

interface ConfiguredProgram {
  readonly workload: WorkloadManifest;
  readonly container: Container;
}

/** What a program does not ask any more, each with the setting that decides. */
export function* authenticationLost(
  diff: WorldChange,
  before: ConfiguredProgram,
  after: ConfiguredProgram,
): Iterable<string> {
  const sides = [
    [diff.before, before],
    [diff.after, after],
  ] as const;
  const [old, now] = sides.map(([world, program]) => redisAsks(world, program));
  if (old !== undefined && now !== undefined && now < old)
    yield now === 0
      ? `${ANYBODY}, and its protected mode refuses nobody (protected-mode no)`
      : `${ANYBODY} (requirepass, or its ACL)`;
  const names = [before, after].map(({ container }) => imageName(container));
  let files: readonly ReadonlyMap<string, string>[] | undefined;
  for (const { image, flag: first, also = [], variable, key, asks, lets, without } of AUTHENTICATION_SETTINGS) {
    if (image && !names.every((name) => image.test(name))) continue;
    const flags = first === undefined ? [] : [first, ...also];
    const asking = ({ container }: ConfiguredProgram) => flags.find((each) => asks(flagOf(container, each))) ?? first;
    const flag = asking(before);
    if (key !== undefined) files ??= sides.map(([world, program]) => keysOfFiles(world, program));
    const [was, is] = [before, after].map((program, i) => {
      const { container } = program;
      return first !== undefined
        ? flagOf(container, asking(program)!)
        : variable
          ? variableOf(container, variable)
          : files![i]!.get(key!);
    });
    const isMore = lets ? entries(is).some((each) => !entries(was).includes(each)) : asks(was) && !asks(is);
    if (isMore && is !== UNKNOWN)
      yield `${without} (${flag === undefined ? (key ?? nameOf([after, before], variable!)) : `--${flag}`})`;
  }
}

/** Whether a Redis asks for a password (2), refuses those outside without one (1), or neither (0); undefined where it is none. */
function redisAsks(world: World, { workload, container }: ConfiguredProgram): number | undefined {
  const options = optionsOfRedis(world, workload, container);
  if (!options) return undefined;
  // Variables of Bitnami's images.
  const password = variableOf(container, /^(REDIS|VALKEY)_PASSWORD(_FILE)?$/);
  if (options.get('requirepass') || options.has('aclfile') || options.has('user') || password) return 2;
  return options.get('protected-mode')?.toLowerCase() === 'no' ? 0 : 1;
}

/** `quay.io/brancz/kube-rbac-proxy:v0.19.0@sha256:…` is called `kube-rbac-proxy`. */
function imageName({ json }: Container): string {
  const image = (string(json['image']) ?? '').replace(/@.*$/, '');
  return image.slice(image.lastIndexOf('/') + 1).replace(/:.*$/, '');
}

/** `--name=value`, `--name value` or `-name value`; `true` for a flag alone, and several together where it is given more than once. */
function flagOf({ json }: Container, name: string): string | undefined {
  const words = [...list(json['command']), ...list(json['args'])].flatMap((word) => String(word).split(/\s+/));
  const values = words.flatMap((word, i) => {
    const [, flag, own] = /^--?([A-Za-z][\w.-]*)(?:=(.*))?$/.exec(word) ?? [];
    if (flag?.toLowerCase() !== name) return [];
    const next = words[i + 1];
    return [own ?? (next === undefined || next.startsWith('-') ? 'true' : next)];
  });
  return values.length === 0 ? undefined : values.join(',');
}

function entries(value: string | undefined): string[] {
  return (value ?? '').split(',').filter(Boolean);
}

/** The value of a variable that comes from elsewhere. */
const UNKNOWN = '(not known)';

function variableOf({ json }: Container, name: RegExp): string | undefined {
  const entry = mappings(json['env']).find((each) => name.test(String(each['name'])));
  if (!entry) return list(json['envFrom']).length > 0 ? UNKNOWN : undefined;
  return record(entry['valueFrom']) ? UNKNOWN : (string(entry['value']) ?? '');
}

function nameOf(programs: readonly ConfiguredProgram[], variable: RegExp): string {
  const names = programs.flatMap(({ container }) =>
    mappings(container.json['env']).map((each) => String(each['name'])),
  );
  return names.find((each) => variable.test(each)) ?? '';
}

/** The keys of the YAML and INI files that a program sees, with dots between their parts. */
function keysOfFiles(world: World, { workload, container }: ConfiguredProgram): ReadonlyMap<string, string> {
  const keys = new Map<string, string>();
  for (const [at, file] of mountedFiles(world, workload, container)) {
    if (/\.ini$/.test(at)) for (const [key, value] of keysOfIni(file.text)) keys.set(key, value);
    else if (isMap(file.content)) for (const [key, value] of keysIn(file.content)) keys.set(key, value);
  }
  return keys;
}

function* keysIn(map: object, above = ''): Iterable<[string, string]> {
  for (const [name, value] of Object.entries(map)) {
    const key = above + name;
    if (isMap(value)) yield* keysIn(value, `${key}.`);
    else yield [key, String(value)];
  }
}

function* keysOfIni(text: string): Iterable<[string, string]> {
  let section = '';
  for (const line of text.split('\n')) {
    const [, opened] = /^\s*\[([^\]]+)\]/.exec(line) ?? [];
    if (opened !== undefined) section = opened;
    const [, name, value] = /^\s*([\w.-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name !== undefined) yield [`${section}.${name}`, value!];
  }
}
