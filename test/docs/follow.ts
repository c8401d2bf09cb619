import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Project } from '../support/project';
import type { Correction, Section } from '../support/walkthrough';
import { corrected, follow, sectionsOf } from '../support/walkthrough';

const root = join(__dirname, '../..');

/**
 * One test for each section of a document: a reader follows it to the letter, in a copy of the project of its own. Quoted
 * outputs are compared, or renewed by `npm run docs`.
 */
export function followDocument(
  path: string,
  options: {
    /** What a section stands on. */
    readonly before?: (project: Project, section: Section) => void;
    /** What must hold when a section has been followed. */
    readonly after?: (project: Project, section: Section) => void;
    readonly env?: NodeJS.ProcessEnv;
    /** Programs that sections need; where one is not installed, its section is shown as skipped. @default - none */
    readonly needs?: Readonly<Record<string, string>>;
    /** The headings that begin a section. @default '## ' */
    readonly heading?: string;
  } = {},
): void {
  const file = join(root, path);
  const document = readFileSync(file, 'utf8');
  const corrections: Correction[] = [];
  afterAll(() => {
    if (process.env['UPDATE_DOCS'] && corrections.length) writeFileSync(file, corrected(document, corrections));
  });

  test(`every snippet of ${path} is one that is followed`, () => {
    const fences = document.match(/^ *```/gm)?.length ?? 0;
    const blocks = sectionsOf(document, options.heading).flatMap((section) => section.blocks);
    expect(blocks.length * 2).toBe(fences);
  });

  for (const section of sectionsOf(document, options.heading)) {
    const program = options.needs?.[section.title];
    const isMissing = program !== undefined && spawnSync(program, ['version']).error !== undefined;
    (isMissing ? test.skip : test)(section.title, () => followSection(section), 300_000);
  }

  function followSection(section: Section): void {
    const project = new Project(options.env);
    try {
      options.before?.(project, section);
      const found = follow(section.blocks, project);
      options.after?.(project, section);
      if (process.env['UPDATE_DOCS']) corrections.push(...found);
      else
        expect(found.map(({ block }) => block.content).join('\n')).toBe(found.map(({ content }) => content).join('\n'));
    } finally {
      project.remove();
    }
  }
}
