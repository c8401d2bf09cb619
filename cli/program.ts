import { knownNames, StrataError } from '../model/errors';
import type { Command, Composition, Host } from './command';

/** The command line: `0` all is well, `1` findings, `2` it could not be done. */
export interface Program {
  run(args: readonly string[], host: Host): Promise<number>;
}

/** Loaded only when they are called. */
const COMMANDS: Readonly<
  Record<
    string,
    { readonly usage: string; readonly does: string; readonly load: () => Promise<{ readonly command: Command }> }
  >
> = {
  render: {
    usage: 'render [TARGET…] [--out DIR] [--previous DIR]',
    does: 'render targets to YAML, all of them or the named ones',
    load: () => import('./render'),
  },
  synth: { usage: 'synth', does: 'the same for `cdk8s synth`, which calls it', load: () => import('./synth') },
  verify: {
    usage: 'verify [PATH|-|TARGET…] [--cluster NAME|PATH] [--explain ID]',
    does: 'judge manifests, or targets, before they are applied: what will break, and why',
    load: async () => ({ command: (await import('./verifier')).verify }),
  },
  checks: {
    usage: 'checks [ID]',
    does: 'list what `verify` checks, or explain one check',
    load: async () => ({ command: (await import('./verifier')).checks }),
  },
  flows: {
    usage: 'flows PATH… [--from NAME] [--to NAME] [--only VERDICT]',
    does: 'who may connect to which port of whom, and the policies that say so',
    load: async () => ({ command: (await import('./verifier')).flows }),
  },
  targets: {
    usage: 'targets',
    does: 'list the matrix: targets with their features, excluded pairs with the reason',
    load: () => import('./targets'),
  },
  explain: {
    usage: 'explain TARGET [OBJECT [FIELD]]',
    does: 'where a setting, an object or a field comes from',
    load: () => import('./explain'),
  },
  features: {
    usage: 'features',
    does: 'list the features with what they need and their options',
    load: () => import('./features'),
  },
  clusters: {
    usage: 'clusters [NAME [-o yaml|json]]',
    does: 'list the clusters, or print one as Kubernetes objects',
    load: () => import('./clusters'),
  },
};

export function program<P>(composition: Composition<P>): Program {
  return {
    async run(args, host) {
      const [name, ...rest] = args;
      if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
        host.print(help());
        return name === undefined ? 2 : 0;
      }
      try {
        const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
        if (!entry)
          throw new StrataError(`strata ${name}`, 'there is no such command', [
            `call one of these: ${knownNames(name, Object.keys(COMMANDS))}`,
          ]);
        const { command } = await entry.load();
        return command(composition, rest, host) ?? 0;
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        if (code?.startsWith('ERR_PARSE_ARGS'))
          host.printError(
            `error: strata ${name}: ${message.split('. ')[0]}\n  fix: call strata ${COMMANDS[name]!.usage}`,
          );
        else if (error instanceof StrataError) host.printError(`error: ${message}`);
        else throw error;
        return 2;
      }
    },
  };
}

function help(): string {
  const width = Math.max(...Object.values(COMMANDS).map(({ usage }) => usage.length));
  return [
    'strata: a platform in typed layers, rendered to plain YAML',
    '',
    ...Object.values(COMMANDS).map(({ usage, does }) => `  strata ${usage.padEnd(width)}  ${does}`),
  ].join('\n');
}
