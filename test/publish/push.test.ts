import type { Git } from '../../publish/git';
import type { Pushed } from '../../publish/push';
import { push } from '../../publish/push';

const refs: readonly Pushed[] = ['a', 'b'].map((name) => ({
  ref: `refs/heads/environment/${name}`,
  old: '1'.repeat(40),
  commit: '2'.repeat(40),
}));

/** A git whose push is refused: for each branch why, as `git push --porcelain` prints it. */
function refusing(...reasons: readonly string[]): Git {
  const stdout = Buffer.from(
    reasons.map((reason, i) => `!\t${'2'.repeat(40)}:${refs[i]!.ref}\t[rejected] (${reason})\n`).join(''),
  );
  return { try: () => ({ status: 1, stdout, stderr: 'error: failed to push some refs' }) } as unknown as Git;
}

test('is begun anew only where every branch that is refused has moved', () => {
  expect(push(refusing('stale info', 'fetch first'), 'origin', refs, false)).toHaveProperty('lost');
  expect(push(refusing('stale info', 'atomic push failed'), 'origin', refs, false)).toHaveProperty('lost');
});

test('a rule of the server is told, also where another branch has moved meanwhile', () => {
  for (const reasons of [
    ['stale info', 'pre-receive hook declined'],
    ['pre-receive hook declined', 'stale info'],
  ])
    expect(() => push(refusing(...reasons), 'origin', refs, false)).toThrow(/pre-receive hook declined/);
});
