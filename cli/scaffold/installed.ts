import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { StrataError } from '../../model/errors';

/** How a package.json in `folder` names the strata that runs: its version, or the file that it was installed from. */
export function installedFrom(strata: string, folder: string): string {
  const { version } = JSON.parse(readFileSync(join(strata, 'package.json'), 'utf8')) as { readonly version: string };
  const installed = join(strata, '../.package-lock.json');
  if (!existsSync(installed)) {
    if (!existsSync(join(strata, 'tool.ts'))) return version;
    throw new StrataError('strata init', 'this strata runs from its sources, which a project cannot install', [
      'pack it and call the package: npm pack, then npx --package ./strata-….tgz strata init',
      'say with --strata what package.json is to name, such as file:../strata-0.1.0.tgz',
    ]);
  }
  const { packages } = JSON.parse(readFileSync(installed, 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly resolved?: string } | undefined>>;
  };
  const { resolved } = packages['node_modules/strata'] ?? {};
  if (!resolved?.startsWith('file:')) return version;
  const file = resolve(strata, '../..', resolved.slice('file:'.length));
  return `file:${relative(folder, file).replaceAll('\\', '/')}`;
}
