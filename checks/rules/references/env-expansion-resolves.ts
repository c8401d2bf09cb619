import type { Path } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import type { Container, WorkloadManifest } from '../../../manifests/workload';
import { near } from '../../../model/near';
import type { ContainerEnvironment } from '../../../world/environment';
import { environmentOf, expansionsIn, setByService } from '../../../world/environment';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';

const manifests = (first: string, second: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: shop/web:3.1.0
          args: ['--redis=$(REDIS_URL)']
          env:
            - ${first}
            - ${second}
`;
const HOST = '{ name: REDIS_HOST, value: redis.shop }';
const URL = "{ name: REDIS_URL, value: 'redis://$(REDIS_HOST):6379' }";

export default check({
  id: 'env-expansion-resolves',
  group: 'references',
  description: 'each $(NAME) in command, args, env and subPathExpr is a variable that is defined before it',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/',
  fix: 'define the variable in env above the one that uses it, or write $$(NAME) for the literal text',
  example: {
    broken: manifests(URL, HOST),
    fails: ['Deployment/shop/web spec.template.spec.containers[0].env[0].value'],
    fixed: manifests(HOST, URL),
  },
  *judge(world) {
    for (const workload of world.workloads)
      for (const container of workload.containers) yield* judgeContainer(world, workload, container);
  },
});

function* judgeContainer(world: World, workload: WorkloadManifest, container: Container): Iterable<Finding> {
  const { json, path } = container;
  const used = [...usesIn(container)];
  if (used.length === 0) return;
  const environment = environmentOf(world, workload, container);
  const all = new Set([...environment.own, ...environment.imported]);
  const shell = runsShell(json);
  for (const { value, at, from, kind } of used) {
    for (const name of new Set(expansionsIn(value))) {
      const before = from === undefined ? all : new Set([...environment.own.slice(0, from), ...environment.imported]);
      if (before.has(name) || !isMeant(name, kind === 'word' && shell, environment)) continue;
      const byService = setByService(world, workload, name);
      if (byService === 'yes') continue;
      const place = { resource: workload.resource, path: [...path, ...at], value };
      const definedLater = from !== undefined && all.has(name);
      const consequence =
        kind === 'subPath'
          ? 'the container does not start (CreateContainerConfigError)'
          : `the program gets the literal text $(${name})`;
      if (byService === 'unknown')
        yield {
          ...place,
          verdict: 'unknown',
          message: `whether ${name} is defined is not known: a Service that is not among the manifests would define it; judge or --declare the Service too`,
        };
      else if (definedLater) {
        const where = environment.own[from] === name ? 'by this entry itself' : 'below this entry';
        yield {
          ...place,
          message: `${name} is defined ${where}, and only variables defined above are expanded: ${consequence}`,
        };
      } else if (environment.open.length > 0)
        yield {
          ...place,
          verdict: 'unknown',
          message: `whether ${name} is defined is not known: the keys of ${environment.open.join(', ')} are not known; judge or --declare them too`,
        };
      else
        yield {
          ...place,
          message: `no variable ${name} is defined in this container: ${consequence}${near(name, [...before])}`,
        };
    }
  }
}

interface Use {
  readonly value: string;
  readonly at: Path;
  /** Index of the env entry: only variables above it are expanded. @default - all variables */
  readonly from?: number;
  readonly kind: 'word' | 'env' | 'subPath';
}

function* usesIn({ json }: Container): Iterable<Use> {
  for (const field of ['command', 'args']) {
    for (const [i, word] of list(json[field]).entries())
      if (typeof word === 'string' && word.includes('$(')) yield { value: word, at: [field, i], kind: 'word' };
  }
  for (const [i, entry] of list(json['env']).entries()) {
    const value = string(record(entry)?.['value']);
    if (value?.includes('$(')) yield { value, at: ['env', i, 'value'], from: i, kind: 'env' };
  }
  for (const [i, entry] of list(json['volumeMounts']).entries()) {
    const value = string(record(entry)?.['subPathExpr']);
    if (value?.includes('$(')) yield { value, at: ['volumeMounts', i, 'subPathExpr'], kind: 'subPath' };
  }
}

/**
 * Whether a $(…) is meant for the kubelet. Shells use the same syntax: the kubelet leaves `$(date)` alone, and the shell runs it.
 * An upper-case name, or one that differs from a variable's only in case, is taken as a variable.
 */
function isMeant(name: string, inShell: boolean, { own, imported }: ContainerEnvironment): boolean {
  if (/^[A-Z][A-Z0-9_]*$/.test(name)) return true;
  return (
    !inShell &&
    /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) &&
    [...own, ...imported].some((known) => known.toLowerCase() === name.toLowerCase())
  );
}

function runsShell(json: Container['json']): boolean {
  const words = [...list(json['command']), ...list(json['args'])].filter((word) => typeof word === 'string');
  return words.some((word) => /(^|\/)(sh|bash|ash|dash|zsh)$/.test(word) || /^-[a-z]*c$/.test(word));
}
