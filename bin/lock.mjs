// The part of package-lock.json that a project of `strata init` needs: its packages and all that they depend on, in the versions that
// strata is tested with. So a new project is installed by `npm ci`, and init asks no registry.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a project installs beside strata: strata itself is tested with them, and `strata init` writes them into package.json. */
export const PROJECT_PACKAGES = JSON.parse(
  readFileSync(new URL('../templates/packages.json', import.meta.url), 'utf8'),
);

/** The entries of these packages and of what they need, and strata's own. */
export function lockedFor(root, names) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const { peerDependencies, peerDependenciesMeta, engines, bin } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  const found = new Map();
  const visit = (path) => {
    if (path === undefined || found.has(path)) return;
    const entry = packages[path];
    found.set(path, entry);
    const { dependencies, optionalDependencies, peerDependencies: peers } = entry;
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peers }))
      visit(placeOf(packages, path, name));
  };
  for (const name of names) visit(placeOf(packages, '', name));
  return {
    packages: Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1))),
    strata: { bin, engines, peerDependencies, peerDependenciesMeta },
  };
}

/** Where Node finds a package from another one: in its own node_modules, or in those of a folder above it. */
function placeOf(packages, from, name) {
  const path = `${from && `${from}/`}node_modules/${name}`;
  if (packages[path]) return path;
  if (from === '') return undefined;
  return placeOf(packages, from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))), name);
}
