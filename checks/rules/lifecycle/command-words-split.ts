import { PROBES } from '../../../manifests/probes';
import type { Path } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import type { Container, WorkloadManifest } from '../../../manifests/workload';
import { securedPod } from '../../../upstream/pod-security/pod';
import type { Finding } from '../../check';
import { check } from '../../check';

const manifests = (command: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: 'shop/web:3.1.0', command: [${command}] }] }
`;

export default check({
  id: 'command-words-split',
  group: 'lifecycle',
  description: 'each word of a command is an entry of its own',
  severity: 'will-break',
  needs: [],
  source: 'https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/',
  fix: 'write each word as an entry of the list: ["/bin/bash", "/opt/run.sh"]',
  example: {
    broken: manifests("'/bin/bash /opt/run.sh'"),
    fails: ['Deployment/shop/web spec.template.spec.containers[0].command[0]'],
    fixed: manifests("'/bin/bash', '/opt/run.sh'"),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      if (isWindows(workload)) continue;
      for (const container of workload.containers)
        for (const command of commandsOf(container)) yield* judgeCommand(workload, command);
    }
  },
});

interface Command {
  readonly words: readonly { readonly word: string; readonly path: Path }[];
  /** Whether the first word is the program; args without a command go to the image's own. */
  readonly isProgram: boolean;
  readonly consequence: string;
  /** Redis reads all its arguments as one text. */
  readonly joinsWords?: boolean;
}

function* commandsOf({ json, path }: Container): Iterable<Command> {
  const wordsAt = (value: unknown, at: Path) =>
    list(value).flatMap((entry, i) => (typeof entry === 'string' ? [{ word: entry, path: [...at, i] }] : []));
  const command = wordsAt(json['command'], [...path, 'command']);
  yield {
    words: [...command, ...wordsAt(json['args'], [...path, 'args'])],
    isProgram: command.length > 0,
    consequence: 'the container does not start',
    joinsWords: /redis|valkey|keydb|dragonfly/.test(string(json['image']) ?? ''),
  };
  for (const probe of PROBES) {
    const at = [probe, 'exec', 'command'];
    yield {
      words: wordsAt(record(record(json[probe])?.['exec'])?.['command'], [...path, ...at]),
      isProgram: true,
      consequence: probe === 'readinessProbe' ? 'the pod is never ready' : 'the container is restarted again and again',
    };
  }
  for (const hook of ['postStart', 'preStop'])
    yield {
      words: wordsAt(record(record(record(json['lifecycle'])?.[hook])?.['exec'])?.['command'], [
        ...path,
        ...['lifecycle', hook, 'exec', 'command'],
      ]),
      isProgram: true,
      consequence:
        hook === 'postStart'
          ? 'the container is killed as soon as it starts'
          : 'the container is stopped without the hook',
    };
}

/** Programs that are started with arguments more often than not. */
const PROGRAMS =
  /^(sh|bash|ash|dash|zsh|env|exec|python[\d.]*|node|java|ruby|perl|php|npm|npx|yarn|pnpm|go|dotnet|cat|curl|wget|nc|test|sleep|echo|tail|redis-cli|pg_isready|mysqladmin|psql|mongo|mongosh|nginx|gunicorn|uvicorn|celery|bundle|rake|make|tini|dumb-init)$/;

function* judgeCommand(
  { resource }: WorkloadManifest,
  { words, isProgram, consequence, joinsWords }: Command,
): Iterable<Finding> {
  const [first, second] = words;
  if (!first) return;
  const shell = isProgram && /(^|\/)(sh|bash|ash|dash|zsh)$/.test(first.word);
  if (isProgram && /\s/.test(first.word)) {
    const [program = '', ...rest] = first.word.trim().split(/\s+/);
    const at = { resource, path: first.path, value: first.word, ...splitFix(first.word) };
    const missing = `no program is called "${shortened(first.word)}"`;
    if (isCertain(program, rest))
      yield { ...at, message: `${missing}: the entry is not split at its spaces, and ${consequence}` };
    else
      yield {
        ...at,
        verdict: 'unknown',
        message: `the entry is not split at its spaces: whether the image has a program called "${shortened(first.word)}" is not known, and if it has none, ${consequence}`,
      };
    return;
  }
  if (shell && second && /^-[a-z]*c\s+\S/.test(second.word)) {
    yield {
      resource,
      path: second.path,
      value: second.word,
      message: `the shell reads "${shortened(second.word)}" as options, refuses it, and ${consequence}: the script is an entry of its own after -c`,
      fix: 'write -c and the script as two entries',
    };
    return;
  }
  if (shell || joinsWords) return;
  for (const { word, path } of words.slice(isProgram ? 1 : 0)) {
    // `--port 8080` as one entry; behind a first one that is no flag, it may be text.
    if (!/^--[a-zA-Z][\w.-]*[ \t]+[^\s-]\S*$/.test(word)) continue;
    yield {
      resource,
      path,
      value: word,
      verdict: 'unknown',
      message: `the program gets "${word}" as one argument, spaces included: whether it takes that for a flag and its value is not known; most programs refuse it, and then ${consequence}`,
      fix: 'write the flag and its value as two entries, or with = between them',
    };
  }
}

/** A name with spaces in it, such as `/opt/My App/run`, is possible. */
function isCertain(program: string, rest: readonly string[]): boolean {
  if (rest.length === 0 || !program.includes('/')) return true;
  return PROGRAMS.test(program.slice(program.lastIndexOf('/') + 1)) || rest.some((word) => /^[-/$&|>"']/.test(word));
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

/** Programs of Windows stand in folders such as `C:\Program Files`. */
function isWindows(workload: WorkloadManifest): boolean {
  const selector = record(workload.podSpec['nodeSelector']);
  return securedPod(workload).windows || string(selector?.['kubernetes.io/os']) === 'windows';
}

/** The words as entries; where something is quoted, a person has to say what one word is. */
function splitFix(word: string): { readonly fix?: string } {
  if (/["'\\$`|&;<>()]/.test(word)) return {};
  const words = word.trim().split(/\s+/);
  return { fix: `write each word as an entry of the list: [${words.map((one) => JSON.stringify(one)).join(', ')}]` };
}
