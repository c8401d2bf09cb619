import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { images } from '../../model/images';
import { Project } from '../support/project';
import type { Section } from '../support/walkthrough';

const TYPES = 'tsc --noEmit --incremental --tsBuildInfoFile .strata/types.json';

/** Runs commands that must succeed; returns what they print. */
export function run(project: Project, commands: string): string {
  const { output, status } = project.run(commands);
  if (status !== 0) throw new Error(`${commands} ended with ${status}:\n${output}`);
  return output;
}

/**
 * What must hold of a project when a recipe has been followed: types and style, everything renders, nothing will break, and
 * what its commands for a cluster name is there. For use inside of `describe`.
 */
export function wholeness(): (project: Project, section: Section) => void {
  // What the compiler knows of the untouched project, so that after a recipe it looks only at what follows from the change.
  const folder = mkdtempSync(join(tmpdir(), 'strata-types-'));
  const known = join(folder, 'types.json');
  beforeAll(() => {
    const untouched = new Project();
    run(untouched, TYPES);
    copyFileSync(join(untouched.folder, '.strata/types.json'), known);
    untouched.remove();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  return (project, { blocks }) => {
    const code = [...project.written].filter((path) => path.endsWith('.ts'));
    if (code.length > 0) {
      mkdirSync(join(project.folder, '.strata'), { recursive: true });
      copyFileSync(known, join(project.folder, '.strata/types.json'));
      run(project, `${TYPES} && biome check --error-on-warnings ${code.join(' ')}`);
    }
    // Renders every target on its way.
    expect(run(project, 'npx strata verify')).toMatch(/: 0 will break, /);
    const forCluster = blocks.filter(({ language, info }) => language === 'sh' && info === 'cluster');
    if (forCluster.length > 0) run(project, 'npx strata render');
    for (const { content } of forCluster) expect(strangers(content, project)).toEqual([]);
  };
}

/** What commands for a cluster name that is neither in the project nor rendered: files, namespaces, objects, images. */
function strangers(commands: string, project: Project): string[] {
  const trees = run(project, 'cat $(find dist live rendered/tree -name "*.yaml" 2>/dev/null) < /dev/null || true');
  const rendered = trees.split(/^---$/m);
  const isRendered = (kind: string, name: string) =>
    rendered.some(
      (object) => new RegExp(`^kind: ${kind}$`, 'im').test(object) && object.includes(`\n  name: ${name}\n`),
    );
  const words = (pattern: RegExp) => [...commands.matchAll(pattern)].map((match) => match.slice(1) as string[]);
  return [
    ...words(/(?:-f|--file) (\S+)/g).filter(([path]) => !existsSync(join(project.folder, path!))),
    ...words(/-n (\S+)/g).filter(([namespace]) => !isRendered('Namespace', namespace!)),
    ...words(/\b(deployment|statefulset|cronjob|service)[/ ]([a-z][\w-]*)/g).filter(
      ([kind, name]) => !isRendered(kind!, name!),
    ),
    ...words(/(registry\.example\.com\/\S+)/g).filter(([image]) => !Object.values<string>(images).includes(image!)),
  ].map((found) => found.join(' '));
}
