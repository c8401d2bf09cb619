import { areWordsOpen, flagValues, isFlagGiven, namesFlag, wordsOf } from '../manifests/flags';
import type { ProgramName } from '../manifests/programs';
import { runsProgram } from '../manifests/programs';
import { list } from '../manifests/resource';
import type { Container } from '../manifests/workload';

/** A port at which a program listens, for HTTP as a rule, as its arguments say. */
export interface ListeningPort {
  readonly number: number;
  /** Its own peers alone are answered there, and no HTTP. */
  readonly isForPeers: boolean;
  /** At the loopback address alone: nobody outside of the pod reaches it. */
  readonly isLocal: boolean;
  /** Whether it takes TLS; undefined where a file decides. */
  readonly tls: boolean | undefined;
  /** Every path at which it shows metrics; undefined where that is not known. */
  readonly paths: readonly string[] | undefined;
}

/** What a well-known program serves, by its arguments and its defaults. */
export interface Listening {
  /** `node-exporter`. */
  readonly program: string;
  readonly ports: readonly ListeningPort[];
  /** The index of the argument in `args` that moves a port. @default - none does */
  readonly movedBy: number | undefined;
}

interface Program {
  readonly name: string;
  readonly runs: ProgramName;
  /** The flags of its ports, each with its default; an address may be repeated. */
  readonly ports: Readonly<Record<string, string>>;
  /** The flag of the address, where the port has one of its own. */
  readonly hosts?: Readonly<Record<string, string>>;
  /** Which of the ports are for its own peers. */
  readonly peers?: readonly string[];
  /** `always`; a switch with its default; or the file in which it may stand. */
  readonly tls: 'always' | { readonly switch: string; readonly byDefault: boolean } | { readonly file: string };
  readonly paths: readonly string[];
  /** A flag that names the path, instead of the paths here. */
  readonly pathFlag?: string;
  /** Flags with which the paths, or all of it, are not known. */
  readonly prefixes?: readonly string[];
  readonly elsewhere?: readonly string[];
}

const TOOLKIT = { file: 'web.config.file' };
const PREFIXES = ['web.route-prefix', 'web.external-url'];
const API_SERVER_PATHS = ['/metrics', '/metrics/slis'];

/**
 * Sources: `cmd/prometheus/main.go` of Prometheus 3.16, `cmd/alertmanager/main.go` of Alertmanager 0.34, `node_exporter.go` of 1.12,
 * `pkg/options/options.go` of kube-state-metrics 2.19, `pkg/server/server.go` of the Prometheus operator 0.85; adapter and metrics-server are
 * API servers, of which `--secure-port` is 443 by default.
 */
const PROGRAMS: readonly Program[] = [
  {
    ...{ name: 'kube-state-metrics', runs: 'kube-state-metrics', tls: { file: 'tls-config' } },
    ...{ ports: { port: '8080', 'telemetry-port': '8081' }, paths: ['/metrics'], elsewhere: ['config'] },
    hosts: { port: 'host', 'telemetry-port': 'telemetry-host' },
  },
  {
    ...{ name: 'node-exporter', runs: 'node-exporter', tls: TOOLKIT, pathFlag: 'web.telemetry-path' },
    ...{ ports: { 'web.listen-address': ':9100' }, paths: ['/metrics'], elsewhere: ['web.systemd-socket'] },
  },
  {
    ...{ name: 'Prometheus', runs: 'prometheus', tls: TOOLKIT, prefixes: PREFIXES },
    ...{ ports: { 'web.listen-address': '0.0.0.0:9090' }, paths: ['/metrics', '/federate'] },
  },
  {
    ...{ name: 'Alertmanager', runs: 'alertmanager', tls: TOOLKIT, prefixes: PREFIXES },
    ports: { 'web.listen-address': ':9093', 'cluster.listen-address': '0.0.0.0:9094' },
    ...{ paths: ['/metrics'], elsewhere: ['web.systemd-socket'], peers: ['cluster.listen-address'] },
  },
  {
    ...{ name: 'prometheus-operator', runs: 'prometheus-operator', paths: ['/metrics'] },
    ...{ ports: { 'web.listen-address': ':8080' }, tls: { switch: 'web.enable-tls', byDefault: false } },
  },
  {
    ...{
      name: 'the admission webhook of the Prometheus operator',
      runs: 'prometheus-operator-webhook',
    },
    ...{ ports: { 'web.listen-address': ':8443' }, tls: { switch: 'web.enable-tls', byDefault: true } },
    paths: ['/metrics'],
  },
  {
    ...{ name: 'prometheus-adapter', runs: 'prometheus-adapter', tls: 'always' },
    ...{ ports: { 'secure-port': '443' }, hosts: { 'secure-port': 'bind-address' }, paths: API_SERVER_PATHS },
  },
  {
    ...{ name: 'metrics-server', runs: 'metrics-server', tls: 'always', paths: API_SERVER_PATHS },
    ...{ ports: { 'secure-port': '443' }, hosts: { 'secure-port': 'bind-address' } },
  },
];

/** Where the program of a container listens; undefined for programs that are not known, and where more than arguments decides. */
export function listeningOf(container: Container): Listening | undefined {
  const program = PROGRAMS.find(({ runs }) => runsProgram(container, runs));
  const args = list(container.json['args']).map(String);
  const words = wordsOf(container);
  if (!program || areWordsOpen(words)) return undefined;
  if (program.elsewhere?.some((flag) => isFlagGiven(words, flag))) return undefined;
  const tls = tlsOf(program, words);
  const paths = program.prefixes?.some((flag) => isFlagGiven(words, flag))
    ? undefined
    : program.pathFlag && isFlagGiven(words, program.pathFlag)
      ? flagValues(words, program.pathFlag)
      : program.paths;
  const ports: ListeningPort[] = [];
  for (const [flag, byDefault] of Object.entries(program.ports)) {
    const given = flagValues(words, flag);
    for (const text of given.length > 0 ? given : [byDefault]) {
      const [, host = '', number] = /^(?:(.*):)?(\d+)$/.exec(text) ?? [];
      if (number === undefined) return undefined;
      const bound = program.hosts?.[flag] ? (flagValues(words, program.hosts[flag]).at(-1) ?? '') : host;
      const isLocal = /^(127\.|localhost$|\[?::1\]?$)/.test(bound);
      const isForPeers = program.peers?.includes(flag) === true;
      const answers = isForPeers ? { tls: undefined, paths: undefined } : { tls, paths };
      ports.push({ number: Number(number), isLocal, isForPeers, ...answers });
    }
  }
  const moving = args.findIndex((word) => Object.keys(program.ports).some((flag) => namesFlag(word, flag)));
  return { program: program.name, ports, movedBy: moving < 0 ? undefined : moving };
}

function tlsOf({ tls }: Program, words: readonly string[]): boolean | undefined {
  if (tls === 'always') return true;
  if ('file' in tls) return isFlagGiven(words, tls.file) ? undefined : false;
  if (!isFlagGiven(words, tls.switch)) return tls.byDefault;
  const written = words.findLast((word) => namesFlag(word, tls.switch))!;
  return !/=(false|f|0)$/i.test(written);
}
