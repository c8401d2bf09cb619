import { filesOf } from '../../adopt/code/project';
import type { AdoptedPlan } from '../../adopt/planned';
import { toYaml } from '../../render/yaml';
import { readmeOf } from './readme';

/** Files of a new project that an adopted one has otherwise, or not at all. */
const OTHERWISE = /^(clusters|environments|workloads|test)\/|^(platform\.ts|README\.md)$/;

/** Every file of the project that renders what is adopted: those around it are those of any new project. */
export function adoptedFiles(
  plan: AdoptedPlan,
  around: ReadonlyMap<string, string>,
  path: string,
): ReadonlyMap<string, string> {
  const kept = [...around].filter(([file]) => !OTHERWISE.test(file));
  const files = new Map([
    ...kept,
    ...filesOf(plan),
    ...plan.environments.map(
      ({ name, wanted }) => [`test/adopted/${name}.yaml`, wanted.map(toYaml).join('---\n')] as const,
    ),
  ]);
  const ci = '.github/workflows/platform.yml';
  if (files.has(ci)) files.set(ci, files.get(ci)!.replace(/^ *- run: npx strata verify .*\n/m, ''));
  const manifest = files.get('package.json');
  if (manifest !== undefined) files.set('package.json', withScripts(manifest));
  files.set('README.md', readmeOf(plan, path));
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function withScripts(text: string): string {
  const { scripts, ...rest } = JSON.parse(text) as {
    readonly name: string;
    readonly private: boolean;
    readonly scripts: Readonly<Record<string, string>>;
  };
  const { golden: _, ...others } = scripts;
  const { name, private: isPrivate, ...more } = rest;
  return `${JSON.stringify({ name, private: isPrivate, scripts: { ...others, adopted: 'jest test/adopted' }, ...more }, null, 2)}\n`;
}
