import { fork } from 'node:child_process';
import type { Composition } from '../../model/composition';
import { StrataError } from '../../model/errors';
import { projectOf } from '../project';
import type { RenderedTexts } from './rendered';
import { renderedTexts, targetsNamed } from './rendered';

/** What a process that renders says to the one that started it. An error keeps what is told of it, and nothing else. */
export type Answer =
  | { readonly texts: RenderedTexts }
  | { readonly refused: Pick<StrataError, 'place' | 'found' | 'fixes'> }
  | { readonly failed: Pick<Error, 'name' | 'message'> & { readonly stack: string | undefined } };

/** What such a process does: it renders the project in the folder that it runs in. */
export function answerOf(root: string, load: () => Composition<never>, words: readonly string[]): Answer {
  try {
    const project = projectOf({ env: process.env, print: () => {}, printError: () => {}, root, composition: load });
    return { texts: renderedTexts(project, targetsNamed(project, words), words.length === 0) };
  } catch (thrown) {
    if (thrown instanceof StrataError)
      return { refused: { place: thrown.place, found: thrown.found, fixes: thrown.fixes } };
    const { name, message, stack } = thrown instanceof Error ? thrown : new Error(`${String(thrown)} was thrown`);
    return { failed: { name, message, stack } };
  }
}

/**
 * What the project in a folder renders, by a process of its own (`program`): this one goes on meanwhile. It is no thread, because a project
 * reads its inputs relative to the folder that it is called in, and all threads of a process are in one.
 */
export async function renderedApart(program: string, root: string, words: readonly string[]): Promise<RenderedTexts> {
  const answer = await new Promise<Answer>((resolve, reject) => {
    const child = fork(program, [root, ...words], { cwd: root, serialization: 'advanced' });
    child.once('message', (said) => resolve(said as Answer));
    child.once('error', reject);
    // Not when it exits: what it said before may still be on its way.
    child.once('close', (code, signal) =>
      reject(new Error(`the process that renders ${root} ended with ${signal ?? code}`)),
    );
  });
  if ('texts' in answer) return answer.texts;
  if ('refused' in answer) {
    const { place, found, fixes } = answer.refused;
    throw new StrataError(place, found, fixes);
  }
  throw Object.assign(new Error(answer.failed.message), answer.failed);
}
