import type { SecretContract } from '../model/secret-contract';
import { columns } from './columns';
import { secretScript, variablesFor } from './secret-script';

/** The Secrets that the pods of a target need. */
export interface TargetSecrets {
  readonly target: string;
  /** Whether passwords are generated there, because nothing is worth hiding. */
  readonly ephemeral: boolean;
  readonly secrets: readonly SecretContract[];
}

/** For a person, and for a shell: what is no command is a comment, so the whole is a script that makes the Secrets. */
export function secretsText(targets: readonly TargetSecrets[]): string[] {
  return targets.flatMap(({ target, ephemeral, secrets }, i) => [
    ...(i === 0 ? [] : ['']),
    `# ${target}: ${headline(ephemeral, secrets)}`,
    ...secrets.filter(({ origin }) => origin.from !== 'generated').flatMap((secret) => ['', ...secretText(secret)]),
  ]);
}

/** The same for programs. */
export function secretsJson(targets: readonly TargetSecrets[]): string {
  const withScript = (secret: SecretContract) => ({
    ...secret,
    ...(hasScript(secret) ? { script: `${secretScript(secret).join('\n')}\n` } : {}),
  });
  return JSON.stringify(
    targets.map((target) => ({ ...target, secrets: target.secrets.map(withScript) })),
    undefined,
    2,
  );
}

/** Whether somebody makes it by commands, and not a store. */
function hasScript({ origin }: SecretContract): boolean {
  return origin.from === 'out-of-band' || 'file' in origin;
}

function headline(ephemeral: boolean, secrets: readonly SecretContract[]): string {
  const generated = secrets.filter(({ origin }) => origin.from === 'generated').map(({ name }) => name);
  const expected = secrets.length - generated.length;
  const count = expected === 0 ? 'no Secret comes' : expected === 1 ? '1 Secret comes' : `${expected} Secrets come`;
  const made = generated.length > 0 ? `; generated, as the environment is ephemeral: ${generated.join(', ')}` : '';
  return `${count} from outside${made || (ephemeral && expected === 0 ? '; the environment is ephemeral' : '')}`;
}

function secretText(secret: SecretContract): string[] {
  const { namespace, name, revision, type } = secret;
  const details = [
    ...(revision === undefined ? [] : [`revision ${revision}`]),
    ...(type === undefined ? [] : [`type ${type}`]),
  ];
  return [
    `# Secret ${namespace}/${name}${details.length > 0 ? ` (${details.join(', ')})` : ''}, ${howMade(secret)}`,
    ...columns(secret.keys.map(({ key, format }) => [`#   ${key}`, format.replace(/\s+/g, ' ')])),
    ...steps(secret),
  ];
}

function howMade({ origin }: SecretContract): string {
  switch (origin.from) {
    case 'generated':
      return 'generated';
    case 'store':
      return `which External Secrets makes from ${origin.entry} of the store ${origin.store}`;
    case 'sealed-secrets':
      return `which the controller of Sealed Secrets makes from ${origin.file}`;
    case 'sops':
      return `which stands in ${origin.file}, encrypted by SOPS; what applies it decrypts it`;
    case 'csi':
      return `whose keys the CSI driver mounts as files from ${origin.entry} (${origin.provider}); there is no Secret`;
    case 'out-of-band':
      return 'made by hand or by a pipeline';
    case 'cluster':
      return 'which the platform team of the cluster puts there';
  }
}

function steps(secret: SecretContract): string[] {
  const { origin, keys } = secret;
  switch (origin.from) {
    case 'generated':
    case 'cluster':
      return [];
    case 'store':
      return [
        `# The store must hold at ${origin.entry}:`,
        ...columns(
          keys
            .filter(({ text }) => text === undefined)
            .map(({ key, make }) => [`#   property ${key}`, make === undefined ? '' : `a new one: ${make}`]),
        ).map((line) => line.trimEnd()),
        ...keys
          .filter(({ text }) => text !== undefined)
          .map(({ key }) => `# External Secrets makes ${key} of them itself.`),
      ];
    case 'csi':
      return [
        `# The store must hold at ${origin.entry}:`,
        ...keys.flatMap(({ key, make, text }) => [
          `#   property ${key}${make === undefined ? '' : `, a new one: ${make}`}${text === undefined ? '' : ', the text'}`,
          ...(text === undefined
            ? []
            : text
                .trimEnd()
                .split('\n')
                .map((line) => `#     ${line}`)),
        ]),
        ...(keys.some(({ text }) => text !== undefined)
          ? [
              '# <sha256 of KEY> is what this prints for the value: printf %s VALUE | openssl dgst -sha256 -r | cut -c 1-64',
            ]
          : []),
      ];
    case 'sealed-secrets':
    case 'sops':
    case 'out-of-band': {
      const given = [...variablesFor(keys)].map(([key, variable]) =>
        keys.some((one) => one.key === key && one.make !== undefined)
          ? `# $${variable}, if it is set, is taken for ${key}; else a new one is made.`
          : `# Set $${variable} to what ${key} shall be.`,
      );
      return [...given, ...secretScript(secret)];
    }
  }
}
