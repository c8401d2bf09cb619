import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Project } from '../support/project';
import { readRepository, repositoryFiles } from '../support/repository';
import { blocksOf, follow } from '../support/walkthrough';
import { Remote } from './remote';
import { run } from './whole';

const readme = readRepository('README.md');

test('every command of the README runs, and leaves the tree that it shows', () => {
  const remote = new Remote();
  const project = new Project(remote.env);
  try {
    remote.begin(project);
    run(project, 'npx strata render');
    expect(follow(blocksOf(readme), project)).toEqual([]);
    const rendered = readdirSync(join(project.folder, 'dist'), { recursive: true, encoding: 'utf8' });
    const tree = /^dist\/\n([\s\S]*?)^```$/m.exec(readme)![1]!.trimEnd().split('\n');
    const shown: string[] = [];
    let folder = '';
    for (const line of tree) {
      const [, nested, path] = /^(│ {3})?[├└]── (\S+)/.exec(line)!;
      if (nested === undefined) folder = path!.endsWith('/') ? path! : '';
      shown.push(`${nested === undefined ? '' : folder}${path}`.replace(/\/$/, ''));
    }
    // As many objects of each target as there are folders, and of one target every kind of file.
    expect(shown).toContain('kind/dev/10-redis.yaml');
    expect(shown.filter((path) => !rendered.includes(path))).toEqual([]);
  } finally {
    project.remove();
    remote.remove();
  }
});

test('the README names every folder of the project', () => {
  const folders = new Set(repositoryFiles.filter((file) => /^[^.].*\//.test(file)).map((file) => file.split('/')[0]!));
  expect(folders.size).toBeGreaterThan(15);
  const named = [...folders].filter((folder) => !new RegExp(`\\| .*\`${folder}/\``).test(readme));
  // bench/ and docs/ are led to by links.
  expect(named.sort()).toEqual(['bench', 'docs']);
});

test('the docs name scripts that exist', () => {
  const { scripts } = JSON.parse(readRepository('package.json')) as { scripts: Record<string, string> };
  const documents = repositoryFiles.filter(
    (file) => /\.(md|ya?ml)$/.test(file) && !/^(test\/golden|services|templates)\//.test(file),
  );
  const named = documents.flatMap((file) =>
    [...readRepository(file).matchAll(/npm run (?:--silent )?([\w:]+)/g)].map(([, script]) => `${file}: ${script}`),
  );
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((name) => !Object.hasOwn(scripts, name.split(': ')[1]!))).toEqual([]);
});
