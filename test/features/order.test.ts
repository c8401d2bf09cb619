import fc from 'fast-check';
import { Platform } from '../../composition/platform';
import { synthesize } from '../../constructs/synthesis/synthesis';
import { matrix } from '../../environments/matrix';
import { course } from '../../platform';
import { planTarget } from '../../render/plan';

const targets = matrix.targets();

test('the order in which a target names its features does not change a byte', () => {
  const filesOf = (target: (typeof targets)[number]) =>
    planTarget(target, synthesize(new Platform(target, course).app)).files;
  const expected = new Map(targets.map((target) => [target, filesOf(target)]));
  const permuted = fc
    .constantFrom(...targets)
    .chain((target) =>
      fc
        .shuffledSubarray([...target.features], { minLength: target.features.length })
        .map((features) => ({ target, features })),
    );
  fc.assert(
    fc.property(permuted, ({ target, features }) => {
      const reordered = { ...target, features };
      expect(filesOf(reordered)).toEqual(expected.get(target));
    }),
    { numRuns: 15 },
  );
});
