import { Platform } from '../../../composition/platform';
import { synthesize } from '../../../constructs/synthesis/synthesis';
import { matrix } from '../../../environments/matrix';
import { patch } from '../../../model/patch';
import { course } from '../../../platform';
import { rendersOf, tryCompose } from '../../../render/explain/counterfactual';
import { patched } from '../../../render/patch';

const [target] = matrix.targets(['dev@shared']);
const compose = (one: NonNullable<typeof target>) => patched(one, synthesize(new Platform(one, course).app));
const annotated = (name: string, value: string) =>
  patch(name, { metadata: { annotations: { [value]: value } } } as never, `says ${value}`);

test('of several patches only those are left out that have nothing to change, whatever stands between them', () => {
  const patches = [
    annotated('Deployment/web', 'a'),
    annotated('Deployment/gone', 'b'),
    annotated('Deployment/web', 'c'),
  ];
  const objects = tryCompose({ ...target!, patches }, compose);
  if (typeof objects === 'string') throw new Error(objects);
  const web = [...objects.values()].find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'web');
  expect(web?.metadata.annotations).toMatchObject({ a: 'a', c: 'c' });
});

test('a target that cannot be rendered at all says why, and does not blame a patch', () => {
  const broken = () => {
    throw new (jest.requireActual('../../../model/errors').StrataError)('somewhere', 'is wrong', ['mend it']);
  };
  expect(tryCompose({ ...target!, patches: [annotated('Deployment/web', 'a')] }, broken)).toBe('somewhere: is wrong');
});

test('a fault of the code names what was left out', () => {
  const compositions = [[], () => undefined];
  const faulty = () => {
    if (compositions.shift()) return [];
    throw new TypeError('no such field');
  };
  expect(() => rendersOf(target!, faulty as never)).toThrow(/^dev@shared without \S+.*: no such field$/);
});
